"""A decoded log, and the steps of its standing on the chain.

In: nothing. Out: `NewEvent`, `ChainEvent`, `Change`, `EventChange`. Called by: indexer and store
here; posting, reconciliation, feed, api, console.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from node.core.types import Address, ChainId, EventKey, Hash32


class Change(StrEnum):
    """A step in an event's standing. After `RETRACTED` it may be `SEEN` again."""

    SEEN = "SEEN"
    CONFIRMED = "CONFIRMED"
    FINAL = "FINAL"
    RETRACTED = "RETRACTED"


class NewEvent(NamedTuple):
    """A log as it was read, member for column as its row has it: many are written at once.

    `args` and `topics` are JSON text.
    """

    chain_id: ChainId
    block_number: int
    block_hash: Hash32
    block_timestamp: int
    tx_hash: Hash32
    log_index: int
    address: Address
    contract: str
    label: str
    currency: str
    name: str
    args: str
    uetr: str
    topics: str
    data: str


@dataclass(frozen=True, slots=True)
class ChainEvent:
    """One log of one of our contracts; never edited, only retracted with its block.

    `args` is as JSON carries it: integers as decimal text, addresses in lower case, bytes as 0x
    text. `name` is empty where the log is none of the contract's events. `uetr` is read from `ref`.
    """

    id: int
    key: EventKey
    block_number: int
    block_timestamp: int
    address: Address
    contract: str
    label: str
    currency: str
    name: str
    args: dict[str, Any]
    uetr: str
    ref: str
    canonical: bool


@dataclass(frozen=True, slots=True)
class EventChange:
    """One step, in the order the node learned it."""

    sequence: int
    change: Change
    event: ChainEvent
    at: datetime
