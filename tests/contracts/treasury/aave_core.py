"""Aave v3.0 as @aave/core-v3 brings it: compiled by Aave, linked here.

Out: `Core`, the version for `aave.market`. Used by the tests of Aave.
"""

from __future__ import annotations

from node.chain.artifacts import Artifact
from tests.contracts.bank import ZERO
from tests.contracts.chain import Contract
from tests.contracts.treasury.aave import behind_proxy
from tests.contracts.treasury.desk import Desk
from tests.contracts.treasury.packages import hardhat

PACKAGE = "@aave/core-v3"
RAY = 10**27
PERCENT = RAY // 100
# Optimal use; base and two slopes of the variable rate; the stable rate, which nobody uses.
RATES = (80 * PERCENT, 0, 4 * PERCENT, 75 * PERCENT, 0, 0, 0, 0, 0)
_FOLDERS = {
    "PoolAddressesProvider": "protocol/configuration",
    "ACLManager": "protocol/configuration",
    "AaveOracle": "misc",
    "Pool": "protocol/pool",
    "PoolConfigurator": "protocol/pool",
    "DefaultReserveInterestRateStrategy": "protocol/pool",
    "AToken": "protocol/tokenization",
    "StableDebtToken": "protocol/tokenization",
    "VariableDebtToken": "protocol/tokenization",
}
_LOGIC = "protocol/libraries/logic"
_OF_POOL = ("SupplyLogic", "BridgeLogic", "EModeLogic", "LiquidationLogic", "PoolLogic")


class Core:
    """Version 3.0."""

    def artifact(self, name: str) -> Artifact:
        return _artifact(name)

    def pool(self, desk: Desk, provider: Contract) -> Contract:
        borrow = _library(desk, "BorrowLogic")
        flash = _library(desk, "FlashLoanLogic", BorrowLogic=borrow)
        plain = {name: _library(desk, name) for name in _OF_POOL}
        code = _artifact("Pool", BorrowLogic=borrow, FlashLoanLogic=flash, **plain)
        return desk.chain.deploy(code, provider.address, by=desk.admin)

    def configurator(self, desk: Desk) -> Contract:
        logic = _library(desk, "ConfiguratorLogic")
        code = _artifact("PoolConfigurator", ConfiguratorLogic=logic)
        return desk.chain.deploy(code, by=desk.admin)

    def reserves(
        self, desk: Desk, provider: Contract, pool: Contract, assets: list[Contract]
    ) -> list[tuple[object, ...]]:
        tokens = [
            desk.chain.deploy(_artifact(name), pool.address, by=desk.admin).address
            for name in ("AToken", "StableDebtToken", "VariableDebtToken")
        ]
        rates = desk.chain.deploy(
            _artifact("DefaultReserveInterestRateStrategy"), provider.address, *RATES, by=desk.admin
        )
        names = ("a", "a", "v", "v", "s", "s", b"")
        return [
            (
                *(*tokens, each.read("decimals"), rates.address, each.address),
                *(desk.whale, ZERO, *names),
            )
            for each in assets
        ]

    def stranger(self, desk: Desk, pool: Contract, asset: Contract) -> Contract:
        code = desk.chain.deploy(_artifact("AToken"), pool.address, by=desk.admin)
        places = (pool.address, desk.whale, asset.address, ZERO)
        return behind_proxy(desk, code, *places, 6, "a", "a", b"")


def _artifact(name: str, **libraries: str) -> Artifact:
    folder = _FOLDERS.get(name, _LOGIC)
    return hardhat(f"{PACKAGE}/artifacts/contracts/{folder}", name, libraries)


def _library(desk: Desk, name: str, **libraries: str) -> str:
    return desk.chain.deploy(_artifact(name, **libraries), by=desk.admin).address
