"""All queries of posting decisions.

In: a session. Out: `Decision`. Called by: poster here; console and api (evidence of a payment).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from operator import attrgetter

from sqlmodel import Session, col, select

from node.db.bulk import insert_values
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


_COLUMNS = tuple(each.name for each in fields(Decision))


def insert(session: Session, decisions: Sequence[Decision]) -> None:
    """Keep decisions; a change is decided once, held by its key."""
    insert_values(session, DecisionRow, _COLUMNS, map(attrgetter(*_COLUMNS), decisions))


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
