"""Books what the chain did: the stage between events and ledger.

In: event changes behind a cursor, the rulebook. Out: journal entries and one decision per change,
in one unit of work behind a fence. Called by: pipeline.

What cannot be booked stops the stage at its own place: all that was told before it is booked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from node.core.clock import Clock
from node.core.errors import Fatal, InvalidAmount
from node.core.stage import in_batches
from node.db.cursors import move_cursor, read_cursor
from node.db.unit_of_work import unit_of_work
from node.events import store as events
from node.events.event import EventChange
from node.ledger import journal
from node.ledger.journal import CounterOverflow
from node.posting import store
from node.posting.answering import Answer, Answering
from node.posting.known import known_of
from node.posting.rulebook import Rulebook

BATCH: Final = 1000


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
        """Answer changes in their order, some in each unit of work; zero when none is left."""
        return in_batches(self._next, BATCH)

    def _next(self) -> int:
        with unit_of_work(self._engine) as session:
            self._fence(session)
            after = read_cursor(session, self.name)
            found = events.changes(session, after=after, limit=BATCH)
            decided = store.decided(session, after=after, limit=BATCH)
            # Decided already: a replay from an earlier cursor.
            waiting = [each for each in found if each.sequence not in decided]
            left = waiting[self._answer(session, waiting) :]
            done = [each for each in found if not left or each.sequence < left[0].sequence]
            if done:
                move_cursor(session, self.name, done[-1].sequence)
            return len(done)

    def _answer(self, session: Session, changes: Sequence[EventChange]) -> int:
        """Answer as many as can be, in their order; at least one, or raises why it cannot be."""
        answers = self._answers(session, changes)
        try:
            with session.begin_nested():
                self._write(session, answers)
        except CounterOverflow as error:
            place = _place(answers, str(error.facts["entry_id"]))
            if not place:
                raise _not_bookable(changes[place], error) from error
            answers = answers[:place]
            self._write(session, answers)
        return len(answers)

    def _answers(self, session: Session, changes: Sequence[EventChange]) -> list[Answer]:
        known = known_of(session, self._rulebook, changes)
        answering = Answering(self._rulebook, known, self._clock.now())
        answers: list[Answer] = []
        for change in changes:
            try:
                answers.append(answering.answer(change))
            except (Fatal, InvalidAmount) as error:
                if answers:
                    break
                if isinstance(error, Fatal):
                    raise
                raise _not_bookable(change, error) from error
        return answers

    def _write(self, session: Session, answers: Sequence[Answer]) -> None:
        accounts = [account for each in answers for account in each.accounts]
        journal.open_accounts(session, accounts, at=self._clock.now())
        journal.book(session, [each.booking for each in answers if each.booking is not None])
        store.insert(session, [each.decision for each in answers])


def _place(answers: Sequence[Answer], entry_id: str) -> int:
    ids = [each.booking and str(each.booking.entry.id) for each in answers]
    return ids.index(entry_id)


def _not_bookable(change: EventChange, error: InvalidAmount) -> NotBookable:
    event = change.event
    return NotBookable(
        f"{event.contract}.{event.name} in {event.key}: {error}",
        remedy="Find out who moved it; posting goes on from this event once it is halted no more.",
    )
