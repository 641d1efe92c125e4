"""Gas of an issue through the gate, against a mint of OpenZeppelin's plain ERC-20 by its owner.

Called by: scripts.bench.
"""

from __future__ import annotations

from scripts.bench.measured import Measured
from scripts.bench.payments import PLAIN, payments


def measure() -> Measured:
    """Issue to an account that has money; ours uses up a number and a limit."""
    on = payments()
    return Measured(on.issue(on.payer), "gas", on.mint(PLAIN, on.payer))
