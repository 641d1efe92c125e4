"""All queries of the outbox.

In: a session. Out: stored messages, in the order in which they became visible.
Called by: outbox and sequencer here; api and console streams.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from node.db.bulk import insert_values
from node.db.order import hold_order
from node.feed.tables import OutboxRow


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that happened; `sequence` is its place in the order."""

    sequence: int
    kind: str
    subject: str
    data: dict[str, Any]
    at: datetime


def insert(session: Session, rows: Sequence[tuple[str, str, dict[str, Any], datetime]]) -> None:
    """Append messages; whoever reads behind a sequence never steps over a later commit."""
    if not rows:
        return
    hold_order(session)
    insert_values(session, OutboxRow, ("kind", "subject", "data", "at"), rows)


def after(session: Session, sequence: int, limit: int = 100) -> list[Message]:
    """Messages behind a sequence, in order."""
    query = select(OutboxRow).where(col(OutboxRow.sequence) > sequence)
    rows = session.exec(query.order_by(col(OutboxRow.sequence)).limit(limit))
    return [Message(row.sequence or 0, row.kind, row.subject, row.data, row.at) for row in rows]


def last(session: Session) -> int:
    """The sequence of the newest message; zero while nothing happened."""
    return session.exec(select(func.max(OutboxRow.sequence))).one() or 0
