"""Maker-checker: a command that one person asks for and another one decides on.

In: a command and its subject, two people. Out: an `Approval`; each step goes into the audit trail.
Called by: the service that carries the command out, in the unit of work in which it does so.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session

from node.control import audit
from node.control.approvals import store
from node.control.approvals.store import Approval, Decision
from node.core.errors import Conflict, NotFound, Rejected
from node.core.ids import derived_id

__all__ = ["Approval", "Decision", "NotAsShown", "SamePerson", "ask", "decide", "found"]


class SamePerson(Rejected):
    """Who asked for a command cannot also approve it."""

    code = "SAME_PERSON"
    status = 403
    title = "A second person must decide"


class AlreadyAsked(Conflict):
    """The same command on the same subject waits for its decision."""

    code = "APPROVAL_ALREADY_ASKED"
    title = "Already asked for"


class NotAsShown(Conflict):
    """The second person looked at something else than what would be done."""

    code = "NOT_AS_SHOWN"
    title = "Not what was shown"


class AlreadyDecided(Conflict):
    """A decision is made once."""

    code = "APPROVAL_ALREADY_DECIDED"
    title = "Already decided"


def ask(
    session: Session,
    *,
    command: str,
    subject: str,
    reason: str,
    by: str,
    at: datetime,
    shown: str = "",
    detail: dict[str, Any] | None = None,
) -> Approval:
    """Ask for a command. Raises `AlreadyAsked` while the same one waits.

    `shown` is the hash of what is asked for, where the decision has to be about just that; `detail`
    says what the command needs beside its subject.
    """
    waiting = store.approvals(session, subject=subject, state=Decision.ASKED)
    if any(each.command == command for each in waiting):
        raise AlreadyAsked(
            f"{command} of {subject} is asked for already",
            remedy="Have it decided, or declined, before it is asked for again.",
        )
    sequence = store.next_sequence(session)
    asked = Approval(
        id=str(derived_id("approval", command, subject, sequence)),
        sequence=sequence,
        command=command,
        subject=subject,
        reason=reason,
        shown=shown,
        detail=detail or {},
        state=Decision.ASKED,
        asked_by=by,
        asked_at=at,
        decided_by="",
        decided_at=None,
    )
    store.insert(session, asked)
    detail = {"approval": asked.id, "reason": reason}
    audit.record(
        session, actor=by, action=f"{command}.asked", subject=subject, detail=detail, at=at
    )
    return asked


def decide(
    session: Session,
    approval_id: str,
    *,
    decision: Decision,
    by: str,
    at: datetime,
    shown: str = "",
) -> Approval:
    """Keep the second person's decision. Raises `SamePerson`, `AlreadyDecided`, `NotFound`.

    Who asked may decline, which takes the question back. Who approves says by `shown` what was
    seen; raises `NotAsShown` where that is not what was asked for.
    """
    asked = found(session, approval_id, lock=True)
    if asked.state is not Decision.ASKED:
        raise AlreadyDecided(f"{asked.command} of {asked.subject} was {asked.state} before")
    if decision is Decision.APPROVED and by == asked.asked_by:
        raise SamePerson(
            f"{by} asked for {asked.command} of {asked.subject} and cannot approve it",
            remedy="Have another person decide.",
        )
    if decision is Decision.APPROVED and shown != asked.shown:
        raise NotAsShown(
            f"what was shown is not what {asked.asked_by} asked for",
            remedy="Read it again, and approve with the hash that it has then.",
        )
    store.decide(session, approval_id, decision, by, at)
    action = f"{asked.command}.{decision.lower()}"
    detail = {"approval": asked.id, "asked_by": asked.asked_by}
    audit.record(session, actor=by, action=action, subject=asked.subject, detail=detail, at=at)
    return found(session, approval_id)


def found(session: Session, approval_id: str, *, lock: bool = False) -> Approval:
    """The approval under that id. Raises `NotFound`."""
    kept = store.approval(session, approval_id, lock=lock)
    if kept is None:
        raise NotFound(f"no approval {approval_id}", remedy="See /v1/approvals.")
    return kept
