"""Money in StataTokenV2, the ERC-4626 wrapper of Aave v3.6, on its own bytecode."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contracts.anvil_chain import AnvilChain
from tests.contracts.chain import Contract
from tests.contracts.treasury.aave import market
from tests.contracts.treasury.aave_origin import PACKAGES, Origin, stata
from tests.contracts.treasury.desk import ALL, DAY, ERC4626, UNIT, Desk, Terms
from tests.contracts.treasury.packages import need

pytestmark = pytest.mark.npm
HELD = 400_000 * UNIT
FLOOR = 1_000 * UNIT


class Wrapped:
    """The wrapper, and the market below it."""

    def __init__(self, chain: AnvilChain) -> None:
        self.market = market(Desk(chain), Origin())
        self.desk, self.vault = self.market.desk, stata(self.market)
        self.market.supply(self.desk.whale, self.market.usd, 500_000 * UNIT)
        self._fill(self.desk.whale, 100_000 * UNIT)
        usd = self.market.usd.address
        self.desk.allow(self.vault.address, Terms(ERC4626, usd, floor=FLOOR))

    def _fill(self, who: str, amount: int) -> None:
        usd: Contract = self.market.usd
        usd.send("mint", who, amount, by=who)
        usd.send("approve", self.vault.address, amount, by=who)
        self.vault.send("deposit(uint256,address)", amount, who, by=who)


@pytest.fixture(scope="module")
def built(anvil_chain: AnvilChain) -> Wrapped:
    need(*PACKAGES)
    return Wrapped(anvil_chain)


@pytest.fixture
def wrapped(built: Wrapped) -> Iterator[Wrapped]:
    with built.desk.chain.rewound():
        yield built


def test_a_paused_wrapper_is_refused(wrapped: Wrapped) -> None:
    wrapped.vault.send("setPaused", True, by=wrapped.desk.admin)
    assert wrapped.desk.refused_deposit(wrapped.vault.address, HELD) == "EnforcedPause()"


def test_a_frozen_reserve_is_refused_in_words(wrapped: Wrapped) -> None:
    usd = wrapped.market.usd.address
    wrapped.market.configure("setReserveFreeze", usd, True)
    told = wrapped.desk.refused_deposit(wrapped.vault.address, HELD)
    assert told.endswith(f"assets: {HELD}, accepted: 0)")


def test_money_goes_in_and_comes_back_with_interest(wrapped: Wrapped) -> None:
    desk, vault = wrapped.desk, wrapped.vault.address
    before = wrapped.market.usd.read("balanceOf", desk.treasury)
    desk.deposit(vault, HELD)
    wrapped.market.borrow(desk.stranger, 300_000 * UNIT)
    desk.wait(365 * DAY)
    told = desk.withdraw(vault, ALL)
    assert told["rest"] == 0
    gained = wrapped.market.usd.read("balanceOf", desk.treasury) - before
    assert gained == told["assets"] - HELD > HELD // 1_000


def test_what_is_lent_out_cannot_be_taken(wrapped: Wrapped) -> None:
    desk, vault = wrapped.desk, wrapped.vault.address
    desk.deposit(vault, HELD)
    wrapped.market.borrow(desk.stranger, 900_000 * UNIT)
    told = desk.withdraw(vault, ALL)
    assert 99_999 * UNIT < told["assets"] <= 100_000 * UNIT
    assert HELD - 1 <= told["assets"] + told["rest"] <= HELD + UNIT
    refused = desk.refused_withdrawal(vault, HELD, assets_min=HELD)
    assert refused.startswith(("TooLittleReceived(", "NothingAvailable("))
