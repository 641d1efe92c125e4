"""Milliseconds from a block to its events in the answers of the API, for 95 of 100 blocks.

Called by: scripts.bench. A client asks every 20 ms; blocks come each second.
"""

from __future__ import annotations

from typing import Final

from scripts.bench.live import delays, middle
from scripts.bench.measured import Measured

_BLOCK_MS: Final = 1_000
_PER_MILLE: Final = 950


def measure() -> Measured:
    """The reference is the time between two blocks."""
    return Measured(middle(delays().visible, _PER_MILLE), "ms", _BLOCK_MS)
