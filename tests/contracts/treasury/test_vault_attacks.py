"""Hostile vaults and assets: the treasury loses nothing to them, or the call is refused."""

from __future__ import annotations

from enum import IntEnum

import pytest

from node.chain.deployment.roles import TREASURY
from tests.contracts.treasury.desk import ALL, ERC4626, UNIT, Desk, Terms
from tests.contracts.treasury.place import FLOOR, Place


class Trick(IntEnum):
    """As HostileVault orders them."""

    NONE, MINT_LESS, TAKE_LESS, GIVE_BACK, PAY_LESS = range(5)
    BURN_MORE, UNDERSTATE, OVERSTATE, CALL_BACK, ILLIQUID = range(5, 10)


@pytest.fixture
def place(desk: Desk) -> Place:
    return Place(desk, "HostileVault")


def play(place: Place, trick: Trick) -> None:
    place.vault.send("play", trick, by=place.desk.attacker)


@pytest.mark.parametrize(
    ("trick", "told"),
    [
        # Told 100 shares, found a tenth of them.
        (Trick.MINT_LESS, "TooLittleValue("),
        # Either leaves a unit in the adapter that the vault did not take.
        (Trick.TAKE_LESS, "UnexpectedBalance("),
        (Trick.GIVE_BACK, "UnexpectedBalance("),
        (Trick.UNDERSTATE, "TooLittleValue("),
    ],
)
def test_a_vault_that_cheats_on_the_way_in_gets_nothing(
    place: Place, trick: Trick, told: str
) -> None:
    before = place.treasury()
    play(place, trick)
    assert place.desk.refused_deposit(place.address, 100 * UNIT).startswith(told)
    assert (place.treasury(), place.approved(), place.stray()) == (before, 0, 0)


@pytest.mark.parametrize(
    ("trick", "told"),
    [(Trick.PAY_LESS, "TooLittleReceived("), (Trick.BURN_MORE, "TooManyShares(")],
)
def test_a_vault_that_cheats_on_the_way_out_is_held_by_the_bounds(
    place: Place, trick: Trick, told: str
) -> None:
    place.desk.deposit(place.address, 300 * UNIT)
    play(place, trick)
    order = (place.address, 100 * UNIT, 100 * UNIT, 100 * UNIT)
    assert place.desk.refused_withdrawal(*order).startswith(told)


def test_what_a_vault_says_is_not_what_is_booked(place: Place) -> None:
    """Whoever accepts the haircut gets out, and the event tells what really came."""
    place.desk.deposit(place.address, 100 * UNIT)
    play(place, Trick.PAY_LESS)
    told = place.desk.withdraw(place.address, 100 * UNIT)
    assert (told["assets"], told["rest"]) == (50 * UNIT, 50 * UNIT)
    assert place.exposure() == 50 * UNIT


def test_a_vault_that_understates_gets_no_more_than_the_cap(place: Place) -> None:
    place.desk.deposit(place.address, 1_000 * UNIT)
    play(place, Trick.UNDERSTATE)
    assert place.held()[1] == 0
    assert place.exposure() == 1_000 * UNIT
    assert place.desk.adapter.read("depositable", place.address) == 0


def test_a_vault_that_overstates_only_bars_itself(place: Place) -> None:
    place.desk.deposit(place.address, 600 * UNIT)
    play(place, Trick.OVERSTATE)
    assert "CapExceeded" in place.desk.refused_deposit(place.address, UNIT)


def test_an_illiquid_vault_pays_later(place: Place) -> None:
    place.desk.deposit(place.address, 100 * UNIT)
    play(place, Trick.ILLIQUID)
    for assets in (ALL, UNIT):
        told = place.desk.refused_withdrawal(place.address, assets)
        assert told == f"NothingAvailable(venue: {place.address})"
    play(place, Trick.NONE)
    assert place.desk.withdraw(place.address, ALL)["assets"] == 100 * UNIT


@pytest.mark.parametrize("entry", ["deposit", "withdraw", "sweep", "swap"])
@pytest.mark.parametrize("during", ["deposit", "withdraw"])
def test_a_vault_that_comes_back_is_stopped(place: Place, entry: str, during: str) -> None:
    """Even if it were given the treasury's role."""
    desk = place.desk
    desk.access.send("grantRole", TREASURY.id, place.address, 0, by=desk.admin)
    desk.deposit(place.address, 100 * UNIT)
    again = {
        "deposit": (place.address, UNIT, 0, desk.ref()),
        "withdraw": (place.address, UNIT, 0, ALL, desk.ref()),
        "sweep": (place.usd.address, desk.ref()),
        "swap": (place.address, place.usd.address, UNIT, 0, ALL, desk.ref()),
    }
    data = desk.adapter.data(entry, *again[entry])
    place.vault.send("callBack", desk.adapter.address, data, by=desk.attacker)
    if during == "deposit":
        told = desk.refused_deposit(place.address, UNIT)
    else:
        told = desk.refused_withdrawal(place.address, UNIT)
    assert told == "ReentrancyGuardReentrantCall()"


