"""Rows of the outbox: what happened, in order, for whoever listens.

Private to this package; read through store.py.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from node.db.columns import UtcDateTime


class OutboxRow(SQLModel, table=True):
    """One thing that happened, written in the unit of work in which it happened."""

    __tablename__ = "outbox"

    sequence: int | None = Field(default=None, primary_key=True)
    kind: str  # entry.posted, match.made, break.opened, …
    subject: str
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    at: datetime = Field(sa_type=UtcDateTime)
