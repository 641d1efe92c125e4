"""Money in Morpho Blue through a vault, on Morpho's own bytecode."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contracts.anvil_chain import AnvilChain
from tests.contracts.treasury.desk import ALL, DAY, UNIT, Desk
from tests.contracts.treasury.morpho import PACKAGES, Morpho
from tests.contracts.treasury.packages import need

pytestmark = pytest.mark.npm
HELD = 400_000 * UNIT


@pytest.fixture(scope="module")
def built(anvil_chain: AnvilChain) -> Morpho:
    need(*PACKAGES)
    return Morpho(Desk(anvil_chain))


@pytest.fixture
def morpho(built: Morpho) -> Iterator[Morpho]:
    with built.desk.chain.rewound():
        yield built


def test_money_goes_in_and_comes_back_with_interest(morpho: Morpho) -> None:
    desk, vault = morpho.desk, morpho.vault.address
    before = morpho.usd.read("balanceOf", desk.treasury)
    desk.deposit(vault, HELD)
    assert morpho.usd.read("balanceOf", morpho.blue.address) == 1_000_000 * UNIT
    morpho.borrow(desk.stranger, 300_000 * UNIT)
    desk.wait(365 * DAY)
    morpho.accrue()
    told = desk.withdraw(vault, ALL)
    assert told["rest"] == 0
    assert morpho.usd.read("balanceOf", desk.treasury) == before - HELD + told["assets"]
    assert told["assets"] > HELD * 11 // 10


def test_what_is_lent_out_cannot_be_taken(morpho: Morpho) -> None:
    desk, vault = morpho.desk, morpho.vault.address
    desk.deposit(vault, HELD)
    morpho.borrow(desk.stranger, 900_000 * UNIT)
    told = desk.withdraw(vault, 250_000 * UNIT)
    assert (told["assets"], told["rest"]) == (100_000 * UNIT, 150_000 * UNIT)
    assert desk.refused_withdrawal(vault, UNIT).startswith("NothingAvailable(")