def test_a_vault_without_the_role_is_a_stranger(place: Place) -> None:
    desk = place.desk
    data = desk.adapter.data("sweep", place.usd.address, desk.ref())
    place.vault.send("callBack", desk.adapter.address, data, by=desk.attacker)
    told = desk.refused_deposit(place.address, UNIT)
    assert told == f"AccessManagedUnauthorized(caller: {place.address})"


def test_no_approval_is_left_to_steal_by(place: Place) -> None:
    place.desk.deposit(place.address, 100 * UNIT)
    place.usd.send("mint", place.desk.adapter.address, UNIT, by=place.desk.stranger)
    for victim in (place.desk.adapter.address, place.desk.treasury):
        told = place.vault.refusal("steal", victim, 1, by=place.desk.attacker)
        assert told.startswith("ERC20InsufficientAllowance(")


def test_an_empty_vault_gets_nothing(desk: Desk) -> None:
    """The first depositor of an empty vault can make the second one's shares round to nothing."""
    usd = desk.asset()
    vault = desk.mock("PlainVault", usd.address)
    desk.allow(vault.address, Terms(ERC4626, usd.address, floor=FLOOR, slippage=50))
    usd.send("mint", desk.attacker, 2_000_000 * UNIT, by=desk.attacker)
    usd.send("approve", vault.address, ALL, by=desk.attacker)
    vault.send("deposit", 1, desk.attacker, by=desk.attacker)
    usd.send("transfer", vault.address, 1_000_000 * UNIT, by=desk.attacker)
    told = desk.refused_deposit(vault.address, 900_000 * UNIT)
    assert told == f"SupplyTooSmall(vault: {vault.address}, supply: 1, floor: {FLOOR})"
    assert desk.adapter.read("depositable", vault.address) == 0


def test_a_donation_that_rounds_shares_away_is_seen_without_the_floor(desk: Desk) -> None:
    """With a floor set too low the deposit would lose 19 %: the slippage bound stops it."""
    usd = desk.asset()
    vault = desk.mock("PlainVault", usd.address)
    desk.allow(vault.address, Terms(ERC4626, usd.address, floor=1, slippage=50))
    usd.send("mint", desk.attacker, 2_000_000 * UNIT, by=desk.attacker)
    usd.send("approve", vault.address, ALL, by=desk.attacker)
    vault.send("deposit", 1, desk.attacker, by=desk.attacker)
    usd.send("transfer", vault.address, 1_000_000 * UNIT, by=desk.attacker)
    assert desk.refused_deposit(vault.address, 900_000 * UNIT).startswith("TooLittleValue(")


def test_an_asset_that_takes_fees_does_not_go_in(desk: Desk) -> None:
    fee = desk.funded(desk.mock("FeeAsset"), 10_000 * UNIT)
    place = Place(desk, asset=fee)
    fee.send("setFee", 10, by=desk.attacker)
    assert desk.refused_deposit(place.address, 100 * UNIT).startswith("UnexpectedBalance(")


def test_an_asset_that_begins_to_take_fees_still_comes_back(desk: Desk) -> None:
    fee = desk.funded(desk.mock("FeeAsset"), 10_000 * UNIT)
    place = Place(desk, asset=fee)
    desk.deposit(place.address, 100 * UNIT)
    fee.send("setFee", 100, by=desk.attacker)
    told = desk.withdraw(place.address, 100 * UNIT, assets_min=99 * UNIT)
    assert (told["assets"], told["rest"]) == (99 * UNIT, UNIT)


def test_an_asset_whose_balances_round_does_not_go_in(desk: Desk) -> None:
    rebasing = desk.funded(desk.mock("RebasingAsset"), 10_000 * UNIT)
    place = Place(desk, asset=rebasing)
    rebasing.send("rebase", 1003, by=desk.attacker)
    assert desk.refused_deposit(place.address, 100 * UNIT + 1).startswith("UnexpectedBalance(")
