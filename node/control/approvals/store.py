"""All queries of approvals.

In: a session. Out: `Approval`. Called by: the package above; api, console.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, func, select

from node.control.tables import ApprovalRow
from node.db.order import hold_order


class Decision(StrEnum):
    """Where a command that takes two people stands."""

    ASKED = "ASKED"  # by one; the other one has not decided
    APPROVED = "APPROVED"
    DECLINED = "DECLINED"


@dataclass(frozen=True, slots=True)
class Approval:
    """One command that takes two people."""

    id: str
    sequence: int
    command: str
    subject: str
    reason: str
    shown: str
    detail: dict[str, Any]
    state: Decision
    asked_by: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None


def approvals(
    session: Session,
    *,
    subject: str | None = None,
    state: Decision | None = None,
    after: int = 0,
    limit: int = 100,
) -> list[Approval]:
    """Approvals behind a sequence, in the order in which they were asked for."""
    query = select(ApprovalRow).where(col(ApprovalRow.sequence) > after)
    if subject is not None:
        query = query.where(ApprovalRow.subject == subject)
    if state is not None:
        query = query.where(ApprovalRow.state == state)
    rows = session.exec(query.order_by(col(ApprovalRow.sequence)).limit(limit))
    return [_approval(row) for row in rows]


def approval(session: Session, approval_id: str, *, lock: bool = False) -> Approval | None:
    """The approval under that id; with `lock` nobody else decides on it until commit."""
    row = session.get(ApprovalRow, approval_id, with_for_update=lock, populate_existing=True)
    return None if row is None else _approval(row)


def next_sequence(session: Session) -> int:
    """The next place in the order; held until commit."""
    hold_order(session)
    return (session.exec(select(func.max(ApprovalRow.sequence))).one() or 0) + 1


def insert(session: Session, new: Approval) -> None:
    """Keep what was asked for."""
    session.add(
        ApprovalRow(
            id=new.id,
            sequence=new.sequence,
            command=new.command,
            subject=new.subject,
            reason=new.reason,
            shown=new.shown,
            detail=new.detail,
            state=new.state,
            asked_by=new.asked_by,
            asked_at=new.asked_at,
        )
    )
    session.flush()


def decide(session: Session, approval_id: str, decision: Decision, by: str, at: datetime) -> None:
    """Keep the decision."""
    row = session.get_one(ApprovalRow, approval_id)
    row.state, row.decided_by, row.decided_at = decision, by, at
    session.add(row)
    session.flush()


def _approval(row: ApprovalRow) -> Approval:
    return Approval(
        id=row.id,
        sequence=row.sequence,
        command=row.command,
        subject=row.subject,
        reason=row.reason,
        shown=row.shown,
        detail=dict(row.detail),
        state=Decision(row.state),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )
