"""A whole Aave v3 market with two assets, one of them lent out against the other.

In: a desk on anvil, and the contracts of one version of Aave (core or origin, beside this file).
Out: `Market`, with the levers of its admin and its other users. Used by the tests of Aave.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from node.chain.artifacts import Artifact, load
from tests.contracts.bank import ZERO
from tests.contracts.chain import Contract
from tests.contracts.treasury.desk import ALL, Desk

VARIABLE_RATE = 2
DOLLAR = 10**8
LTV, THRESHOLD, BONUS = 8000, 8500, 10500


class Version(Protocol):
    """What differs between versions of Aave."""

    def artifact(self, name: str) -> Artifact:
        """A contract that needs no library."""

    def pool(self, desk: Desk, provider: Contract) -> Contract:
        """Implementation of the pool."""

    def configurator(self, desk: Desk) -> Contract:
        """Implementation of the configurator."""

    def reserves(
        self, desk: Desk, provider: Contract, pool: Contract, assets: list[Contract]
    ) -> list[tuple[object, ...]]:
        """Arguments by which the assets are listed."""

    def stranger(self, desk: Desk, pool: Contract, asset: Contract) -> Contract:
        """An aToken of the pool and the asset that the pool does not know."""


@dataclass(frozen=True)
class Market:
    """`usd` is what the treasury places; `eth` is what others borrow it against."""

    desk: Desk
    provider: Contract
    pool: Contract
    configurator: Contract
    usd: Contract
    eth: Contract
    a_usd: Contract
    version: Version

    def supply(self, who: str, asset: Contract, amount: int) -> None:
        asset.send("mint", who, amount, by=who)
        asset.send("approve", self.pool.address, ALL, by=who)
        self.pool.send("supply", asset.address, amount, who, 0, by=who)

    def borrow(self, who: str, amount: int) -> None:
        """Dollars, against ether that is worth twice as much."""
        self.supply(who, self.eth, amount * 10**12 * 2 // 3000)
        args = (self.usd.address, amount, VARIABLE_RATE, 0, who)
        self.pool.send("borrow", *args, by=who)

    def repay(self, who: str, amount: int) -> None:
        self.usd.send("mint", who, amount, by=who)
        self.usd.send("approve", self.pool.address, ALL, by=who)
        self.pool.send("repay", self.usd.address, amount, VARIABLE_RATE, who, by=who)

    def configure(self, function: str, *args: object) -> None:
        self.configurator.send(function, *args, by=self.desk.admin)

    def uses_collateral(self, who: str) -> bool:
        """Whether anything that `who` has here may secure a debt."""
        word = self.pool.read("getUserConfiguration", who)
        bits = int(word["data"] if isinstance(word, dict) else word)
        return any(bits >> place & 1 for place in range(1, 256, 2))


def market(desk: Desk, version: Version, assets: tuple[Contract, Contract] | None = None) -> Market:
    """As Aave's own scripts set one up; of new assets where none are given."""
    chain, admin = desk.chain, desk.admin
    provider = chain.deploy(version.artifact("PoolAddressesProvider"), "test", admin, by=admin)
    provider.send("setACLAdmin", admin, by=admin)
    acl = chain.deploy(version.artifact("ACLManager"), provider.address, by=admin)
    provider.send("setACLManager", acl.address, by=admin)
    acl.send("addPoolAdmin", admin, by=admin)
    acl.send("addEmergencyAdmin", admin, by=admin)
    pool = _behind(version.pool(desk, provider), provider, "Pool", admin)
    configurator = _behind(version.configurator(desk), provider, "PoolConfigurator", admin)
    usd, eth = assets or (desk.asset("USD", 6), desk.asset("ETH", 18, funds=0))
    _price(desk, version, provider, {usd.address: DOLLAR, eth.address: 3000 * DOLLAR})
    listed = version.reserves(desk, provider, pool, [usd, eth])
    configurator.send("initReserves", listed, by=admin)
    for asset in (usd, eth):
        terms = (asset.address, LTV, THRESHOLD, BONUS)
        configurator.send("configureReserveAsCollateral", *terms, by=admin)
    configurator.send("setReserveBorrowing", usd.address, True, by=admin)
    a_usd = pool.read("getReserveData", usd.address)["aTokenAddress"]
    token = Contract(chain, version.artifact("AToken"), str(a_usd).lower())
    return Market(desk, provider, pool, configurator, usd, eth, token, version)


def _behind(code: Contract, provider: Contract, name: str, admin: str) -> Contract:
    """The proxy that the provider makes for an implementation."""
    provider.send(f"set{name}Impl", code.address, by=admin)
    return replace(code, address=str(provider.read(f"get{name}")).lower())


def behind_proxy(desk: Desk, code: Contract, *setup: object) -> Contract:
    """A proxy of ours on the code, set up at once."""
    data = code.data("initialize", *setup)
    proxy = desk.chain.deploy(load("ERC1967Proxy"), code.address, data, by=desk.admin)
    return replace(code, address=proxy.address)


def _price(desk: Desk, version: Version, provider: Contract, prices: dict[str, int]) -> None:
    feeds = [desk.mock("SettableFeed", 8, price).address for price in prices.values()]
    args = (provider.address, list(prices), feeds, ZERO, ZERO, DOLLAR)
    oracle = desk.chain.deploy(version.artifact("AaveOracle"), *args, by=desk.admin)
    provider.send("setPriceOracle", oracle.address, by=desk.admin)
