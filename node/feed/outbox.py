"""The outbox: what happened, told in the unit of work in which it happened, in one order.

In: a kind, a subject, small data. Out: a row with a sequence that listeners read behind.
Called by: settlement, reconciliation, app (tell) and the sequencer here.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from node.feed import store


class Kind(StrEnum):
    """Everything a listener may be told."""

    EVENT_SEEN = "event.seen"
    EVENT_CONFIRMED = "event.confirmed"
    EVENT_FINAL = "event.final"
    EVENT_RETRACTED = "event.retracted"
    ENTRY_PENDING = "entry.pending"
    ENTRY_POSTED = "entry.posted"
    ENTRY_VOIDED = "entry.voided"
    ENTRY_REVERSED = "entry.reversed"
    INSTRUCTION_CHANGED = "instruction.changed"
    MATCH_MADE = "match.made"
    BREAK_OPENED = "break.opened"
    BREAK_CLOSED = "break.closed"
    STATEMENT_ACCEPTED = "statement.accepted"
    STATEMENT_REFUSED = "statement.refused"
    BLOCK_FINAL = "block.final"


def tell(
    session: Session,
    *,
    kind: Kind,
    subject: str,
    data: dict[str, Any] | None = None,
    at: datetime,
) -> None:
    """Say that something happened; told if and only if the unit of work commits."""
    store.insert(session, kind=kind, subject=subject, data=data or {}, at=at)
