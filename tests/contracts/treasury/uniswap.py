"""Uniswap v3 as its npm packages bring it: factory, one deep pool, router, position manager.

In: a desk on anvil. Out: `Exchange`, with the levers of traders and of the oracle's feeds. Used by
the tests of swaps.
"""

from __future__ import annotations

from math import isqrt

from tests.contracts.bank import ZERO
from tests.contracts.chain import Contract
from tests.contracts.treasury.desk import ALL, HOUR, UNISWAP_V3, Desk, Guard, Terms
from tests.contracts.treasury.packages import hardhat

PACKAGES = ("@uniswap/v3-core", "@uniswap/v3-periphery")
_CORE = "@uniswap/v3-core/artifacts/contracts"
_PERIPHERY = "@uniswap/v3-periphery/artifacts/contracts"
FEE = 500
EDGE = 887_270
DOLLAR = 10**8
PRICE = 3000
USD, ETH = 10**6, 10**18
DEPTH = 10_000 * ETH
WINDOW = 600
CAP = 200_000 * USD
OBSERVATIONS = 200


class Exchange:
    """Dollars (6 digits) against ether (18) at 3,000; the feeds say the same."""

    def __init__(
        self, desk: Desk, *, dollars_first: bool = True, observations: int = OBSERVATIONS
    ) -> None:
        self.desk, deploy = desk, desk.chain.deploy
        self.usd, self.eth = self._assets(dollars_first=dollars_first)
        self.factory = deploy(hardhat(_CORE, "UniswapV3Factory"), by=desk.admin)
        places = (self.factory.address, desk.stranger)
        self.router = deploy(hardhat(_PERIPHERY, "SwapRouter"), *places, by=desk.admin)
        manager = hardhat(_PERIPHERY, "NonfungiblePositionManager")
        self.positions = deploy(manager, *places, ZERO, by=desk.admin)
        self.pool = self._pool()
        self.usd_feed = desk.mock("SettableFeed", 8, DOLLAR)
        self.eth_feed = desk.mock("SettableFeed", 8, PRICE * DOLLAR)
        for who in (desk.whale, desk.attacker):
            self._equip(who)
        self.provide(DEPTH)
        self.remember(observations)

    @property
    def guard(self) -> Guard:
        """A day's heartbeat for dollars, an hour's for ether; 100 ticks; 1 %."""
        usd = (self.usd_feed.address, 25 * HOUR, 8, DOLLAR * 9 // 10, DOLLAR * 11 // 10)
        eth = (self.eth_feed.address, 2 * HOUR, 8, 1000 * DOLLAR, 10_000 * DOLLAR)
        return Guard(usd, eth, window=WINDOW, ticks=100, bps=100)

    @property
    def terms(self) -> Terms:
        return Terms(
            UNISWAP_V3,
            self.usd.address,
            slippage=150,
            other=self.eth.address,
            gateway=self.router.address,
            cap=CAP,
            guard=self.guard,
        )

    def allow(self, terms: Terms | None = None) -> None:
        """Takes a day, after which the feeds speak again."""
        self.desk.allow(self.pool.address, terms or self.terms)
        self.refresh()

    def refresh(self) -> None:
        self.usd_feed.send("set", DOLLAR, by=self.desk.whale)
        self.eth_feed.send("set", PRICE * DOLLAR, by=self.desk.whale)

    def remember(self, observations: int) -> None:
        """Let the pool keep so many; the next trades fill them."""
        grow = "increaseObservationCardinalityNext"
        self.pool.send(grow, observations, by=self.desk.whale)

    def provide(self, ether: int) -> None:
        """Liquidity over all prices."""
        dollars = ether * PRICE * USD // ETH
        amounts = {self.usd.address: dollars, self.eth.address: ether}
        first, second = sorted(amounts)
        wanted = (amounts[first], amounts[second], 0, 0)
        order = (first, second, FEE, -EDGE, EDGE, *wanted, self.desk.whale, ALL)
        self.positions.send("mint", order, by=self.desk.whale)

    def trade(self, who: str, sold: Contract, amount: int, to: str = "") -> int:
        """Straight through the router, with no least; what it brings."""
        bought = self.eth if sold == self.usd else self.usd
        to = to or who
        before = bought.read("balanceOf", to)
        order = (sold.address, bought.address, FEE, to, ALL, amount, 0, 0)
        self.router.send("exactInputSingle", order, by=who)
        return int(bought.read("balanceOf", to) - before)

    def _assets(self, *, dollars_first: bool) -> tuple[Contract, Contract]:
        usd = self.desk.asset("USD", 6)
        while True:
            eth = self.desk.asset("ETH", 18)
            if (usd.address < eth.address) == dollars_first:
                return usd, eth

    def _pool(self) -> Contract:
        per_unit = {self.usd.address: PRICE * USD, self.eth.address: ETH}
        first, second = sorted(per_unit)
        price = isqrt(2**192 * per_unit[second] // per_unit[first])
        order = (first, second, FEE, price)
        make = "createAndInitializePoolIfNecessary"
        self.positions.send(make, *order, by=self.desk.admin)
        pool = self.factory.read("getPool", first, second, FEE)
        artifact = hardhat(_CORE, "UniswapV3Pool")
        return Contract(self.desk.chain, artifact, str(pool).lower())

    def _equip(self, who: str) -> None:
        for asset, amount in ((self.usd, 10**9 * USD), (self.eth, 10**6 * ETH)):
            asset.send("mint", who, amount, by=who)
            for spender in (self.router, self.positions):
                asset.send("approve", spender.address, ALL, by=who)
