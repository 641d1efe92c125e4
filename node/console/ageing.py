"""How old open breaks are, in the buckets that treasury staff look at.

In: ages in days. Out: buckets with their counts. Pure. Called by: views/home, views/breaks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_BUCKETS: Final = (
    ("today", 0, 0, "calm"),
    ("1 day", 1, 1, "calm"),
    ("2-4 days", 2, 4, "warn"),
    ("5 days and more", 5, None, "bad"),
)


@dataclass(frozen=True, slots=True)
class Bucket:
    """One span of ages and how many breaks fall into it."""

    label: str
    tone: str
    number: int


def buckets(ages: Iterable[int]) -> list[Bucket]:
    """Every bucket, youngest first; a value date in the future counts as today."""
    held = [max(age, 0) for age in ages]
    return [
        Bucket(label, tone, sum(low <= age and (high is None or age <= high) for age in held))
        for label, low, high, tone in _BUCKETS
    ]


def tone(age: int) -> str:
    """How urgent an age looks."""
    return next(tone for _, _, high, tone in _BUCKETS if high is None or max(age, 0) <= high)
