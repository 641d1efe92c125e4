"""Names for the numbers and keys that cross layers.

In: raw integers and hex text from the chain. Out: frozen references that say what they are.
Called by: every layer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

ChainId = NewType("ChainId", int)
BlockNumber = NewType("BlockNumber", int)
Address = NewType("Address", str)  # EIP-55 checksummed, 0x + 40 hex digits
Hash32 = NewType("Hash32", str)  # 0x + 64 lower-case hex digits
Wei = NewType("Wei", int)


class Finality(StrEnum):
    """How far the chain stands behind a block; each level includes the one before."""

    SEEN = "SEEN"
    CONFIRMED = "CONFIRMED"
    FINAL = "FINAL"


class Side(StrEnum):
    """The side of a posting; its amount is always positive."""

    DEBIT = "DEBIT"
    CREDIT = "CREDIT"

    def opposite(self) -> Side:
        """The side that undoes this one."""
        return Side.CREDIT if self is Side.DEBIT else Side.DEBIT


@dataclass(frozen=True, slots=True)
class BlockRef:
    """One block, named so that a reorg cannot be mistaken for it."""

    number: BlockNumber
    hash: Hash32
    parent_hash: Hash32
    timestamp: int  # seconds since the epoch, as the block says


@dataclass(frozen=True, slots=True)
class EventKey:
    """The identity of one log; the block hash is part of it, so a reorg makes a new event."""

    chain_id: ChainId
    block_hash: Hash32
    tx_hash: Hash32
    log_index: int

    @property
    def receipt(self) -> tuple[ChainId, Hash32, Hash32]:
        """What all logs share that one transaction wrote in one block."""
        return self.chain_id, self.block_hash, self.tx_hash

    def __str__(self) -> str:
        """Text form used in evidence and as a seed for ids."""
        return f"{self.chain_id}:{self.block_hash}:{self.tx_hash}:{self.log_index}"
