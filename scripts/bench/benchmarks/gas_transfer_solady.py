"""Gas of a transfer where no proxy stands before the token, against Solady's plain ERC-20.

Called by: scripts.bench.
"""

from __future__ import annotations

from node.core.types import Address
from scripts.bench.measured import Measured
from scripts.bench.payments import ALONE, SOLADY, payments

_PAYEE = Address(f"0x{0xE4:040x}")


def measure() -> Measured:
    """Pay twice and count the second; ours checks both accounts."""
    on = payments()
    on.admit(_PAYEE)
    for token in (ALONE, SOLADY):
        on.transfer_of(token, _PAYEE)
    return Measured(on.transfer_of(ALONE, _PAYEE), "gas", on.transfer_of(SOLADY, _PAYEE))
