"""The kill switch: a scope of the node stops until a person lets it go on.

In: a scope and a reason. Out: the reason in force, or none.
Called by: jobs (halts on a fatal error, asks before each tick), settlement (asks before a command),
cli and api (show, lift).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from node.control import audit, store
from node.control.store import Halt
from node.core.errors import Retryable

__all__ = ["Halt", "Halted", "Scope", "halt", "halted", "in_force", "lift", "refuse_when_halted"]


class Scope(StrEnum):
    """What can be stopped; reading never stops."""

    POSTING = "posting"  # events, books and all that follows from them
    SUBMISSION = "submission"  # sending to the chain
    COMMANDS = "commands"  # accepting new instructions


class Halted(Retryable):
    """The scope was stopped, by an error that risked money or by a person."""

    code = "NODE_HALTED"
    title = "The node has halted"


def halt(session: Session, scope: Scope, reason: str, at: datetime, *, by: str = "node") -> None:
    """Stop a scope; the same reason is not stacked upon itself."""
    if any(each.reason == reason for each in store.halts(session, scope)):
        return
    store.insert_halt(session, scope, reason, at)
    audit.record(session, actor=by, action="halt", subject=scope, detail={"reason": reason}, at=at)


def halted(session: Session, scope: Scope) -> str | None:
    """Why the scope stands still; None when it runs."""
    found = store.halts(session, scope)
    return found[0].reason if found else None


def in_force(session: Session) -> list[Halt]:
    """Every stop in force."""
    return store.halts(session)


def lift(session: Session, scope: Scope, by: str, at: datetime) -> None:
    """Let a scope go on; who did it stays in the trail."""
    if store.lift_halts(session, scope, by, at):
        audit.record(session, actor=by, action="halt.lifted", subject=scope, at=at)


def refuse_when_halted(session: Session, scope: Scope) -> None:
    """Raise `Halted` while the scope stands still."""
    reason = halted(session, scope)
    if reason is not None:
        raise Halted(
            f"{scope} stands still: {reason}",
            remedy="Run `concord doctor`, remove the cause, and lift the halt.",
            scope=scope,
        )
