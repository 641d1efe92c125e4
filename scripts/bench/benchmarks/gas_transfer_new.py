"""Gas of a transfer to an account that never had money, against OpenZeppelin's plain ERC-20.

Called by: scripts.bench.
"""

from __future__ import annotations

from node.core.types import Address
from scripts.bench.measured import Measured
from scripts.bench.payments import PLAIN, payments

_PAYEE = Address(f"0x{0xE2:040x}")


def measure() -> Measured:
    """Pay once; ours finds the account's word written, by its admission."""
    on = payments()
    on.admit(_PAYEE)
    return Measured(on.transfer(_PAYEE), "gas", on.transfer_of(PLAIN, _PAYEE))
