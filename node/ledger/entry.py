"""Journal entries: what they hold, and when they balance.

In: postings proposed by rules. Out: `NewEntry`, `Entry`, refusals. No database.
Called by: journal and store here; posting, bank and settlement build `NewEntry`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from node.core.errors import InvalidAmount, Rejected
from node.core.money import MINOR_UNITS_MAX, currency
from node.core.types import Side

POSTINGS_MIN = 2


class Phase(StrEnum):
    """What an entry row says: announced, standing for good, or withdrawn before it stood."""

    PENDING = "PENDING"
    POSTED = "POSTED"
    VOIDED = "VOIDED"


class Unbalanced(Rejected):
    """The debits of an entry do not equal its credits, or it has fewer than two postings."""

    code = "ENTRY_UNBALANCED"
    title = "Entry does not balance"


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of an entry: a positive amount in minor units on one account."""

    account: str
    side: Side
    amount: int


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be written; `id` is derived by its maker, so that writing twice is noticed."""

    id: UUID
    rule: str
    currency: str
    postings: tuple[Posting, ...]
    value_date: date
    uetr: str = ""
    expectation_id: str = ""
    event_key: str = ""
    narrative: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry in the books. `resolves` and `reversal_of` name the entry that this one ends."""

    sequence: int
    id: UUID
    phase: Phase
    rule: str
    currency: str
    uetr: str
    expectation_id: str
    event_key: str
    resolves: UUID | None
    reversal_of: UUID | None
    value_date: date
    recorded_at: datetime
    narrative: str
    evidence: dict[str, Any]
    postings: tuple[Posting, ...]


def check_balanced(entry: NewEntry) -> None:
    """Raise unless the entry has two postings or more, positive amounts, equal sides.

    Raises `Unbalanced`, or `InvalidAmount` for an amount that is not within 1 and 2^63 - 1.
    """
    currency(entry.currency)
    for posting in entry.postings:
        if not 0 < posting.amount <= MINOR_UNITS_MAX:
            raise InvalidAmount(
                f"entry {entry.id}: {posting.amount} on {posting.account} is not a positive"
                " amount of at most 63 bits",
                remedy="Book positive minor units; split what does not fit.",
            )
    debit, credit = (side_total(entry.postings, side) for side in (Side.DEBIT, Side.CREDIT))
    if len(entry.postings) < POSTINGS_MIN or debit != credit:
        raise Unbalanced(
            f"entry {entry.id} of rule {entry.rule!r} has {len(entry.postings)} postings,"
            f" debits of {debit} and credits of {credit}",
            remedy="Correct the rule that made it; nothing was booked.",
        )
    if debit > MINOR_UNITS_MAX:
        raise InvalidAmount(
            f"entry {entry.id}: its total {debit} does not fit in 63 bits",
            remedy="Split the entry.",
        )


def side_total(postings: Iterable[Posting], side: Side) -> int:
    """The sum of the amounts on one side."""
    return sum(posting.amount for posting in postings if posting.side is side)


def swapped(postings: Iterable[Posting]) -> tuple[Posting, ...]:
    """The postings that undo these."""
    return tuple(
        Posting(posting.account, posting.side.opposite(), posting.amount) for posting in postings
    )
