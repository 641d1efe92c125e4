"""A measurement and its reference, and how work is timed.

In: work to be done several times. Out: `Measured`, or `Absent` where the machine lacks what the
work needs. Called by: every benchmark.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

ROUNDS: Final = 3
_NANOSECONDS: Final = 10**9


class Absent(Exception):
    """The machine lacks what a benchmark needs; the text names it."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What ours takes or gives, and the same of the reference, in the same unit."""

    value: int
    unit: str
    reference: int

    def line(self, name: str) -> str:
        """The one line of JSON; the ratio is ours by theirs."""
        return json.dumps(
            {
                "name": name,
                "value": self.value,
                "unit": self.unit,
                "reference": self.reference,
                "ratio": round(self.value / self.reference, 3),
            }
        )


def per_second(
    count: int, unit: str, ours: Callable[[], object], reference: Callable[[], object]
) -> Measured:
    """How many of a work's `count` things are done in a second, each at its best of some rounds.

    Ours and the reference take turns, so that a busy moment of the machine meets both.
    """
    rounds = [(_nanoseconds(ours), _nanoseconds(reference)) for _ in range(ROUNDS)]
    best_ours = min(each[0] for each in rounds)
    best_reference = min(each[1] for each in rounds)
    return Measured(
        count * _NANOSECONDS // best_ours, f"{unit}/s", count * _NANOSECONDS // best_reference
    )


def _nanoseconds(work: Callable[[], object]) -> int:
    began = time.perf_counter_ns()
    work()
    return max(time.perf_counter_ns() - began, 1)
