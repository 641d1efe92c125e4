"""Rows of seals.

Private to this package; read through store.py.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from node.db.columns import UtcDateTime


class SealRow(SQLModel, table=True):
    """One seal; never edited. `hash` is that of its own content."""

    __tablename__ = "seal"
    __table_args__ = (UniqueConstraint("book", "first"),)

    number: int = Field(primary_key=True)
    book: str
    first: int
    last: int
    count: int
    root: str
    before: str
    hash: str
    at: datetime = Field(sa_type=UtcDateTime)
