"""What a break may belong to: other breaks that would explain it, with the reason.

In: a break and those that stand. Out: `Suggestion`s, likeliest first. Pure. Called by: api.
Nothing is matched on such grounds by itself: amounts recur.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from node.reconciliation.breaks import Break
from node.reconciliation.cases.proposal import sources_of
from node.reconciliation.verdict import subject_of

SUGGESTIONS_MAX: Final = 5
_CANDIDATES_MAX: Final = 24  # for sums: 12,650 of up to four are looked at, no more
_PARTS_MAX: Final = 4


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Breaks that may be the same payment as the one that was asked about."""

    breaks: tuple[str, ...]
    reason: str


def suggestions(found: Break, standing: Sequence[Break]) -> list[Suggestion]:
    """Single breaks whose effect is the opposite; then sums of several that come to it."""
    if not found.effect_bank or not found.subject.startswith(subject_of("")):
        return []
    others = sorted((e for e in standing if _may_join(found, e)), key=lambda e: _days(found, e))
    exact = [each for each in others if each.effect_bank == -found.effect_bank]
    single = [Suggestion((each.id,), _single(found, each)) for each in exact]
    return [*single, *_sums(found, others)][:SUGGESTIONS_MAX]


def _may_join(found: Break, other: Break) -> bool:
    return (
        other.id != found.id
        and other.currency == found.currency
        and other.subject.startswith(subject_of(""))
        and other.effect_bank != 0
        and not other.effect_chain
        and bool(sources_of(other))
    )


def _sums(found: Break, others: Sequence[Break]) -> Iterator[Suggestion]:
    """Subsets of the nearest in time, small ones first; each side of the sum on one side."""
    parts = [e for e in others if (e.effect_bank > 0) != (found.effect_bank > 0)]
    for count in range(2, _PARTS_MAX + 1):
        for chosen in combinations(parts[:_CANDIDATES_MAX], count):
            if sum(each.effect_bank for each in chosen) == -found.effect_bank:
                names = tuple(each.id for each in chosen)
                yield Suggestion(names, f"{count} that add up to it")


def _days(found: Break, other: Break) -> tuple[int, int]:
    return abs((other.value_date - found.value_date).days), other.sequence


def _single(found: Break, other: Break) -> str:
    apart = abs((other.value_date - found.value_date).days)
    return "same amount, " + (f"{apart} days apart" if apart else "same day")
