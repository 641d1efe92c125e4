"""Settlements: several payments that are all made or none, and how the engine brings that about.

In: nothing. Out: `Settlement`, its methods and ways, ids, refusals. Called by: settlements and what
it calls, tracker and store here; console, demo.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from node.core.errors import Rejected
from node.core.ids import derived_id, pack_ref
from node.core.money import Asset, Money
from node.settlement.instruction import Instruction, InstructionState


class SettlementMalformed(Rejected):
    """The legs do not make a settlement of that kind."""

    code = "SETTLEMENT_MALFORMED"
    title = "Settlement malformed"


class NotPrefunded(Rejected):
    """A party sets less aside than its obligations add up to."""

    code = "NET_NOT_PREFUNDED"
    title = "Net debit not prefunded"


class SettlementMethod(StrEnum):
    """What is exchanged for what."""

    DVP = "DVP"  # an asset against its payment
    PVP = "PVP"  # a currency against another
    NET = "NET"  # what many obligations add up to, party by party


class SettlementWay(StrEnum):
    """How the parties consent."""

    SIGNED = "SIGNED"  # each payer signs, and one transaction does it all
    HELD = "HELD"  # each payer holds the money for exactly this, at its own time
    NETTED = "NETTED"  # each party holds the most it may come to owe


# Both as people read them.
WORDS: Final[Mapping[str, str]] = {
    SettlementMethod.DVP: "delivery versus payment",
    SettlementMethod.PVP: "payment versus payment",
    SettlementMethod.NET: "net settlement",
    SettlementWay.SIGNED: "signed by all payers",
    SettlementWay.HELD: "out of holds",
    SettlementWay.NETTED: "out of what was set aside",
}
# The call that settles; legs stand where it stands.
SETTLES: Final[Mapping[SettlementWay, str]] = {
    SettlementWay.SIGNED: "SETTLE",
    SettlementWay.HELD: "EXECUTE",
    SettlementWay.NETTED: "SETTLE_NET",
}
_S: Final = InstructionState
_LAST_FIRST: Final = (_S.FAILED, _S.REFUSED, _S.INSTRUCTED, _S.SENT, _S.ON_CHAIN, _S.SETTLED)


@dataclass(frozen=True, slots=True)
class Settlement:
    """One settlement; its legs are the instructions that name it, in their order.

    `content_id` is what the chain names it by, 0x text: the hash of its content, for a netting
    cycle its `ref`. Its UETR is its own; each leg is a payment with another.
    """

    id: str
    sequence: int
    uetr: str
    method: SettlementMethod
    way: SettlementWay
    content_id: str
    deadline: datetime
    created_by: str
    created_at: datetime

    @property
    def ref(self) -> bytes:
        """The reference that its own events carry."""
        return ref_of(self.uetr)


def standing(legs: Iterable[Instruction]) -> InstructionState:
    """Where a settlement stands: where the leg does that the books have answered last."""
    found = {each.state for each in legs}
    return next((each for each in _LAST_FIRST if each in found), InstructionState.INSTRUCTED)


def moved(settlement: Settlement, legs: Iterable[Instruction]) -> list[Money]:
    """What changes hands, by currency; what is netted passes through the engine once."""
    sums: dict[Asset, int] = {}
    for each in legs:
        sums[each.amount.asset] = sums.get(each.amount.asset, 0) + each.amount.minor_units
    times = 2 if settlement.way is SettlementWay.NETTED else 1
    return [Money(units // times, asset) for asset, units in sums.items()]


def settlement_id(uetr: str) -> str:
    """The id of the one settlement that a UETR can have."""
    return str(derived_id("settlement", uetr))


def ref_of(uetr: str) -> bytes:
    """The reference of the settlement under a UETR."""
    return pack_ref(UUID(uetr), UUID(settlement_id(uetr)))
