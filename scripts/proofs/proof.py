"""What a proof is to the run: a name, something to do, and what it gives.

Out: `Proof` and `Verdict`, used by every proof and by the run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """What one proof found; proved when there are no failures.

    `figures` is one line: how much was tried. `table` is printed while the proofs run.
    """

    figures: str
    failures: tuple[str, ...] = ()
    table: str = ""

    @property
    def proved(self) -> bool:
        return not self.failures


@dataclass(frozen=True)
class Proof:
    """`alone` is for one that uses every core itself, so that nothing may run beside it."""

    name: str
    prove: Callable[[], Verdict]
    alone: bool = False
