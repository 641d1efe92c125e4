"""The history of intents: every step that one took, in the order in which steps became visible.

In: a session. Out: `IntentStep`. Called by: store here (tells); settlement, api, console.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlmodel import Session, col, select

from node.db.bulk import insert_values
from node.submission.intent import IntentStep
from node.submission.tables import IntentHistoryRow, IntentRow

REASON_LENGTH_MAX: Final = 500


def steps(session: Session, intent_id: str) -> list[IntentStep]:
    """Every step of one intent, in order."""
    query = select(IntentHistoryRow).where(IntentHistoryRow.intent_id == intent_id)
    return [
        IntentStep(row.intent_id, row.old, row.new, row.reason, row.at)
        for row in session.exec(query.order_by(col(IntentHistoryRow.id)))
    ]


def steps_after(session: Session, after: int, limit: int) -> list[tuple[int, str]]:
    """Steps behind an id, in the order in which they became visible: id, and for what it was."""
    query = (
        select(IntentHistoryRow.id, IntentRow.instruction_id)
        .where(IntentRow.id == IntentHistoryRow.intent_id, col(IntentHistoryRow.id) > after)
        .order_by(col(IntentHistoryRow.id))
        .limit(limit)
    )
    return [(id_ or 0, instruction_id) for id_, instruction_id in session.exec(query)]


def tell(session: Session, steps: Sequence[tuple[str, str, str, str]], at: datetime) -> None:
    """Write steps, each an intent, from, to and why; the caller holds the order."""
    rows = [(id_, old, new, reason[:REASON_LENGTH_MAX], at) for id_, old, new, reason in steps]
    insert_values(session, IntentHistoryRow, ("intent_id", "old", "new", "reason", "at"), rows)
