"""Rows of what the chain said: events, and the changes of their standing.

Private to this package; read through store.py.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field, SQLModel, UniqueConstraint

from node.db.columns import UtcDateTime


class EventRow(SQLModel, table=True):
    """One log of one of our contracts, decoded; it belongs to a block row and is never edited."""

    __tablename__ = "chain_event"
    __table_args__ = (
        UniqueConstraint("chain_id", "block_hash", "tx_hash", "log_index"),
        Index("ix_chain_event_height", "chain_id", "block_number", "log_index"),
    )

    id: int | None = Field(default=None, primary_key=True)
    chain_id: int = Field(sa_type=BigInteger)
    block_number: int = Field(sa_type=BigInteger)
    block_hash: str
    block_timestamp: int = Field(sa_type=BigInteger)
    tx_hash: str = Field(index=True)
    log_index: int
    address: str
    contract: str  # artifact name, e.g. DepositToken
    label: str  # deployment label, e.g. CAD.token
    currency: str
    name: str  # event name; "" when the log could not be decoded
    args: dict[str, Any] = Field(sa_type=JSON)  # integers as decimal strings, bytes as 0x hex
    uetr: str = Field(default="", index=True)  # from the ref argument, "" when it carries none
    topics: list[str] = Field(sa_type=JSON)
    data: str


class EventChangeRow(SQLModel, table=True):
    """A step in an event's standing, in the order the node learned it: posting reads these.

    A block taken out by a reorg may come back, so the same step may be told again.
    """

    __tablename__ = "event_change"

    sequence: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="chain_event.id", index=True)
    change: str  # SEEN CONFIRMED FINAL RETRACTED
    at: datetime = Field(sa_type=UtcDateTime)
