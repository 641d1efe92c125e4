"""Gas of a transfer to an account that has money, against OpenZeppelin's plain ERC-20.

Called by: scripts.bench.
"""

from __future__ import annotations

from node.core.types import Address
from scripts.bench.measured import Measured
from scripts.bench.payments import PLAIN, payments

_PAYEE = Address(f"0x{0xE1:040x}")


def measure() -> Measured:
    """Pay twice and count the second; ours goes through a proxy and checks both accounts."""
    on = payments()
    on.admit(_PAYEE)
    on.transfer(_PAYEE)
    on.transfer_of(PLAIN, _PAYEE)
    return Measured(on.transfer(_PAYEE), "gas", on.transfer_of(PLAIN, _PAYEE))
