"""Tells listeners what the stages below wrote: events of the chain, entries of the books.

In: event changes and journal entries behind cursors, the final height. Out: outbox messages.
Called by: pipeline. Stages that may import the outbox tell their own news in their own work.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from node.core.clock import Clock
from node.core.stage import in_batches
from node.db.cursors import move_cursor, read_cursor
from node.db.unit_of_work import unit_of_work
from node.events import store as events
from node.events.event import Change, EventChange
from node.feed.outbox import Kind, News, tell, tell_all
from node.ledger import store as ledger
from node.ledger.entry import Entry, Phase

BATCH: Final = 1000
CHANGES: Final = "feed.changes"
ENTRIES: Final = "feed.entries"
BLOCK: Final = "feed.block"
_KIND_OF_CHANGE: Final = {
    Change.SEEN: Kind.EVENT_SEEN,
    Change.CONFIRMED: Kind.EVENT_CONFIRMED,
    Change.FINAL: Kind.EVENT_FINAL,
    Change.RETRACTED: Kind.EVENT_RETRACTED,
}
_KIND_OF_PHASE: Final = {
    Phase.PENDING: Kind.ENTRY_PENDING,
    Phase.POSTED: Kind.ENTRY_POSTED,
    Phase.VOIDED: Kind.ENTRY_VOIDED,
}


class SequencerStage:
    """The stage `feed.sequencer`."""

    name = "feed.sequencer"

    def __init__(
        self,
        *,
        engine: Engine,
        fence: Callable[[Session], None],
        clock: Clock,
        final_cursor: str = "events.final",
    ) -> None:
        self._engine = engine
        self._fence = fence
        self._clock = clock
        self._final_cursor = final_cursor

    def run_once(self) -> int:
        """Tell what each source has, some in each unit of work."""
        return in_batches(self._next, BATCH)

    def _next(self) -> int:
        with unit_of_work(self._engine) as session:
            self._fence(session)
            return self._changes(session) + self._entries(session) + self._block(session)

    def _changes(self, session: Session) -> int:
        found = events.changes(session, after=read_cursor(session, CHANGES), limit=BATCH)
        tell_all(session, list(map(_news_of_change, found)), self._clock.now())
        if found:
            move_cursor(session, CHANGES, found[-1].sequence)
        return len(found)

    def _entries(self, session: Session) -> int:
        found = ledger.entries(session, after=read_cursor(session, ENTRIES), limit=BATCH)
        tell_all(session, list(map(_news_of_entry, found)), self._clock.now())
        if found:
            move_cursor(session, ENTRIES, found[-1].sequence)
        return len(found)

    def _block(self, session: Session) -> int:
        final = read_cursor(session, self._final_cursor, -1)
        if final <= read_cursor(session, BLOCK, -1):
            return 0
        tell(session, kind=Kind.BLOCK_FINAL, subject=str(final), at=self._clock.now())
        move_cursor(session, BLOCK, final)
        return 1


def _news_of_change(each: EventChange) -> News:
    event = each.event
    told = {
        "event": event.name,
        "currency": event.currency,
        "uetr": event.uetr,
        "block": str(event.block_number),
        "tx_hash": event.key.tx_hash,
    }
    return News(_KIND_OF_CHANGE[each.change], str(event.id), told)


def _news_of_entry(entry: Entry) -> News:
    kind = Kind.ENTRY_REVERSED if entry.reversal_of else _KIND_OF_PHASE[entry.phase]
    told = {
        "sequence": str(entry.sequence),
        "rule": entry.rule,
        "currency": entry.currency,
        "uetr": entry.uetr,
    }
    return News(kind, str(entry.id), told)
