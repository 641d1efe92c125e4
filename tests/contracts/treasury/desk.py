"""A bank's treasury desk on a chain: adapter, access manager, an account for every role.

In: a chain (eth-tester or anvil). Out: `Desk`, wired as docs/contracts.md says, and the terms of
venues. Used by the tests beside this file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from node.chain import artifacts
from node.chain.deployment.functions import selectors
from node.chain.deployment.roles import GUARDIAN, LIMITS, TREASURY
from tests.contracts.bank import ZERO, mock
from tests.contracts.chain import Chain, Contract, Receipt

HOUR = 3600
DAY = 24 * HOUR
ALL = 2**256 - 1
UNIT = 10**6
ERC4626, AAVE_V3, UNISWAP_V3 = 1, 2, 3

Feed = tuple[str, int, int, int, int]
NO_FEED: Feed = (ZERO, 0, 0, 0, 0)


@dataclass(frozen=True)
class Guard:
    """When a pool's price is believed."""

    asset_feed: Feed = NO_FEED
    other_feed: Feed = NO_FEED
    sequencer: str = ZERO
    grace: int = 0
    window: int = 0
    ticks: int = 0
    bps: int = 0

    @property
    def abi(self) -> tuple[object, ...]:
        limits = (self.sequencer, self.grace, self.window, self.ticks, self.bps)
        return (self.asset_feed, self.other_feed, *limits)


@dataclass(frozen=True)
class Terms:
    """The terms of a venue, as Solidity orders them."""

    kind: int
    asset: str
    slippage: int = 1
    other: str = ZERO
    gateway: str = ZERO
    cap: int = 1_000_000 * UNIT
    floor: int = 0
    guard: Guard = field(default_factory=Guard)

    @property
    def abi(self) -> tuple[object, ...]:
        places = (self.kind, self.asset, self.slippage, self.other, self.gateway)
        return (*places, self.cap, self.floor, self.guard.abi)

    def but(self, **changes: Any) -> Terms:  # noqa: ANN401 - any field
        return replace(self, **changes)


class Desk:
    """The adapter with nothing allowed yet. The treasury is an account of its own."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.admin, self.limits, self.guardian, self.trader, self.treasury = chain.accounts[:5]
        self.whale, self.attacker, self.stranger = chain.accounts[5:8]
        self.access = chain.deploy(artifacts.load("BankAccess"), self.admin, by=self.admin)
        self.adapter = chain.deploy(
            artifacts.load("TreasuryAdapter"), self.access.address, self.treasury, by=self.admin
        )
        self._numbers = count(1)
        self._give_rights()

    def mock(self, name: str, *args: object) -> Contract:
        return self.chain.deploy(mock(name), *args, by=self.admin)

    def asset(self, name: str = "USD", decimals: int = 6, funds: int = 10_000_000) -> Contract:
        """An asset of which the treasury has some, and lets the adapter take it."""
        return self.funded(self.mock("PlainAsset", name, decimals), funds * 10**decimals)

    def funded(self, asset: Contract, amount: int) -> Contract:
        asset.send("mint", self.treasury, amount, by=self.admin)
        asset.send("approve", self.adapter.address, ALL, by=self.treasury)
        return asset

    def ref(self) -> str:
        return f"0x{next(self._numbers):064x}"

    def wait(self, seconds: int) -> None:
        """Time passes, and a block shows it."""
        self.chain.advance(seconds)
        self.chain.send(self.stranger, self.stranger, "0x")

    def allow(self, venue: str, terms: Terms) -> Receipt:
        """By LIMITS, and after a day."""
        return self.late("setVenue", venue, terms.abi)

    def late(self, function: str, *args: object) -> Receipt:
        """A call of LIMITS: scheduled, waited for, executed."""
        data = self.adapter.data(function, *args)
        self.access.send("schedule", self.adapter.address, data, 0, by=self.limits)
        self.wait(DAY)
        return self.chain.send(self.limits, self.adapter.address, data)

    def deposit(self, venue: str, assets: int, shares_min: int = 0) -> dict[str, Any]:
        """What the event tells."""
        args = (venue, assets, shares_min, self.ref())
        return self._told("Deployed", "deposit", *args)

    def withdraw(
        self, venue: str, assets: int, assets_min: int = 0, shares_max: int = ALL
    ) -> dict[str, Any]:
        args = (venue, assets, assets_min, shares_max, self.ref())
        return self._told("Withdrawn", "withdraw", *args)

    def swap(self, pool: str, sold: str, amount: int, least: int = 0) -> dict[str, Any]:
        args = (pool, sold, amount, least, self.chain.now + HOUR, self.ref())
        return self._told("Swapped", "swap", *args)

    def refusal(self, function: str, *args: object, by: str = "") -> str:
        return self.adapter.refusal(function, *args, by=by or self.trader)

    def refused_deposit(self, venue: str, assets: int, shares_min: int = 0) -> str:
        return self.refusal("deposit", venue, assets, shares_min, self.ref())

    def refused_withdrawal(
        self, venue: str, assets: int, assets_min: int = 0, shares_max: int = ALL
    ) -> str:
        return self.refusal("withdraw", venue, assets, assets_min, shares_max, self.ref())

    def refused_swap(self, pool: str, sold: str, amount: int, least: int = 0) -> str:
        deadline = self.chain.now + HOUR
        return self.refusal("swap", pool, sold, amount, least, deadline, self.ref())

    def _told(self, event: str, function: str, *args: object) -> dict[str, Any]:
        receipt = self.adapter.send(function, *args, by=self.trader)
        ((name, told),) = self.adapter.events(receipt)
        assert name == event
        return {key: plain(value) for key, value in told.items()}

    def _give_rights(self) -> None:
        adapter = self.adapter.address
        for selector, role in selectors("TreasuryAdapter").items():
            self.access.send("setTargetFunctionRole", adapter, [selector], role, by=self.admin)
        holders: Mapping[int, tuple[str, int]] = {
            LIMITS.id: (self.limits, LIMITS.delay_seconds_min),
            GUARDIAN.id: (self.guardian, 0),
            TREASURY.id: (self.trader, 0),
        }
        for role, (holder, delay) in holders.items():
            self.access.send("grantRole", role, holder, delay, by=self.admin)


def plain(value: object) -> object:
    """An integer where the event tells one as text."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def opened(chain: Chain) -> Iterator[Desk]:
    """A desk for one test; afterwards the chain is as before."""
    with chain.rewound():
        yield Desk(chain)
