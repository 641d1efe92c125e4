"""Rows of signed days.

Private to this package; read through store.py.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from node.db.columns import UtcDateTime


class DayRow(SQLModel, table=True):
    """A business day that two people signed; `root` covers `content`, its certificate."""

    __tablename__ = "business_day"

    day: date = Field(primary_key=True)
    number: int = Field(unique=True)
    root: str = Field(unique=True)
    content: str
    approval_id: str = Field(foreign_key="approval.id")
    made_by: str
    signed_by: str
    signed_at: datetime = Field(sa_type=UtcDateTime)
