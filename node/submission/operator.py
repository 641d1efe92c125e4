"""What people may do with a call that waits: raise it, end it, let it go on. It takes two.

In: a command, an intent, who asks; an approval, who decides. Out: an `Approval`; once approved,
what the sender is to do, in the same unit of work. Called by: api, console.

An operator never signs and never sends: the sender of the process that leads does, and what is
mined decides. A cancellation of a call that has a nonce is an empty transaction at that nonce.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from node.control import approvals
from node.control.approvals import Approval, Decision
from node.core.clock import Clock
from node.core.errors import Conflict, NotFound
from node.db.unit_of_work import unit_of_work
from node.submission import store
from node.submission.intent import Due, Intent, IntentState, advanced

_S = IntentState


class OperatorCommand(StrEnum):
    """What may be asked for."""

    BUMP = "intent.bump"  # the same call at the same nonce, dearer
    CANCEL = "intent.cancel"  # nothing at that nonce; or never sent, where it has none
    RESUME = "intent.resume"  # out of quarantine, as it is


POSSIBLE: Final[Mapping[OperatorCommand, frozenset[IntentState]]] = {
    OperatorCommand.BUMP: frozenset({_S.SIGNED, _S.SENT, _S.QUARANTINED}),
    OperatorCommand.CANCEL: frozenset({_S.PREPARED, _S.SIGNED, _S.SENT, _S.QUARANTINED}),
    OperatorCommand.RESUME: frozenset({_S.QUARANTINED}),
}


class NotPossibleNow(Conflict):
    """The intent stands where that command means nothing."""

    code = "INTENT_COMMAND_NOT_POSSIBLE"
    title = "Not possible as the intent stands"


@dataclass(frozen=True, slots=True)
class Operator:
    """Takes commands on intents."""

    engine: Engine
    clock: Clock

    def ask(self, command: OperatorCommand, intent_id: str, *, reason: str, by: str) -> Approval:
        """Ask for a command. Raises `NotFound`, `NotPossibleNow`, `AlreadyAsked`."""
        with unit_of_work(self.engine) as session:
            _possible(session, command, intent_id)
            return approvals.ask(
                session,
                command=command,
                subject=intent_id,
                reason=reason,
                by=by,
                at=self.clock.now(),
            )

    def decide(self, approval_id: str, decision: Decision, *, by: str) -> Approval:
        """Decide as the second person, which carries the command out where it is approved.

        Raises `SamePerson`, `AlreadyDecided`, `NotPossibleNow` where the intent has moved on.
        """
        now = self.clock.now()
        with unit_of_work(self.engine) as session:
            decided = approvals.decide(session, approval_id, decision=decision, by=by, at=now)
            if decision is Decision.APPROVED:
                command = OperatorCommand(decided.command)
                _carry_out(session, command, _possible(session, command, decided.subject), decided)
            return decided


def _possible(session: Session, command: OperatorCommand, intent_id: str) -> Intent:
    found = store.intent(session, intent_id)
    if found is None:
        raise NotFound(f"no intent {intent_id}", remedy="See /v1/intents.")
    nothing_to_raise = command is OperatorCommand.BUMP and found.nonce is None
    if found.state not in POSSIBLE[command] or nothing_to_raise:
        raise NotPossibleNow(
            f"{command} of an intent that is {found.state}",
            remedy="See its history: what it waits for may have come.",
        )
    return found


def _carry_out(
    session: Session, command: OperatorCommand, intent: Intent, decided: Approval
) -> None:
    at = decided.decided_at or decided.asked_at
    if command is OperatorCommand.RESUME:
        state = _S.PREPARED if intent.nonce is None else _S.SIGNED
        _move(session, intent, state, f"resumed by {_both(decided)}", at)
    elif command is OperatorCommand.CANCEL and intent.nonce is None:
        _move(session, intent, _S.CANCELLED, f"cancelled by {_both(decided)}", at)
    else:
        due = Due.BUMP if command is OperatorCommand.BUMP else Due.CANCEL
        store.set_due(session, intent.id, due, at)


def _move(session: Session, intent: Intent, state: IntentState, reason: str, at: datetime) -> None:
    moved = store.move(session, [advanced(intent, state, reason, attempts=0)], at)
    if not moved:
        raise NotPossibleNow(f"intent {intent.id} moved on meanwhile", remedy="Look at it again.")


def _both(decided: Approval) -> str:
    return f"{decided.asked_by} and {decided.decided_by}: {decided.reason}"
