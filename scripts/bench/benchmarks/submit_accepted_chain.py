"""The same against what anvil takes of calls that were signed before, in batches.

Called by: scripts.bench.
"""

from __future__ import annotations

from scripts.bench.measured import Measured
from scripts.bench.submissions import rates


def measure() -> Measured:
    """Ours shares the machine's cores with the chain, and so does the reference."""
    found = rates()
    return Measured(found.accepted, "calls/s", found.chain)
