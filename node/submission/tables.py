"""Rows of what we send: intents with their signed bytes, and the history of their states.

Private to this package; read through store.py.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel, UniqueConstraint

from node.db.columns import Uint256, UtcDateTime


class IntentRow(SQLModel, table=True):
    """One call we want mined once. Nonce, bytes and hash are committed before the first send."""

    __tablename__ = "tx_intent"
    __table_args__ = (UniqueConstraint("chain_id", "signer", "nonce"),)

    id: str = Field(primary_key=True)
    sequence: int = Field(unique=True)
    instruction_id: str = Field(index=True)
    purpose: str  # ISSUE REDEEM TRANSFER HOLD ATTEST …
    chain_id: int = Field(sa_type=BigInteger)
    signer: str
    target: str
    calldata: str
    value: int = Field(default=0, sa_type=Uint256)
    after: str = ""  # ids, by spaces, of those that must be CONFIRMED or FINAL before it is signed
    state: str = Field(index=True)
    nonce: int | None = None
    raw: str = ""
    tx_hash: str = Field(default="", index=True)
    block_number: int | None = Field(default=None, sa_type=BigInteger)
    block_hash: str = ""
    attempts: int = 0
    reason: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class IntentHistoryRow(SQLModel, table=True):
    """One step of one intent: from, to, why, when."""

    __tablename__ = "tx_intent_history"

    id: int | None = Field(default=None, primary_key=True)
    intent_id: str = Field(foreign_key="tx_intent.id", index=True)
    old: str
    new: str
    reason: str = ""
    at: datetime = Field(sa_type=UtcDateTime)
