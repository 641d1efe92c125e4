"""Multilateral netting: what each party owes or gets in each currency, all obligations added up.

In: gross obligations. Out: `Net` positions that sum to zero per currency. Pure. Called by:
settlements here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from node.core.money import Asset, Money


@dataclass(frozen=True, slots=True)
class Obligation:
    """One party owes another an amount; wallets in lower case."""

    debtor: str
    creditor: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Net:
    """What a party comes to in one currency: above zero it receives, below it pays."""

    party: str
    amount: Money

    @property
    def pays(self) -> bool:
        """Whether the party pays."""
        return self.amount.minor_units < 0


def net(obligations: Iterable[Obligation]) -> list[Net]:
    """Every position that is not zero, by currency and party."""
    sums: dict[tuple[Asset, str], int] = defaultdict(int)
    for each in obligations:
        sums[each.amount.asset, each.debtor] -= each.amount.minor_units
        sums[each.amount.asset, each.creditor] += each.amount.minor_units
    return [
        Net(party, Money(units, asset)) for (asset, party), units in sorted(sums.items()) if units
    ]
