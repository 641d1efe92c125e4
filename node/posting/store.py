"""All queries of posting decisions.

In: a session. Out: `Decision`. Called by: poster here; console and api (evidence of a payment).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from node.posting.tables import DecisionRow


class Outcome(StrEnum):
    """What the books did about one step of one event."""

    PENDING = "PENDING"
    POSTED = "POSTED"
    VOIDED = "VOIDED"
    REVERSED = "REVERSED"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of the books to one event change; `reason` says why when nothing was booked."""

    change_sequence: int
    rule: str
    outcome: Outcome
    entry_id: str
    reason: str
    at: datetime


def insert(session: Session, decision: Decision) -> None:
    """Keep a decision; a change is decided once, held by its key."""
    session.add(
        DecisionRow(
            change_sequence=decision.change_sequence,
            rule=decision.rule,
            outcome=decision.outcome,
            entry_id=decision.entry_id,
            reason=decision.reason,
            at=decision.at,
        )
    )
    session.flush()


def decided(session: Session, *, after: int, limit: int) -> set[int]:
    """The first changes behind a sequence that were decided before."""
    query = select(DecisionRow.change_sequence).where(col(DecisionRow.change_sequence) > after)
    return set(session.exec(query.order_by(col(DecisionRow.change_sequence)).limit(limit)))


def decisions(session: Session, *, after: int = 0, limit: int = 100) -> list[Decision]:
    """Decisions behind a change sequence, in order."""
    query = select(DecisionRow).where(col(DecisionRow.change_sequence) > after)
    rows = session.exec(query.order_by(col(DecisionRow.change_sequence)).limit(limit))
    return [
        Decision(
            row.change_sequence, row.rule, Outcome(row.outcome), row.entry_id, row.reason, row.at
        )
        for row in rows
    ]
