"""What we offer for gas: read off the chain, within caps, raised when something must be replaced.

In: a policy, what blocks took lately. Out: `Price`, or why nothing is offered. Called by: sender,
replacing. The arithmetic is pure; `FeeSource` asks the chain and keeps the answer a stated time.

A replacement must raise both fields of EIP-1559. geth, Erigon, Nethermind and reth want 10 % more
of each, geth by whole-number division, so rounding up satisfies all; Besu's `tx-pool-price-bump`
is 10 as well and may be set to 0 on chains without fees. A gas price (legacy) counts as both.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from node.chain.rpc import FeeHistory, Rpc
from node.core.errors import Retryable

GWEI: Final = 10**9
LIFE_SECONDS: Final = 6  # half a block of the slowest chain: a base fee moves by 12.5 % in a block
_HUNDRED: Final = 100


class FeeMode(StrEnum):
    """How the price of gas is found."""

    MARKET = "market"  # base fee and tips of the last blocks
    LEGACY = "legacy"  # one gas price, as the endpoint tells it
    FIXED = "fixed"  # what the policy says; 0 on a chain without fees


class AboveCap(StrEnum):
    """What becomes of a call while gas costs more than we would pay."""

    WAIT = "wait"
    QUARANTINE = "quarantine"


class FeeAboveCap(Retryable):
    """Gas costs more than the policy allows to offer."""

    code = "FEE_ABOVE_CAP"
    title = "Gas above the cap"


class FeeBudgetSpent(Retryable):
    """What was signed today may already cost as much as a day may."""

    code = "FEE_BUDGET_SPENT"
    title = "Fee budget of the day spent"


@dataclass(frozen=True, slots=True)
class Price:
    """What we offer for each unit of gas, in wei. With `is_legacy` both are the gas price."""

    fee_wei_max: int
    tip_wei_max: int
    is_legacy: bool = False


@dataclass(frozen=True, slots=True)
class FeePolicy:
    """What may be offered. `percentile` is of the tips within a block, the median of `blocks`."""

    mode: FeeMode = FeeMode.MARKET
    percentile: int = 50
    blocks: int = 20
    headroom_percent: int = 200  # of the base fee: survives six full blocks in a row
    tip_wei_min: int = GWEI
    tip_wei_cap: int = 50 * GWEI
    fee_wei_cap: int = 500 * GWEI
    fixed_wei: int = 0
    day_wei_max: int | None = None
    above_cap: AboveCap = AboveCap.WAIT
    bump_percent: int = 10
    bump_after_blocks: int = 12  # 0: only an operator replaces
    replacements_max: int = 8

    def market(self, told: FeeHistory) -> Price:
        """The price of a new call. Raises `FeeAboveCap` where even the next block costs more."""
        median = statistics.median_low(told.tips_wei) if told.tips_wei else 0
        tip = min(max(median, self.tip_wei_min), self.tip_wei_cap)
        self._allow(told.base_wei + tip)
        wanted = told.base_wei * self.headroom_percent // _HUNDRED + tip
        return Price(min(wanted, self.fee_wei_cap), tip)

    def legacy(self, gas_price_wei: int) -> Price:
        """The price where a chain knows no base fee."""
        self._allow(gas_price_wei)
        return Price(gas_price_wei, gas_price_wei, is_legacy=True)

    def fixed(self) -> Price:
        """The price the policy says."""
        return Price(self.fixed_wei, self.fixed_wei)

    def replacement(self, old: Price, now: Price) -> Price:
        """At least the price of now, and more than the old by what clients ask for.

        Raises `FeeAboveCap`: a replacement keeps the same caps.
        """
        fee = max(now.fee_wei_max, raised(old.fee_wei_max, self.bump_percent))
        tip = max(now.tip_wei_max, raised(old.tip_wei_max, self.bump_percent))
        self._allow(fee)
        return Price(max(fee, tip), tip, old.is_legacy)

    def _allow(self, wei: int) -> None:
        if wei > self.fee_wei_cap:
            raise FeeAboveCap(
                f"gas costs {wei} wei, more than the cap of {self.fee_wei_cap}",
                remedy="Wait until it costs less, or have the cap raised.",
            )


def raised(wei: int, percent: int) -> int:
    """So much more, rounded up, and one wei more at the least."""
    return max(-(-wei * (_HUNDRED + percent) // _HUNDRED), wei + 1)


class FeeSource:
    """The price of now, asked of the chain once in a while."""

    def __init__(
        self, rpc: Rpc, policy: FeePolicy, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.policy = policy
        self._rpc = rpc
        self._monotonic = monotonic
        self._kept: FeeHistory | None = None
        self._gas_price = 0
        self._until = 0.0

    def price(self) -> Price:
        """What a new call is signed with. Raises `FeeAboveCap`."""
        if self.policy.mode is FeeMode.FIXED:
            return self.policy.fixed()
        if self._monotonic() >= self._until:
            self._ask()
            self._until = self._monotonic() + LIFE_SECONDS
        if self._kept is None:
            return self.policy.legacy(self._gas_price)
        return self.policy.market(self._kept)

    def replacement(self, old: Price) -> Price:
        """What takes the place of something signed at the old price. Raises `FeeAboveCap`."""
        try:
            now = self.price()
        except FeeAboveCap:
            now = old  # what clients ask for may still be within the cap
        return self.policy.replacement(old, now)

    def _ask(self) -> None:
        self._kept, self._gas_price = None, 0
        if self.policy.mode is FeeMode.MARKET:
            self._kept = self._rpc.fee_history(self.policy.blocks, self.policy.percentile)
            if self._kept is not None:
                return  # a chain without it still tells the base fee of its head
        told = self._rpc.fees()
        if told.tip_wei and self.policy.mode is FeeMode.MARKET:
            self._kept = FeeHistory(told.base_wei, ())
        elif told.tip_wei:
            base = told.base_wei * self.policy.headroom_percent // _HUNDRED
            self._gas_price = base + self.policy.tip_wei_min
        else:
            self._gas_price = told.base_wei
