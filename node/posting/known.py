"""What the books know of the events that are to be answered, read for many of them at once.

In: a session, the rulebook, steps of events. Out: `Known`: what the rules make of them, what was
booked for them before, what was announced under their references. Called by: poster.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from node.core.errors import Fatal, InvalidAmount
from node.core.types import EventKey
from node.events import store as events
from node.events.event import ChainEvent, Change, EventChange
from node.ledger import store as ledger
from node.ledger.entry import Entry, Phase
from node.ledger.expectation import Expectation
from node.posting.rule import Movement, answers
from node.posting.rulebook import Reading, Rulebook

_Entries = defaultdict[str, list[Entry]]


@dataclass(frozen=True, slots=True)
class Known:
    """`by_event` and `by_expectation` grow by what is decided on the way: see `add`."""

    receipts: Mapping[EventKey, tuple[ChainEvent, ...]]
    announced: Mapping[str, Sequence[Expectation]]
    by_event: _Entries
    by_expectation: _Entries

    def add(self, entry: Entry) -> None:
        """Know of one more entry, which is about to be written."""
        self.by_event[entry.event_key].append(entry)
        self.by_expectation[entry.expectation_id].append(entry)

    def open_expectation(self, ref: str, movement: Movement) -> Expectation | None:
        """What was announced as just this, unless another event has answered it already."""
        for each in self.announced.get(ref, ()) if ref else ():
            if answers(movement, each) and live_entry(self.by_expectation[each.id]) is None:
                return each
        return None


def known_of(session: Session, rulebook: Rulebook, changes: Sequence[EventChange]) -> Known:
    """Read all that answering these steps takes, in a handful of queries."""
    by_event = _grouped(
        (each.event_key, each)
        for each in ledger.entries_by_event(session, *{str(c.event.key) for c in changes})
    )
    fresh = {c.event.key: c.event for c in changes if c.change in (Change.CONFIRMED, Change.FINAL)}
    receipts = events.receipts_of(session, fresh)
    refs = {_ref_of(rulebook, event, receipts[key]) for key, event in fresh.items()} - {""}
    announced: dict[str, list[Expectation]] = defaultdict(list)
    for each in ledger.expectations_by_ref(session, *refs):
        announced[each.ref].append(each)
    ids = [each.id for named in announced.values() for each in named]
    by_expectation = _grouped(
        (each.expectation_id, each) for each in ledger.entries_by_expectation(session, *ids)
    )
    return Known(receipts, announced, by_event, by_expectation)


def live_entry(entries: Sequence[Entry]) -> Entry | None:
    """The entry that stands, pending or posted, after all that resolved or reversed others."""
    ended = {each.resolves for each in entries} | {each.reversal_of for each in entries}
    standing = [
        each
        for each in entries
        if each.phase is not Phase.VOIDED and each.reversal_of is None and each.id not in ended
    ]
    return standing[-1] if standing else None


def withdrawals(entries: Sequence[Entry]) -> int:
    """How often what an event booked was taken back."""
    return sum(each.phase is Phase.VOIDED or each.reversal_of is not None for each in entries)


def _ref_of(rulebook: Rulebook, event: ChainEvent, receipt: tuple[ChainEvent, ...]) -> str:
    try:
        reading = rulebook.read(event, receipt)
    except (Fatal, InvalidAmount):
        return ""  # said when it is the event's turn
    return reading.ref if isinstance(reading, Reading) else ""


def _grouped(pairs: Iterable[tuple[str, Entry]]) -> _Entries:
    found: _Entries = defaultdict(list)
    for name, entry in pairs:
        found[name].append(entry)
    return found
