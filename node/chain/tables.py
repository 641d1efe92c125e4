"""Rows of the chain rim: block headers. Private to this package; read through store.py."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel, UniqueConstraint


class BlockRow(SQLModel, table=True):
    """One header. A reorg flips `canonical`; the row itself stays for ever."""

    __tablename__ = "block"
    __table_args__ = (
        UniqueConstraint("chain_id", "hash"),
        Index("ix_block_height", "chain_id", "number"),
    )

    id: int | None = Field(default=None, primary_key=True)
    chain_id: int = Field(sa_type=BigInteger)
    number: int = Field(sa_type=BigInteger)
    hash: str
    parent_hash: str
    timestamp: int = Field(sa_type=BigInteger)
    canonical: bool = True
