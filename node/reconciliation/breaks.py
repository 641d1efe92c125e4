"""A break: a difference with a name, a clock and an owner.

In: nothing. Out: `Break`, `Cause`, ages. Called by: store, naming and keeping here; api and
console.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from node.core.business_days import business_days

OWNER = "treasury"
_DUE, _OVERDUE = 2, 5


class Cause(StrEnum):
    """Why two records differ."""

    MISSING = "MISSING"  # a side that should have spoken by now has not
    TIMING = "TIMING"  # a side has not spoken yet, and still may
    UNIDENTIFIED = "UNIDENTIFIED"  # money moved that nobody announced
    FEE = "FEE"  # the bank kept a small part
    AMOUNT = "AMOUNT"  # the sides name different amounts
    DUPLICATE = "DUPLICATE"  # a side says the same thing twice


@dataclass(frozen=True, slots=True)
class Break:
    """`side` is the record that lacks, or that stands alone.

    `effect_bank` is its part of bank minus books, `effect_chain` its part of chain minus books;
    over all open breaks they add up to those differences. `evidence` names rows by kind.
    `accepted` is the approval by which two people live with an open one; it goes on counting.
    """

    id: str
    sequence: int
    subject: str
    cause: Cause
    side: str
    currency: str
    amount: int
    effect_bank: int
    effect_chain: int
    value_date: date
    uetr: str
    owner: str
    open: bool
    accepted: str
    explanation: str
    evidence: Mapping[str, Any]
    opened_at: datetime
    closed_at: datetime | None
    closed_reason: str


class Explained(NamedTuple):
    """What breaks add up to in one currency, in minor units."""

    bank: int
    chain: int


NOTHING = Explained(0, 0)


class Sla(StrEnum):
    """How urgent an open break is, by its age in business days."""

    FRESH = "FRESH"  # of today or the business day before
    DUE = "DUE"  # two to four
    OVERDUE = "OVERDUE"  # five and more


def sla(business_age: int) -> Sla:
    """The bucket of an age in business days."""
    return Sla.FRESH if business_age < _DUE else Sla.DUE if business_age < _OVERDUE else Sla.OVERDUE


def business_age(found: Break, today: date) -> int:
    """Business days of its currency since the value date, until it was closed or until today."""
    end = today if found.closed_at is None else found.closed_at.date()
    return business_days(found.value_date, end, found.currency)


def age_days(found: Break, today: date) -> int:
    """Days since the value date, until it was closed or until today; never negative."""
    end = today if found.closed_at is None else found.closed_at.date()
    return max(0, (end - found.value_date).days)
