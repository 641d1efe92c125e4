"""Limits that every command must keep, whoever sends it.

In: an amount and the limits of the node. Out: nothing, or a refusal. Called by: settlement. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from node.core.errors import Rejected
from node.core.money import Money, parse_positive


class AmountOverLimit(Rejected):
    """More than one command may move."""

    code = "AMOUNT_OVER_LIMIT"
    title = "Amount over the limit"


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one instruction may move, as a decimal in whole units of the currency."""

    amount_max: str
    by_currency: Mapping[str, str] = field(default_factory=dict)

    def of(self, money: Money) -> Money:
        """The limit in the currency of `money`."""
        text = self.by_currency.get(money.asset.code, self.amount_max)
        return parse_positive(text, money.asset)


def check_amount(money: Money, limits: Limits) -> None:
    """Raise `AmountOverLimit` when `money` is more than one instruction may move."""
    most = limits.of(money)
    if most < money:
        raise AmountOverLimit(
            f"{money} is over the limit of {most} for one instruction",
            remedy="Split the payment, or have the limit raised.",
            limit=most.decimal(),
        )
