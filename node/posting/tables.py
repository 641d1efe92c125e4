"""Rows of posting: what was decided for each event change, and by which rule.

Private to this package; read through store.py.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from node.db.columns import UtcDateTime


class DecisionRow(SQLModel, table=True):
    """The answer of the books to one event change; no change is left without one."""

    __tablename__ = "posting_decision"

    change_sequence: int = Field(primary_key=True, foreign_key="event_change.sequence")
    rule: str
    outcome: str  # PENDING POSTED VOIDED REVERSED NONE
    entry_id: str = ""
    reason: str = ""
    at: datetime = Field(sa_type=UtcDateTime)
