"""What the clock can run: a stage that finds its own work.

In: nothing. Out: how many units of work were done; zero means idle. Called by: jobs and pipeline.
"""

from __future__ import annotations

from typing import Protocol


class Stage(Protocol):
    """One arrow of the data flow, with its own cursor and its own fence."""

    @property
    def name(self) -> str:
        """Unique name: it keys the stage's cursor, lease and metrics."""

    def run_once(self) -> int:
        """Do at most one unit of work and return how many rows it handled.

        Must be safe to repeat and to kill at any point: output, cursor and fence commit together.
        """
