"""Aave v3.6 as @aave-dao/aave-v3-origin brings it, and its ERC-4626 wrapper StataTokenV2.

The wrapper asks its pool for the virtual balance, which the pool of v3.0 does not have; so the
market of v3.6 is built for it. In: sources, compiled on first use. Out: `Origin`, the version for
`aave.market`, and `stata`. Used by the tests of Aave and of the wrapper.
"""

from __future__ import annotations

from functools import cache

from eth_abi.abi import encode

from node.chain.artifacts import Artifact
from tests.contracts.chain import Contract
from tests.contracts.treasury.aave import Market, behind_proxy
from tests.contracts.treasury.desk import Desk
from tests.contracts.treasury.foreign import Protocol, Sources, compiled

PACKAGES = ("@aave-dao/aave-v3-origin", "@bgd-labs/solidity-utils", "solc")
# Optimal use; base and two slopes of the rate, in 1/10,000.
RATES = (8000, 0, 400, 7500)
_ROOTS = (
    *("instances/PoolInstance", "instances/PoolConfiguratorInstance"),
    *("instances/ATokenInstance", "instances/VariableDebtTokenInstance"),
    *("misc/DefaultReserveInterestRateStrategyV2", "misc/AaveOracle"),
    *("protocol/configuration/PoolAddressesProvider", "protocol/configuration/ACLManager"),
    *("extensions/stata-token/StataTokenV2", "rewards/RewardsController"),
)
_SOURCES = Sources(
    compiler="solc",
    roots=tuple(f"@aave-dao/aave-v3-origin/src/contracts/{each}.sol" for each in _ROOTS),
    settings={"optimizer": {"enabled": True, "runs": 200}, "evmVersion": "cancun"},
    remappings={
        "openzeppelin-contracts/contracts/": "@openzeppelin/contracts/",
        "openzeppelin-contracts-upgradeable/contracts/": "@openzeppelin/contracts-upgradeable/",
        "solidity-utils/contracts/": "@bgd-labs/solidity-utils/src/contracts/",
    },
)
_OF_POOL = ("SupplyLogic", "LiquidationLogic", "PoolLogic")


class Origin:
    """Version 3.6."""

    def artifact(self, name: str) -> Artifact:
        return _protocol().artifact("ATokenInstance" if name == "AToken" else name)

    def pool(self, desk: Desk, provider: Contract) -> Contract:
        borrow = _library(desk, "BorrowLogic")
        flash = _library(desk, "FlashLoanLogic", BorrowLogic=borrow)
        plain = {name: _library(desk, name) for name in _OF_POOL}
        libraries = {"BorrowLogic": borrow, "FlashLoanLogic": flash, **plain}
        rates = self._rates(desk, provider)
        code = _protocol().artifact("PoolInstance", libraries)
        return desk.chain.deploy(code, provider.address, rates.address, by=desk.admin)

    def configurator(self, desk: Desk) -> Contract:
        libraries = {"ConfiguratorLogic": _library(desk, "ConfiguratorLogic")}
        code = _protocol().artifact("PoolConfiguratorInstance", libraries)
        return desk.chain.deploy(code, by=desk.admin)

    def reserves(
        self, desk: Desk, provider: Contract, pool: Contract, assets: list[Contract]
    ) -> list[tuple[object, ...]]:
        del provider
        rewards, deploy = rewards_of(desk), desk.chain.deploy
        parties = (pool.address, rewards.address)
        a_token = deploy(self.artifact("AToken"), *parties, desk.whale, by=desk.admin)
        debt = deploy(self.artifact("VariableDebtTokenInstance"), *parties, by=desk.admin)
        rates = encode(["uint16", "uint32", "uint32", "uint32"], RATES)
        return [
            (a_token.address, debt.address, each.address, "a", "a", "v", "v", b"", rates)
            for each in assets
        ]

    def stranger(self, desk: Desk, pool: Contract, asset: Contract) -> Contract:
        parties = (pool.address, rewards_of(desk).address, desk.whale)
        code = desk.chain.deploy(self.artifact("AToken"), *parties, by=desk.admin)
        return behind_proxy(desk, code, pool.address, asset.address, 6, "a", "a", b"")

    def _rates(self, desk: Desk, provider: Contract) -> Contract:
        code = self.artifact("DefaultReserveInterestRateStrategyV2")
        return desk.chain.deploy(code, provider.address, by=desk.admin)


def rewards_of(desk: Desk) -> Contract:
    """A rewards controller that rewards nothing."""
    code = _protocol().artifact("RewardsController")
    return desk.chain.deploy(code, desk.admin, by=desk.admin)


def stata(market: Market) -> Contract:
    """The ERC-4626 wrapper of the market's dollars."""
    desk, artifact = market.desk, _protocol().artifact("StataTokenV2")
    parties = (market.pool.address, rewards_of(desk).address)
    code = desk.chain.deploy(artifact, *parties, by=desk.admin)
    return behind_proxy(desk, code, market.a_usd.address, "Stata", "stata")


@cache
def _protocol() -> Protocol:
    return compiled(_SOURCES)


def _library(desk: Desk, name: str, **libraries: str) -> str:
    code = _protocol().artifact(name, libraries)
    return desk.chain.deploy(code, by=desk.admin).address
