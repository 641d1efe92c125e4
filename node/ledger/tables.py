"""Rows of the books: accounts, entries, postings, counters, expectations.

Private to this package; written by journal.py through store.py.
Amounts are minor units of the account's currency, always positive, with a side.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger
from sqlmodel import CheckConstraint, Field, SQLModel, UniqueConstraint

from node.db.columns import UtcDateTime


class AccountRow(SQLModel, table=True):
    """An account of the chart, e.g. WALLET:CAD:0xabc… or NOSTRO:CAD:9875687."""

    __tablename__ = "account"

    code: str = Field(primary_key=True)
    kind: str = Field(index=True)  # NOSTRO VOSTRO WALLET CLEARING SUSPENSE BROUGHT_FORWARD FEES
    currency: str
    normal_side: str
    label: str = ""
    opened_at: datetime = Field(sa_type=UtcDateTime)


class EntryRow(SQLModel, table=True):
    """One balanced journal entry. `resolves` and `reversal_of` point at the entry they end."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        UniqueConstraint("resolves"),  # a pending entry is posted or voided exactly once
        UniqueConstraint("reversal_of"),
        CheckConstraint("phase IN ('PENDING', 'POSTED', 'VOIDED')"),
    )

    sequence: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    phase: str
    rule: str  # the posting rule that made it
    currency: str
    uetr: str = Field(default="", index=True)
    expectation_id: str = Field(default="", index=True)  # "" when nothing announced it
    event_key: str = Field(default="", index=True)
    resolves: str | None = Field(default=None, foreign_key="journal_entry.id")
    reversal_of: str | None = Field(default=None, foreign_key="journal_entry.id")
    value_date: date
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    narrative: str = ""
    evidence: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    link: str  # over the content and the link of the entry before: see link.py


class PostingRow(SQLModel, table=True):
    """One side of an entry."""

    __tablename__ = "posting"
    __table_args__ = (
        CheckConstraint("amount > 0"),
        CheckConstraint("side IN ('DEBIT', 'CREDIT')"),
    )

    id: int | None = Field(default=None, primary_key=True)
    entry_sequence: int = Field(foreign_key="journal_entry.sequence", index=True)
    account: str = Field(foreign_key="account.code", index=True)
    side: str
    amount: int = Field(sa_type=BigInteger)


class CounterRow(SQLModel, table=True):
    """Four running totals per account: what the postings sum to, kept for speed, provable."""

    __tablename__ = "account_counter"

    account: str = Field(primary_key=True, foreign_key="account.code")
    debits_pending: int = Field(default=0, sa_type=BigInteger)
    credits_pending: int = Field(default=0, sa_type=BigInteger)
    debits_posted: int = Field(default=0, sa_type=BigInteger)
    credits_posted: int = Field(default=0, sa_type=BigInteger)


class ExpectationRow(SQLModel, table=True):
    """What the bank decided should happen, written before it does."""

    __tablename__ = "expectation"

    id: str = Field(primary_key=True)
    uetr: str = Field(unique=True)
    kind: str  # ISSUE REDEEM TRANSFER
    currency: str
    amount: int = Field(sa_type=BigInteger)
    debit_account: str = Field(foreign_key="account.code")
    credit_account: str = Field(foreign_key="account.code")
    value_date: date
    ref: str = Field(index=True)  # what the chain tells of it under; legs of a settlement share it
    references: list[str] = Field(default_factory=list, sa_type=JSON)
    created_at: datetime = Field(sa_type=UtcDateTime)


class ExpectationEndRow(SQLModel, table=True):
    """That an expectation will not come true, and why (refused, reverted, cancelled)."""

    __tablename__ = "expectation_end"

    expectation_id: str = Field(primary_key=True, foreign_key="expectation.id")
    reason: str
    at: datetime = Field(sa_type=UtcDateTime)
