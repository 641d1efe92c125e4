"""The outbox: what happened, told in the unit of work in which it happened, in one order.

In: a kind, a subject, small data. Out: a row with a sequence that listeners read behind.
Called by: settlement, reconciliation, app (tell) and the sequencer here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

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
    BREAK_CHANGED = "break.changed"
    BREAK_CLOSED = "break.closed"
    STATEMENT_ACCEPTED = "statement.accepted"
    STATEMENT_REFUSED = "statement.refused"
    BLOCK_FINAL = "block.final"
    DAY_SIGNED = "day.signed"


class News(NamedTuple):
    """One thing to be told: what kind, about what, and what a listener needs at once."""

    kind: Kind
    subject: str
    data: dict[str, Any]


def tell(
    session: Session,
    *,
    kind: Kind,
    subject: str,
    data: dict[str, Any] | None = None,
    at: datetime,
) -> None:
    """Say that something happened; told if and only if the unit of work commits."""
    tell_all(session, [News(kind, subject, data or {})], at)


def tell_all(session: Session, news: Sequence[News], at: datetime) -> None:
    """Say that several things happened, in this order."""
    store.insert(session, [(*each, at) for each in news])
