"""Books what the chain did: the stage between events and ledger.

In: event changes behind a cursor, the rulebook. Out: journal entries and one decision per change,
in one unit of work behind a fence. Called by: pipeline.

CONFIRMED announces (pending), FINAL lets it stand (posted), RETRACTED withdraws (voided, or
reversed where it stood). An event returns under the same key when its block returns: the number of
earlier withdrawals is then part of the entry's id.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from node.core.clock import Clock
from node.core.errors import Fatal, InvalidAmount
from node.db.cursors import move_cursor, read_cursor
from node.db.unit_of_work import unit_of_work
from node.events import store as events
from node.events.event import ChainEvent, Change, EventChange
from node.ledger import journal
from node.ledger import store as ledger
from node.ledger.entry import Entry, Phase
from node.ledger.expectation import Expectation
from node.posting import store
from node.posting.rule import NoPosting, answers
from node.posting.rulebook import Proposal, Reading, Rulebook, entry_of, proposal_of
from node.posting.store import Decision, Outcome

BATCH: Final = 100


class NotBookable(Fatal):
    """The chain moved an amount that the books cannot hold."""

    code = "EVENT_NOT_BOOKABLE"
    title = "Event cannot be booked"


class PosterStage:
    """The stage `posting.poster`."""

    name = "posting.poster"

    def __init__(
        self,
        *,
        engine: Engine,
        rulebook: Rulebook,
        fence: Callable[[Session], None],
        clock: Clock,
    ) -> None:
        self._engine = engine
        self._rulebook = rulebook
        self._fence = fence
        self._clock = clock

    def run_once(self) -> int:
        """Answer the next changes, in their order; zero when none is left."""
        with unit_of_work(self._engine) as session:
            self._fence(session)
            after = read_cursor(session, self.name)
            found = events.changes(session, after=after, limit=BATCH)
            decided = store.decided(session, after=after, limit=BATCH)
            for change in found:
                if change.sequence not in decided:  # a replay from an earlier cursor
                    store.insert(session, self._decide(session, change))
            if found:
                move_cursor(session, self.name, found[-1].sequence)
            return len(found)

    def _decide(self, session: Session, change: EventChange) -> Decision:
        try:
            return self._answer(session, change)
        except InvalidAmount as error:
            raise NotBookable(
                f"{change.event.contract}.{change.event.name} in {change.event.key}: {error}",
                remedy="Find out who moved it; posting goes on from this event once it is halted"
                " no more.",
            ) from error

    def _answer(self, session: Session, change: EventChange) -> Decision:
        event = change.event
        if change.change is Change.SEEN:
            return self._none(change, "seen; booked when confirmed")
        entries = ledger.entries_by_event(session, str(event.key))
        live = live_entry(entries)
        if change.change is Change.RETRACTED:
            return self._withdraw(session, change, live)
        if live is not None:
            return self._keep(session, change, live)
        proposal = self._propose(session, event)
        if isinstance(proposal, NoPosting):
            return self._none(change, proposal.reason)
        return self._book(session, change, proposal, withdrawals(entries))

    def _propose(self, session: Session, event: ChainEvent) -> Proposal | NoPosting:
        reading = self._rulebook.read(event, events.events_of_receipt(session, event.key))
        if isinstance(reading, NoPosting):
            return reading
        return proposal_of(reading, self._announced(session, reading))

    def _announced(self, session: Session, reading: Reading) -> Expectation | None:
        """What was announced as just this, unless another event has answered it already."""
        if not reading.ref:
            return None
        for each in ledger.expectations_by_ref(session, reading.ref):
            if answers(reading.movement, each):
                answered = live_entry(ledger.entries_by_expectation(session, each.id))
                if answered is None:
                    return each
        return None

    def _book(
        self, session: Session, change: EventChange, proposal: Proposal, attempt: int
    ) -> Decision:
        now = self._clock.now()
        for account in proposal.accounts:
            journal.open_account(session, account, at=now)
        new = entry_of(proposal, change.event, attempt)
        if change.change is Change.FINAL:
            return self._decision(change, Outcome.POSTED, journal.post(session, new, now))
        return self._decision(change, Outcome.PENDING, journal.record_pending(session, new, now))

    def _keep(self, session: Session, change: EventChange, live: Entry) -> Decision:
        if change.change is Change.FINAL and live.phase is Phase.PENDING:
            posted = journal.post_pending(session, live.id, self._clock.now())
            return self._decision(change, Outcome.POSTED, posted)
        return self._none(change, f"booked before as {live.id}")

    def _withdraw(self, session: Session, change: EventChange, live: Entry | None) -> Decision:
        if live is None:
            return self._none(change, "retracted; nothing was booked")
        now, reason = self._clock.now(), f"block {change.event.key.block_hash} left the chain"
        if live.phase is Phase.PENDING:
            voided = journal.void_pending(session, live.id, now, reason)
            return self._decision(change, Outcome.VOIDED, voided)
        reversed_by = journal.reverse(session, live.id, now, reason)
        return self._decision(change, Outcome.REVERSED, reversed_by)

    def _decision(self, change: EventChange, outcome: Outcome, entry: Entry) -> Decision:
        now = self._clock.now()
        return Decision(change.sequence, entry.rule, outcome, str(entry.id), "", now)

    def _none(self, change: EventChange, reason: str) -> Decision:
        return Decision(change.sequence, "", Outcome.NONE, "", reason, self._clock.now())


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
