"""One thing that one of the three records says happened.

In: nothing. Out: `Item`, `Record`, `Kind`, and what an item weighs in the identities.
Called by: everything in this package; api and console show items. Amounts are minor units.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Record(StrEnum):
    """The three records of the same money."""

    CHAIN = "chain"
    BOOKS = "books"
    BANK = "bank"


class Kind(StrEnum):
    """What an item is about; `ADJUSTMENT` is an entry that moves a nostro unannounced."""

    ISSUE = "ISSUE"
    REDEEM = "REDEEM"
    TRANSFER = "TRANSFER"
    BANK_LINE = "BANK_LINE"
    ADJUSTMENT = "ADJUSTMENT"


NEEDS_BANK = frozenset({Kind.ISSUE, Kind.REDEEM, Kind.ADJUSTMENT})
MOVES_SUPPLY = frozenset({Kind.ISSUE, Kind.REDEEM})


@dataclass(frozen=True, slots=True)
class Item:
    """Immutable; `amount` is positive into the bank, negative out of it, transfers positive.

    `source` names the row it stands for and is unique per side: `event:7`, `entry:<id>`, `line:9`.
    `account` is the nostro where there is one, else the wallet. `id` is 0 until it is stored.
    `evidence` of the books says what they moved (`nostro`, `wallets`), whether it was `announced`,
    which event they answer (`event`) and which row they undo (`reverses`).
    """

    id: int
    side: Record
    source: str
    kind: Kind
    currency: str
    amount: int
    value_date: date
    uetr: str
    account: str
    references: tuple[str, ...]
    evidence: Mapping[str, Any]

    @property
    def key(self) -> str:
        """The payment it belongs to: by reference, or the item alone."""
        return f"{self.currency}/{self.uetr or self.source}"


def effect_bank(item: Item) -> int:
    """What the item adds to bank minus books."""
    if item.side is Record.BOOKS:
        return -int(item.evidence["nostro"])
    return item.amount if item.side is Record.BANK else 0


def effect_chain(item: Item) -> int:
    """What the item adds to chain minus books."""
    if item.side is Record.BOOKS:
        return -int(item.evidence["wallets"])
    return item.amount if item.side is Record.CHAIN and item.kind in MOVES_SUPPLY else 0


def in_order(item: Item) -> tuple[date, int, str, str]:
    """The order in which items of one payment are preferred, whatever came in first."""
    return (item.value_date, len(item.source), item.source, item.side)


Likeness = tuple[str, str, int, date]


def similar(item: Item) -> Likeness:
    """What two items without a shared reference must have alike: account, amount, value date."""
    return (item.account, item.currency, item.amount, item.value_date)
