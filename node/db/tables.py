"""Rows that stages keep about themselves: cursors and leases.

Private to this package; read and written through cursors.py and leases.py.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from node.db.columns import UtcDateTime


class CursorRow(SQLModel, table=True):
    """How far a stage has come; `position` counts in the stage's own unit."""

    __tablename__ = "cursor"

    stage: str = Field(primary_key=True)
    position: int
    updated_at: datetime = Field(sa_type=UtcDateTime)


class LeaseRow(SQLModel, table=True):
    """Who may act for a role, and the epoch that fences everyone before."""

    __tablename__ = "lease"

    role: str = Field(primary_key=True)
    holder: str
    epoch: int
    expires_at: datetime = Field(sa_type=UtcDateTime)
