"""What the clock can run: a stage that finds its own work.

In: nothing. Out: how many units of work were done; zero means idle. Called by: jobs and pipeline.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

BATCHES_MAX: Final = 20


class Stage(Protocol):
    """One arrow of the data flow, with its own cursor and its own fence."""

    @property
    def name(self) -> str:
        """Unique name: it keys the stage's cursor, lease and metrics."""

    def run_once(self) -> int:
        """Do the next units of work, a bounded number, and return how many rows they handled.

        Must be safe to repeat and to kill at any point: output, cursor and fence commit together,
        in each of them.
        """


def in_batches(unit: Callable[[], int], full: int) -> int:
    """Repeat a unit of work that takes `full` rows at most while there are more, up to a limit.

    What has fallen behind catches up within its turn, and the other stages still get theirs.
    """
    rows = 0
    for _ in range(BATCHES_MAX):
        done = unit()
        rows += done
        if done < full:
            break
    return rows
