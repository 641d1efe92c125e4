"""Rows of settlement: parties with their wallets, instructions, and what settles them together.

Private to this package; read through store.py.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel, UniqueConstraint

from node.db.columns import UtcDateTime


class WalletRow(SQLModel, table=True):
    """A customer's wallet the bank has onboarded."""

    __tablename__ = "wallet"

    address: str = Field(primary_key=True)  # lower case
    name: str
    identifier: str = Field(default="", index=True)  # BIC, LEI or customer number
    custodial: bool  # the node's keystore holds its key
    onboarded_at: datetime = Field(sa_type=UtcDateTime)


class InstructionRow(SQLModel, table=True):
    """One payment the bank was told to make; its UETR names it for ever."""

    __tablename__ = "instruction"
    __table_args__ = (UniqueConstraint("currency", "gate_sequence"),)

    id: str = Field(primary_key=True)
    sequence: int = Field(unique=True)
    kind: str  # ISSUE REDEEM TRANSFER
    gate_sequence: int | None = None  # of the token's IssuanceGate; none for transfers
    uetr: str = Field(unique=True)
    currency: str
    amount: int = Field(sa_type=BigInteger)
    debtor_wallet: str = ""
    creditor_wallet: str = ""
    nostro: str = ""  # ledger account the money comes in at or goes out from
    settlement_id: str = Field(default="", index=True)  # "" for a payment that stands alone
    end_to_end_id: str = ""
    value_date: date
    state: str = Field(index=True)
    reason: str = ""
    created_by: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class SettlementRow(SQLModel, table=True):
    """Payments that are all made or none; its legs are the instructions that name it."""

    __tablename__ = "settlement"

    id: str = Field(primary_key=True)
    sequence: int = Field(unique=True)
    uetr: str = Field(unique=True)  # its own; each leg has another
    method: str  # DVP PVP NET
    way: str  # SIGNED HELD NETTED
    content_id: str = Field(unique=True)  # what the chain names it by, 0x text
    deadline: datetime = Field(sa_type=UtcDateTime)
    created_by: str
    created_at: datetime = Field(sa_type=UtcDateTime)
