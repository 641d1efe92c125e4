"""Decides what the books answer to each step of an event. No database.

In: a step, what is known of its event. Out: an `Answer`: the decision, what is to be booked for it,
the accounts that this needs. Called by: poster, in the order of the steps.

CONFIRMED announces (pending), FINAL lets it stand (posted), RETRACTED withdraws (voided, or
reversed where it stood). An event returns under the same key when its block returns: the number of
earlier withdrawals is then part of the entry's id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from node.events.event import ChainEvent, Change, EventChange
from node.ledger import booking
from node.ledger.booking import Booking
from node.ledger.chart import AccountSpec
from node.ledger.entry import Entry, Phase
from node.posting.known import Known, live_entry, withdrawals
from node.posting.rule import NoPosting
from node.posting.rulebook import Proposal, Rulebook, entry_of, proposal_of
from node.posting.store import Decision, Outcome


@dataclass(frozen=True, slots=True)
class Answer:
    """`booking` is None where the books stay still."""

    decision: Decision
    booking: Booking | None = None
    accounts: tuple[AccountSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class Answering:
    """Answers steps one after the other; each knows what those before it are going to book."""

    rulebook: Rulebook
    known: Known
    now: datetime

    def answer(self, change: EventChange) -> Answer:
        """Decide on a step. Raises `NoRule`, `InvalidAmount`."""
        answer = self._decide(change)
        if answer.booking is not None:
            self.known.add(answer.booking.entry)
        return answer

    def _decide(self, change: EventChange) -> Answer:
        if change.change is Change.SEEN:
            return self._none(change, "seen; booked when confirmed")
        entries = self.known.by_event[str(change.event.key)]
        live = live_entry(entries)
        if change.change is Change.RETRACTED:
            return self._withdraw(change, live)
        if live is not None:
            return self._keep(change, live)
        proposal = self._propose(change.event)
        if isinstance(proposal, NoPosting):
            return self._none(change, proposal.reason)
        return self._book(change, proposal, withdrawals(entries))

    def _propose(self, event: ChainEvent) -> Proposal | NoPosting:
        reading = self.rulebook.read(event, self.known.receipts[event.key])
        if isinstance(reading, NoPosting):
            return reading
        return proposal_of(reading, self.known.open_expectation(reading.ref, reading.movement))

    def _book(self, change: EventChange, proposal: Proposal, attempt: int) -> Answer:
        new = entry_of(proposal, change.event, attempt)
        if change.change is Change.FINAL:
            booked = booking.posted(new, self.now)
            return self._some(change, Outcome.POSTED, booked, proposal.accounts)
        booked = booking.announced(new, self.now)
        return self._some(change, Outcome.PENDING, booked, proposal.accounts)

    def _keep(self, change: EventChange, live: Entry) -> Answer:
        if change.change is Change.FINAL and live.phase is Phase.PENDING:
            return self._some(change, Outcome.POSTED, booking.standing(live, self.now))
        return self._none(change, f"booked before as {live.id}")

    def _withdraw(self, change: EventChange, live: Entry | None) -> Answer:
        if live is None:
            return self._none(change, "retracted; nothing was booked")
        reason = f"block {change.event.key.block_hash} left the chain"
        if live.phase is Phase.PENDING:
            return self._some(change, Outcome.VOIDED, booking.voided(live, self.now, reason))
        return self._some(change, Outcome.REVERSED, booking.reversed_(live, self.now, reason))

    def _some(
        self,
        change: EventChange,
        outcome: Outcome,
        booked: Booking,
        accounts: tuple[AccountSpec, ...] = (),
    ) -> Answer:
        entry = booked.entry
        decision = Decision(change.sequence, entry.rule, outcome, str(entry.id), "", self.now)
        return Answer(decision, booked, accounts)

    def _none(self, change: EventChange, reason: str) -> Answer:
        return Answer(Decision(change.sequence, "", Outcome.NONE, "", reason, self.now))
