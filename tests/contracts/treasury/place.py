"""A vault in which others have money too, and the treasury may place some.

In: a desk. Out: `Place`, with the levers that a vault's life needs. Used by the tests of vaults.
"""

from __future__ import annotations

from tests.contracts.chain import Contract
from tests.contracts.treasury.desk import ERC4626, UNIT, Desk, Terms

CAP = 1_000 * UNIT
FLOOR = 100 * UNIT


class Place:
    """Allowed up to `CAP`, with a basis point of slippage."""

    def __init__(
        self, desk: Desk, vault: str = "PlainVault", asset: Contract | None = None
    ) -> None:
        self.desk = desk
        self.usd = asset or desk.asset()
        self.vault = desk.mock(vault, self.usd.address)
        self.address = self.vault.address
        self.terms = Terms(ERC4626, self.usd.address, cap=CAP, floor=FLOOR)
        self.fill(desk.whale, 10 * FLOOR)
        desk.allow(self.address, self.terms)

    def fill(self, who: str, amount: int) -> None:
        """Somebody else's deposit."""
        self.usd.send("mint", who, amount, by=who)
        self.usd.send("approve", self.address, amount, by=who)
        self.vault.send("deposit", amount, who, by=who)

    def earn(self, amount: int) -> None:
        """The vault has more for the same shares."""
        self.usd.send("mint", self.address, amount, by=self.desk.whale)

    def lose(self, amount: int) -> None:
        """The vault has less for the same shares."""
        self.usd.send("burn", self.address, amount, by=self.desk.whale)

    def exposure(self) -> int:
        return int(self.desk.adapter.read("exposure", self.address))

    def held(self) -> tuple[int, int]:
        """Shares, and what they are worth."""
        shares, worth = self.desk.adapter.read("position", self.address)
        return shares, worth

    def treasury(self) -> int:
        return int(self.usd.read("balanceOf", self.desk.treasury))

    def stray(self) -> int:
        """What lies in the adapter, where nothing should."""
        return int(self.usd.read("balanceOf", self.desk.adapter.address))

    def approved(self) -> int:
        return int(self.usd.read("allowance", self.desk.adapter.address, self.address))
