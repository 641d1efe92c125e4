"""Milliseconds from the start of a node that was killed to its first new row, beside Ponder.

Called by: scripts.bench. Both were killed by SIGKILL while they followed the chain.
"""

from __future__ import annotations

from scripts.bench.live import delays
from scripts.bench.measured import Measured


def measure() -> Measured:
    """The reference is Ponder."""
    found = delays()
    return Measured(found.restart, "ms", found.ponder_restart)
