"""Calls submitted and followed until each is final, in a second, against anvil mining as many.

Called by: scripts.bench. Blocks come every second; a call is final three blocks after its own.
"""

from __future__ import annotations

from scripts.bench.measured import Measured
from scripts.bench.submissions import rates


def measure() -> Measured:
    """The reference is signed before, and over once the last call is mined, not final."""
    found = rates()
    return Measured(found.final, "calls/s", found.chain_final)
