"""Today's flow: what was instructed today, per currency and kind.

In: instructions, addresses of our own contracts. Out: one line per currency. Pure. Called by:
views/home. What comes out of a contract of ours went into it as well, and counts once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date

from node.settlement.instruction import Instruction

KINDS = ("ISSUE", "REDEEM", "TRANSFER")
_SETTLED = "SETTLED"
_ENDED_BADLY = frozenset({"REFUSED", "FAILED"})


@dataclass(frozen=True, slots=True)
class Flow:
    """One kind of payment in one currency; what failed counts in `failed` alone."""

    amount: int = 0
    number: int = 0
    settled: int = 0
    failed: int = 0

    def with_one(self, amount: int, state: str) -> Flow:
        """The same flow and one payment more."""
        if state in _ENDED_BADLY:
            return Flow(self.amount, self.number, self.settled, self.failed + 1)
        settled = self.settled + (state == _SETTLED)
        return Flow(self.amount + amount, self.number + 1, settled, self.failed)


@dataclass(frozen=True, slots=True)
class FlowLine:
    """The flow of one currency, in the order of `KINDS`."""

    currency: str
    flows: tuple[Flow, ...]


def flow_of(
    instructions: Iterable[Instruction], day: date, contracts: Collection[str] = ()
) -> list[FlowLine]:
    """What was instructed on a day (UTC), one line per currency in order."""
    flows: dict[str, dict[str, Flow]] = defaultdict(lambda: dict.fromkeys(KINDS, Flow()))
    for each in instructions:
        if each.created_at.astimezone(UTC).date() != day or each.debtor_wallet in contracts:
            continue
        of_currency = flows[each.amount.asset.code]
        of_currency[each.kind] = of_currency[each.kind].with_one(
            each.amount.minor_units, each.state
        )
    return [FlowLine(code, tuple(flows[code][kind] for kind in KINDS)) for code in sorted(flows)]
