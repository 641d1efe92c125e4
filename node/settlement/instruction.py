"""Settlement instructions: one payment the bank was told to make, and the life of it.

In: nothing. Out: `Instruction`, its kinds, states and the table of steps.
Called by: service, tracker and store here; api, console.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from node.core.ids import derived_id, pack_ref
from node.core.money import Money


class InstructionKind(StrEnum):
    """What is asked: more of the deposit, less of it, or another holder."""

    ISSUE = "ISSUE"
    REDEEM = "REDEEM"
    TRANSFER = "TRANSFER"


class InstructionState(StrEnum):
    """Where an instruction stands; the last three are ends."""

    INSTRUCTED = "INSTRUCTED"  # accepted, nothing sent
    SENT = "SENT"  # signed, on its way to the chain
    ON_CHAIN = "ON_CHAIN"  # in a block that may still be taken back
    SETTLED = "SETTLED"  # final on chain and posted
    REFUSED = "REFUSED"  # refused by simulation; nothing reached the chain
    FAILED = "FAILED"  # reached the chain and did not succeed


_S = InstructionState
ENDS: Final = frozenset({_S.SETTLED, _S.REFUSED, _S.FAILED})

# A reorg takes an instruction from ON_CHAIN back to SENT; nothing leaves an end.
STEPS: Final[Mapping[InstructionState, frozenset[InstructionState]]] = {
    _S.INSTRUCTED: frozenset({_S.SENT, _S.ON_CHAIN, _S.SETTLED, _S.REFUSED, _S.FAILED}),
    _S.SENT: frozenset({_S.ON_CHAIN, _S.SETTLED, _S.REFUSED, _S.FAILED}),
    _S.ON_CHAIN: frozenset({_S.SENT, _S.SETTLED, _S.REFUSED, _S.FAILED}),
}
OPEN: Final = tuple(STEPS)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One payment; its UETR names it for ever. `nostro` is a ledger account code.

    A leg of a settlement is a transfer that is made with all the others of it, or not at all.
    """

    id: str
    sequence: int
    kind: InstructionKind
    gate_sequence: int | None
    uetr: str
    amount: Money
    debtor_wallet: str
    creditor_wallet: str
    nostro: str
    settlement_id: str  # empty for a payment that stands alone
    end_to_end_id: str
    value_date: date
    state: InstructionState
    reason: str
    created_by: str
    created_at: datetime
    updated_at: datetime

    @property
    def expectation_id(self) -> str:
        """Id of what the books expect of it."""
        return str(expectation_id(self.uetr, self.gate_sequence))

    @property
    def ref(self) -> bytes:
        """The reference its events carry; at the gate it ends with the number of the order."""
        return pack_ref(UUID(self.uetr), expectation_id(self.uetr, self.gate_sequence))


def instruction_id(uetr: str) -> str:
    """The id of the one instruction that a UETR can have."""
    return str(derived_id("instruction", uetr))


def expectation_id(uetr: str, gate_sequence: int | None) -> UUID:
    """The id of what the books expect under a UETR.

    Ends with the number of an order to the gate, as the gate asks of its references.
    """
    derived = derived_id("expectation", uetr)
    if gate_sequence is None:
        return derived
    return UUID(bytes=derived.bytes[:-6] + gate_sequence.to_bytes(6))
