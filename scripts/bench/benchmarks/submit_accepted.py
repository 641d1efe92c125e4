"""Calls persisted, signed and accepted in a second, against eth-account only signing as many.

Called by: scripts.bench. The sender simulates, gives nonces, signs, commits and broadcasts to anvil
over HTTP; SQLite waits for the disk.
"""

from __future__ import annotations

from scripts.bench.measured import Measured
from scripts.bench.submissions import rates


def measure() -> Measured:
    """The whole way to the chain against a part of it that costs nobody a disk or a network."""
    found = rates()
    return Measured(found.accepted, "calls/s", found.signing)
