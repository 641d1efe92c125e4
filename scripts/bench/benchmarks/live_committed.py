"""Milliseconds from a block to its committed rows, in the middle, beside Ponder on the same blocks.

Called by: scripts.bench. Both hear of blocks by WebSocket and write into PostgreSQL.
"""

from __future__ import annotations

from scripts.bench.live import delays, middle
from scripts.bench.measured import Measured


def measure() -> Measured:
    """The reference is Ponder."""
    found = delays()
    return Measured(middle(found.committed), "ms", max(middle(found.ponder_committed), 1))
