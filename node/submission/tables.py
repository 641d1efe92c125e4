"""Rows of what we send: intents, every signature made for them, the history of their states.

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

    id: str = Field(primary_key=True)  # derived by the caller: its idempotency key
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
    tx_hash: str = Field(default="", index=True)  # of the attempt that is mined, else of the last
    block_number: int | None = Field(default=None, sa_type=BigInteger)
    block_hash: str = ""
    attempts: int = 0
    reason: str = ""
    due: str = ""  # BUMP or CANCEL: what the sender is to sign in its place
    wake_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # not to be tried before
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class AttemptRow(SQLModel, table=True):
    """Bytes ever signed for an intent, all at its one nonce: any of them may be mined."""

    __tablename__ = "tx_attempt"
    __table_args__ = (UniqueConstraint("intent_id", "number"),)

    tx_hash: str = Field(primary_key=True)
    intent_id: str = Field(foreign_key="tx_intent.id")
    number: int
    kind: str  # CALL CANCEL
    raw: str
    gas: int = Field(sa_type=BigInteger)
    fee_wei_max: int = Field(sa_type=Uint256)
    tip_wei_max: int = Field(sa_type=Uint256)
    is_legacy: bool = False
    signed_by: str  # who wanted it: the node, or an operator
    at: datetime = Field(sa_type=UtcDateTime)


class IntentHistoryRow(SQLModel, table=True):
    """One step of one intent: from, to, why, when."""

    __tablename__ = "tx_intent_history"

    id: int | None = Field(default=None, primary_key=True)
    intent_id: str = Field(foreign_key="tx_intent.id", index=True)
    old: str
    new: str
    reason: str = ""
    at: datetime = Field(sa_type=UtcDateTime)


class FeeDayRow(SQLModel, table=True):
    """The most that what was signed on a day may cost."""

    __tablename__ = "tx_fee_day"

    chain_id: int = Field(primary_key=True, sa_type=BigInteger)
    day: str = Field(primary_key=True)
    committed_wei: int = Field(sa_type=Uint256)


class ForeignRow(SQLModel, table=True):
    """A nonce of one of our keys that something else than an intent used."""

    __tablename__ = "tx_foreign"

    chain_id: int = Field(primary_key=True, sa_type=BigInteger)
    signer: str = Field(primary_key=True)
    nonce: int = Field(primary_key=True, sa_type=BigInteger)
    found_at: datetime = Field(sa_type=UtcDateTime)
