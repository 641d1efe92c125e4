"""Signing a business day: one person asks, after a review, another one signs what was shown.

In: a day, people, decisions. Out: reviews, approvals, signed days. Called by: api, console.

The certificate that is signed is the one that was shown, to the letter: it is kept with the
question. What happens on the chain or at the bank meanwhile belongs to the next one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Engine

from node.control import approvals
from node.control.approvals import Approval, Decision
from node.core.clock import Clock
from node.core.errors import Conflict, NotFound, Rejected
from node.days import store
from node.days.certificate import Certificate, certificate_of
from node.days.review import review
from node.days.store import SignedDay
from node.db.order import hold_order
from node.db.unit_of_work import read_only, unit_of_work
from node.feed.outbox import Kind, tell
from node.reconciliation.cut import read_cut
from node.reconciliation.proof import Proof
from node.sealing.sealer import seal_all

SIGN: Final = "day.sign"


class DaySigned(Conflict):
    """A day is signed once."""

    code = "DAY_ALREADY_SIGNED"
    title = "Day already signed"


class DayNotOver(Rejected):
    """The day lies ahead, or the records do not agree on it."""

    code = "DAY_CANNOT_BE_SIGNED"
    title = "Day cannot be signed yet"


class UnknownDay(NotFound):
    """That day was not signed."""

    code = "DAY_NOT_SIGNED"
    title = "Day not signed"


@dataclass(frozen=True, slots=True)
class Days:
    """Takes what people say about business days."""

    engine: Engine
    clock: Clock
    prove: Callable[[], Proof]

    def review(self, day: date) -> Certificate:
        """What would be signed now."""
        return self._made(day)

    def ask(self, day: date, *, reason: str, by: str) -> Approval:
        """Ask for a signature under the day as it stands now.

        Raises `DaySigned`, `DayNotOver`, `AlreadyAsked`.
        """
        now = self.clock.now()
        with unit_of_work(self.engine) as session:
            seal_all(session, now)
        certificate = self._made(day)
        with unit_of_work(self.engine) as session:
            hold_order(session)
            self._check_unsigned(store.signed(session, day), day)
            return approvals.ask(
                session,
                command=SIGN,
                subject=day.isoformat(),
                reason=reason,
                by=by,
                at=now,
                shown=certificate.root,
                detail={"certificate": certificate.content},
            )

    def decide(self, approval_id: str, decision: Decision, *, by: str, shown: str) -> Approval:
        """Sign, or decline, as the second person."""
        now = self.clock.now()
        with unit_of_work(self.engine) as session:
            hold_order(session)
            decided = approvals.decide(
                session, approval_id, decision=decision, by=by, at=now, shown=shown
            )
            if decision is Decision.APPROVED:
                day = date.fromisoformat(decided.subject)
                certificate = certificate_of(decided.detail["certificate"])
                self._check_unsigned(store.signed(session, day), day)
                number, before, _ = store.last(session)
                if certificate.content["before"] != before:
                    raise DaySigned(
                        "another day was signed since this one was asked about",
                        remedy="Decline it, and ask anew: certificates follow each other.",
                    )
                signed = SignedDay(
                    day, number + 1, certificate, decided.asked_by, decided.decided_by, now
                )
                store.insert(session, signed, decided.id)
                tell(
                    session,
                    kind=Kind.DAY_SIGNED,
                    subject=day.isoformat(),
                    data={"root": certificate.root},
                    at=now,
                )
            return decided

    def signed(self, day: date) -> SignedDay:
        """The day as it was signed. Raises `UnknownDay`."""
        with read_only(self.engine) as session:
            found = store.signed(session, day)
        if found is None:
            raise UnknownDay(f"{day} was not signed", remedy="See /v1/days.")
        return found

    def _made(self, day: date) -> Certificate:
        if day > self.clock.today():
            raise DayNotOver(f"{day} lies ahead", remedy="Sign days that are over, or today.")
        proof = self.prove()
        with read_only(self.engine) as session:
            cut = read_cut(session)
            self._check_unsigned(store.signed(session, day), day)
            if not proof.agrees or (proof.block, proof.entry) != (cut.block, cut.entry):
                raise DayNotOver(
                    "the records do not agree at one cut just now",
                    remedy="Run `concord prove`; then ask again.",
                )
            return certificate_of(review(session, proof, cut, day, self.clock.now()))

    def _check_unsigned(self, found: SignedDay | None, day: date) -> None:
        if found is not None:
            raise DaySigned(f"{day} was signed by {found.made_by} and {found.signed_by}")
