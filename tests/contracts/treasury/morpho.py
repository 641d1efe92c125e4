"""Morpho Blue, compiled from its npm sources, with one market, and a vault of ours over it.

MetaMorpho's package has no code, so a small vault stands for it (contracts/mocks/MorphoVault.sol).
In: a desk on anvil. Out: `Morpho`. Used by its tests.
"""

from __future__ import annotations

from functools import cache

from tests.contracts.bank import mock
from tests.contracts.treasury.desk import ALL, ERC4626, UNIT, Desk, Terms
from tests.contracts.treasury.foreign import Protocol, Sources, compiled

PACKAGES = ("@morpho-org/morpho-blue", "solc0819")
WAD = 10**18
LLTV = WAD * 8 // 10
# Dollars per ether, 6 digits against 18, scaled by 1e36.
PRICE = 3000 * 10 ** (36 + 6 - 18)
FLOOR = 1_000 * UNIT
_SOURCES = Sources(
    compiler="solc0819",
    roots=tuple(
        f"@morpho-org/morpho-blue/src/{each}.sol"
        for each in ("Morpho", "mocks/IrmMock", "mocks/OracleMock")
    ),
    settings={"optimizer": {"enabled": True, "runs": 200}, "evmVersion": "paris"},
)


class Morpho:
    """A market of dollars against ether; others have lent into it through the vault."""

    def __init__(self, desk: Desk) -> None:
        self.desk, deploy = desk, desk.chain.deploy
        self.usd, self.eth = desk.asset("USD", 6), desk.asset("ETH", 18, funds=0)
        self.blue = deploy(_protocol().artifact("Morpho"), desk.admin, by=desk.admin)
        rates = deploy(_protocol().artifact("IrmMock"), by=desk.admin)
        oracle = deploy(_protocol().artifact("OracleMock"), by=desk.admin)
        oracle.send("setPrice", PRICE, by=desk.admin)
        places = (self.usd.address, self.eth.address, oracle.address, rates.address)
        self.market = (*places, LLTV)
        self.blue.send("enableIrm", rates.address, by=desk.admin)
        self.blue.send("enableLltv", LLTV, by=desk.admin)
        self.blue.send("createMarket", self.market, by=desk.admin)
        vault = (self.blue.address, self.market)
        self.vault = deploy(mock("MorphoVault"), *vault, by=desk.admin)
        self._fill(desk.whale, 600_000 * UNIT)
        desk.allow(self.vault.address, Terms(ERC4626, self.usd.address, floor=FLOOR))

    def borrow(self, who: str, amount: int) -> None:
        """Against ether worth twice as much."""
        security = amount * 10**12 * 2 // 3000
        self.eth.send("mint", who, security, by=who)
        self.eth.send("approve", self.blue.address, ALL, by=who)
        self.blue.send("supplyCollateral", self.market, security, who, b"", by=who)
        self.blue.send("borrow", self.market, amount, 0, who, who, by=who)

    def accrue(self) -> None:
        self.blue.send("accrueInterest", self.market, by=self.desk.stranger)

    def _fill(self, who: str, amount: int) -> None:
        self.usd.send("mint", who, amount, by=who)
        self.usd.send("approve", self.vault.address, amount, by=who)
        self.vault.send("deposit", amount, who, by=who)


@cache
def _protocol() -> Protocol:
    return compiled(_SOURCES)
