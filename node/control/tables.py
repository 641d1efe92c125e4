"""Rows of control: the audit trail, halts, and the record behind Idempotency-Key.

Private to this package; read through store.py.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import CheckConstraint, Field, SQLModel

from node.db.columns import UtcDateTime


class AuditRow(SQLModel, table=True):
    """Who did what, when; `leaf` is the SHA-256 of the row's content."""

    __tablename__ = "audit"

    sequence: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    action: str
    subject: str = Field(index=True)
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    leaf: str


class HaltRow(SQLModel, table=True):
    """A stop of one scope (posting, submission); lifted only by a person."""

    __tablename__ = "halt"

    id: int | None = Field(default=None, primary_key=True)
    scope: str = Field(index=True)
    reason: str
    at: datetime = Field(sa_type=UtcDateTime)
    lifted_by: str = ""
    lifted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CommandRow(SQLModel, table=True):
    """One accepted command under its caller's key, kept for the life of the record."""

    __tablename__ = "command"

    scope: str = Field(primary_key=True)  # caller and route
    key: str = Field(primary_key=True)
    fingerprint: str
    subject: str  # id of the resource the command made
    at: datetime = Field(sa_type=UtcDateTime)


class ApprovalRow(SQLModel, table=True):
    """One command that takes two people: asked for by one, decided by another."""

    __tablename__ = "approval"
    __table_args__ = (
        CheckConstraint("state <> 'APPROVED' OR decided_by <> asked_by", name="approval_by_two"),
    )

    id: str = Field(primary_key=True)
    sequence: int = Field(unique=True)
    command: str
    subject: str = Field(index=True)
    reason: str
    state: str = Field(index=True)  # ASKED APPROVED DECLINED
    asked_by: str
    asked_at: datetime = Field(sa_type=UtcDateTime)
    shown: str = ""  # SHA-256 of what is asked for, as both people see it
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    decided_by: str = ""
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
