"""Rows of reconciliation: items, matches that consume them, breaks that name what is left.

Private to this package; read through store.py.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field, SQLModel, UniqueConstraint

from node.db.columns import UtcDateTime


class ItemRow(SQLModel, table=True):
    """One thing one side says happened; immutable."""

    __tablename__ = "recon_item"
    __table_args__ = (
        UniqueConstraint("side", "source"),
        Index("ix_recon_item_shape", "account", "currency", "amount"),
    )

    id: int | None = Field(default=None, primary_key=True)
    side: str  # chain books bank
    source: str  # key of the row it stands for, unique per side
    kind: str  # ISSUE REDEEM TRANSFER BANK_LINE
    currency: str
    amount: int = Field(sa_type=BigInteger)  # signed: into the bank positive; transfers positive
    value_date: date
    uetr: str = Field(default="", index=True)
    account: str = ""  # nostro or wallet account code
    references: list[str] = Field(default_factory=list, sa_type=JSON)
    evidence: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime = Field(sa_type=UtcDateTime)


class MatchRow(SQLModel, table=True):
    """A group of items that say the same."""

    __tablename__ = "recon_match"

    id: str = Field(primary_key=True)
    sequence: int = Field(unique=True)
    rule: str  # the rule that made its last link
    currency: str
    uetr: str = Field(default="", index=True)
    difference: int = Field(default=0, sa_type=BigInteger)  # bank minus books, in minor units
    complete: bool  # all sides it needs are there
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class MatchMemberRow(SQLModel, table=True):
    """An item's membership; the key makes an item belong to one match only."""

    __tablename__ = "recon_match_member"

    item_id: int = Field(primary_key=True, foreign_key="recon_item.id")
    match_id: str = Field(foreign_key="recon_match.id", index=True)
    rule: str
    at: datetime = Field(sa_type=UtcDateTime)


class BreakRow(SQLModel, table=True):
    """A difference with a name, a clock and an owner; closed by its missing side or by people."""

    __tablename__ = "recon_break"

    id: str = Field(primary_key=True)
    sequence: int = Field(unique=True)
    subject: str = Field(index=True)  # payment:<key>, balance:<what>, expected:<id>
    cause: str
    side: str  # the side that lacks, or that stands alone
    currency: str
    amount: int = Field(sa_type=BigInteger)  # what is at stake, in minor units, signed
    effect_bank: int = Field(default=0, sa_type=BigInteger)  # its part of bank minus books
    effect_chain: int = Field(default=0, sa_type=BigInteger)  # its part of chain minus books
    value_date: date  # age counts from here
    uetr: str = Field(default="", index=True)
    owner: str = "treasury"
    open: bool = Field(default=True, index=True)
    accepted: str = ""  # the approval by which two people live with it; it still counts
    explanation: str
    evidence: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_reason: str = ""


class HandRow(SQLModel, table=True):
    """Where people put an item; the newest row of an item counts, an empty key takes it out."""

    __tablename__ = "recon_hand"
    __table_args__ = (Index("ix_recon_hand_source", "side", "source"),)

    id: int | None = Field(default=None, primary_key=True)
    side: str
    source: str
    key: str  # the payment it belongs to
    approval_id: str = Field(foreign_key="approval.id")
    at: datetime = Field(sa_type=UtcDateTime)


class NoteRow(SQLModel, table=True):
    """What somebody wrote to a case, or handed in with it; never edited."""

    __tablename__ = "recon_note"

    id: int | None = Field(default=None, primary_key=True)
    break_id: str = Field(foreign_key="recon_break.id", index=True)
    by: str
    at: datetime = Field(sa_type=UtcDateTime)
    text: str
    file_name: str = ""
    sha256: str = ""
    content: bytes | None = None
