"""Money in Aave v3, on its own bytecode: version 3.0 as published, and 3.6 from its sources."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.contracts.anvil_chain import AnvilChain
from tests.contracts.chain import Refused
from tests.contracts.treasury import aave_core, aave_origin
from tests.contracts.treasury.aave import Market, Version, market
from tests.contracts.treasury.desk import AAVE_V3, ALL, DAY, UNIT, Desk, Terms
from tests.contracts.treasury.packages import need

pytestmark = pytest.mark.npm
CAP = 1_000_000 * UNIT
HELD = 400_000 * UNIT
YEAR = 365 * DAY


@pytest.fixture(scope="module", params=["v3.0", "v3.6"])
def built(request: pytest.FixtureRequest, anvil_chain: AnvilChain) -> Iterator[Market]:
    """Give each version a market in which the whale has supplied too."""
    old = request.param == "v3.0"
    need(*([aave_core.PACKAGE] if old else aave_origin.PACKAGES))
    version: Version = aave_core.Core() if old else aave_origin.Origin()
    with anvil_chain.rewound():
        made = market(Desk(anvil_chain), version)
        made.supply(made.desk.whale, made.usd, 600_000 * UNIT)
        made.desk.allow(made.a_usd.address, terms(made))
        yield made


@pytest.fixture
def aave(built: Market) -> Iterator[Market]:
    with built.desk.chain.rewound():
        yield built


def terms(made: Market) -> Terms:
    return Terms(AAVE_V3, made.usd.address, gateway=made.provider.address, cap=CAP)


def venue(made: Market) -> str:
    return made.a_usd.address


def lend_out(aave: Market, left: int) -> None:
    """Others borrow until only `left` is idle."""
    idle = aave.usd.read("balanceOf", venue(aave))
    aave.borrow(aave.desk.stranger, idle - left)


def exposure(aave: Market) -> int:
    return int(aave.desk.adapter.read("exposure", venue(aave)))


@pytest.mark.parametrize(
    "flag", [("setReservePause", True), ("setReserveFreeze", True), ("setSupplyCap", 900_000)]
)
def test_what_the_pool_would_refuse_is_refused_in_words(
    aave: Market, flag: tuple[str, object]
) -> None:
    function, value = flag
    types = "(address,bool)" if function == "setReservePause" else ""
    aave.configure(function + types, aave.usd.address, value)
    told = aave.desk.refused_deposit(venue(aave), HELD)
    room = 300_000 * UNIT if function == "setSupplyCap" else 0
    assert told.startswith(f"VenueRefuses(venue: {venue(aave)}, assets: {HELD}, accepted: ")
    assert aave.desk.adapter.read("depositable", venue(aave)) in {room, room - 1}


def test_more_than_the_cap_is_refused(aave: Market) -> None:
    assert "CapExceeded" in aave.desk.refused_deposit(venue(aave), CAP + 1)


def test_interest_fills_the_cap(aave: Market) -> None:
    aave.desk.deposit(venue(aave), CAP)
    lend_out(aave, 1)
    aave.desk.wait(YEAR)
    assert exposure(aave) > CAP
    assert "CapExceeded" in aave.desk.refused_deposit(venue(aave), UNIT)


def test_money_is_supplied_for_scaled_units(aave: Market) -> None:
    before = aave.usd.read("balanceOf", aave.desk.treasury)
    told = aave.desk.deposit(venue(aave), HELD)
    assert (told["assets"], told["shares"]) == (HELD, HELD)
    assert aave.usd.read("balanceOf", aave.desk.treasury) == before - HELD
    assert aave.desk.adapter.read("position", venue(aave)) == (HELD, HELD)
    assert aave.usd.read("allowance", aave.desk.adapter.address, aave.pool.address) == 0


def test_the_books_follow_the_scaled_balance(aave: Market) -> None:
    """Shares of the events add up to the scaled balance, with interest between them."""
    shares = aave.desk.deposit(venue(aave), HELD)["shares"]
    lend_out(aave, 300_000 * UNIT)
    aave.desk.wait(YEAR)
    second = aave.desk.deposit(venue(aave), HELD)["shares"]
    assert second < HELD
    shares += second - aave.desk.withdraw(venue(aave), HELD // 2)["shares"]
    assert shares == aave.a_usd.read("scaledBalanceOf", aave.desk.adapter.address)


def test_nothing_that_is_supplied_secures_a_debt(aave: Market) -> None:
    """Aave would make the first supply collateral by itself."""
    aave.supply(aave.desk.attacker, aave.usd, UNIT)
    assert aave.uses_collateral(aave.desk.attacker)
    for _ in range(2):
        aave.desk.deposit(venue(aave), UNIT)
        assert not aave.uses_collateral(aave.desk.adapter.address)


def test_a_gift_of_a_tokens_secures_nothing_after_the_next_supply(aave: Market) -> None:
    aave.supply(aave.desk.attacker, aave.usd, UNIT)
    gift = (aave.desk.adapter.address, UNIT)
    aave.a_usd.send("transfer", *gift, by=aave.desk.attacker)
    aave.desk.deposit(venue(aave), UNIT)
    assert not aave.uses_collateral(aave.desk.adapter.address)


def test_all_means_all(aave: Market) -> None:
    before = aave.usd.read("balanceOf", aave.desk.treasury)
    aave.desk.deposit(venue(aave), HELD)
    lend_out(aave, 500_000 * UNIT)
    aave.desk.wait(YEAR)
    told = aave.desk.withdraw(venue(aave), ALL)
    assert told["rest"] == 0
    assert told["assets"] > HELD
    assert aave.desk.adapter.read("position", venue(aave)) == (0, 0)
    assert aave.usd.read("balanceOf", aave.desk.treasury) == before - HELD + told["assets"]


def test_what_is_lent_out_cannot_be_taken(aave: Market) -> None:
    """The pool itself would revert; only what is idle comes, and the event tells the rest."""
    aave.desk.deposit(venue(aave), HELD)
    lend_out(aave, 100_000 * UNIT)
    order = (aave.usd.address, ALL, aave.desk.treasury)
    assert aave.pool.refusal("withdraw", *order, by=aave.desk.whale)
    assert aave.desk.adapter.read("withdrawable", venue(aave)) == 100_000 * UNIT
    told = aave.desk.withdraw(venue(aave), 250_000 * UNIT)
    assert (told["assets"], told["rest"]) == (100_000 * UNIT, 150_000 * UNIT)
    assert aave.desk.refused_withdrawal(venue(aave), ALL).startswith("NothingAvailable(")


def test_the_rest_comes_when_it_is_repaid(aave: Market) -> None:
    aave.desk.deposit(venue(aave), HELD)
    lend_out(aave, 100_000 * UNIT)
    first = aave.desk.withdraw(venue(aave), ALL)
    assert first["assets"] == 100_000 * UNIT
    assert 300_000 * UNIT <= first["rest"] < 300_001 * UNIT
    aave.repay(aave.desk.stranger, 600_000 * UNIT)
    second = aave.desk.withdraw(venue(aave), ALL)
    assert (second["rest"], exposure(aave)) == (0, 0)
    assert first["assets"] + second["assets"] >= HELD


def test_partial_or_nothing_is_the_callers_choice(aave: Market) -> None:
    aave.desk.deposit(venue(aave), HELD)
    lend_out(aave, 100_000 * UNIT)
    told = aave.desk.refused_withdrawal(venue(aave), HELD, assets_min=HELD)
    assert told.startswith("TooLittleReceived(")


def test_what_is_sent_to_the_pool_beside_is_not_counted_on(aave: Market) -> None:
    aave.desk.deposit(venue(aave), HELD)
    lend_out(aave, 100_000 * UNIT)
    aave.usd.send("mint", venue(aave), 50_000 * UNIT, by=aave.desk.whale)
    told = aave.desk.withdraw(venue(aave), HELD)
    assert told["assets"] in {100_000 * UNIT, 150_000 * UNIT}
    assert told["assets"] + told["rest"] == HELD


def test_the_way_out_stays_open(aave: Market) -> None:
    """Under our pause, closed by us, frozen by Aave."""
    desk = aave.desk
    desk.deposit(venue(aave), HELD)
    desk.adapter.send("pause", by=desk.guardian)
    desk.adapter.send("closeVenue", venue(aave), by=desk.guardian)
    aave.configure("setReserveFreeze", aave.usd.address, True)
    assert desk.withdraw(venue(aave), HELD)["assets"] == HELD


def test_another_pool_behind_the_provider_gets_nothing(aave: Market) -> None:
    desk = aave.desk
    desk.deposit(venue(aave), HELD)
    name = "0x" + b"POOL".hex().ljust(64, "0")
    aave.provider.send("setAddress", name, desk.attacker, by=desk.admin)
    told = f"VenueMismatch(venue: {venue(aave)}, expected: {desk.attacker}, found: "
    assert desk.refused_deposit(venue(aave), UNIT).startswith(told)
    assert desk.withdraw(venue(aave), HELD)["assets"] == HELD


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("asset", "TermsFixed("),
        ("gateway", "reverted"),
        ("floor", "TermsInvalid("),
        ("other", "TermsInvalid("),
        ("venue", "VenueMismatch("),
    ],
)
def test_terms_that_do_not_fit_are_refused(aave: Market, wrong: str, told: str) -> None:
    right, eth = terms(aave), aave.eth.address
    a_eth = aave.pool.read("getReserveData", eth)["aTokenAddress"]
    changes = {
        "asset": right.but(asset=eth),
        "gateway": right.but(gateway=aave.usd.address),
        "floor": right.but(floor=1),
        "other": right.but(other=eth),
        "venue": right,
    }
    address = a_eth if wrong == "venue" else venue(aave)
    with pytest.raises(Refused, match=re.escape(told)):
        aave.desk.allow(address, changes[wrong])


def test_an_a_token_that_the_pool_does_not_know_is_refused(aave: Market) -> None:
    """Of the right pool and the right asset, and not the one it mints."""
    fake = aave.version.stranger(aave.desk, aave.pool, aave.usd)
    told = f"VenueMismatch(venue: {fake.address}, expected: {fake.address}, found: {venue(aave)})"
    with pytest.raises(Refused, match=re.escape(told)):
        aave.desk.allow(fake.address, terms(aave))
