"""Money in an OpenZeppelin ERC-4626 vault: what goes in, what comes back, what the cap stops."""

from __future__ import annotations

import pytest

from tests.contracts.bank import ZERO
from tests.contracts.treasury.desk import ALL, UNIT, Desk
from tests.contracts.treasury.place import CAP, FLOOR, Place

NO_REF = "0x" + "0" * 64


@pytest.fixture
def place(desk: Desk) -> Place:
    return Place(desk)


def test_more_than_the_cap_is_refused(place: Place) -> None:
    told = place.desk.refused_deposit(place.address, CAP + 1)
    assert told == f"CapExceeded(venue: {place.address}, exposure: {CAP + 1}, cap: {CAP})"


def test_yield_fills_the_cap(place: Place) -> None:
    place.desk.deposit(place.address, CAP // 2)
    place.earn(3 * CAP)
    assert place.exposure() > CAP
    assert "CapExceeded" in place.desk.refused_deposit(place.address, UNIT)
    assert place.desk.adapter.read("depositable", place.address) == 0
    assert place.desk.withdraw(place.address, ALL)["assets"] > CAP


def test_a_loss_stays_in_the_cap(place: Place) -> None:
    place.desk.deposit(place.address, CAP)
    place.lose(10 * FLOOR)
    got = place.desk.withdraw(place.address, ALL)["assets"]
    assert got < CAP * 6 // 10
    assert place.exposure() == CAP - got
    assert "CapExceeded" in place.desk.refused_deposit(place.address, got + 1)


def test_a_gain_is_no_credit_for_later(place: Place) -> None:
    place.desk.deposit(place.address, CAP // 2)
    place.earn(CAP)
    place.desk.withdraw(place.address, ALL)
    assert place.exposure() == 0
    assert "CapExceeded" in place.desk.refused_deposit(place.address, CAP + 1)


def test_a_cap_of_zero_means_nothing(place: Place) -> None:
    place.desk.adapter.send("lowerCap", place.address, 0, by=place.desk.guardian)
    assert "CapExceeded" in place.desk.refused_deposit(place.address, 1)


def test_fewer_shares_than_asked_for_are_refused(place: Place) -> None:
    told = place.desk.refused_deposit(place.address, UNIT, shares_min=UNIT + 1)
    assert told == f"TooFewShares(shares: {UNIT}, sharesMin: {UNIT + 1})"


def test_less_than_the_least_is_refused(place: Place) -> None:
    place.desk.deposit(place.address, UNIT)
    told = place.desk.refused_withdrawal(place.address, 2 * UNIT, assets_min=2 * UNIT)
    assert told.startswith("TooLittleReceived(")


def test_more_shares_than_allowed_are_refused(place: Place) -> None:
    place.desk.deposit(place.address, 100 * UNIT)
    place.lose(100 * UNIT)
    told = place.desk.refused_withdrawal(place.address, 50 * UNIT, shares_max=50 * UNIT)
    assert told.startswith("TooManyShares(")


@pytest.mark.parametrize(
    ("amount", "ref", "told"), [(0, "0x" + "1" * 64, "AmountMissing()"), (1, NO_REF, "Reference")]
)
def test_an_amount_and_a_reference_are_needed(
    place: Place, amount: int, ref: str, told: str
) -> None:
    assert told in place.desk.refusal("deposit", place.address, amount, 0, ref)


def test_a_reference_is_used_once(place: Place) -> None:
    desk, ref = place.desk, "0x" + "7" * 64
    desk.adapter.send("deposit", place.address, UNIT, 0, ref, by=desk.trader)
    assert desk.adapter.read("isReferenceUsed", ref)
    for function, args in (
        ("deposit", (place.address, UNIT, 0, ref)),
        ("withdraw", (place.address, UNIT, 0, ALL, ref)),
        ("sweep", (place.usd.address, ref)),
    ):
        assert desk.refusal(function, *args) == f"ReferenceUsed(ref: {ref})"


def test_an_unknown_venue_is_refused(desk: Desk) -> None:
    unknown = f"VenueUnknown(venue: {ZERO}, kind: 0)"
    assert desk.refused_deposit(ZERO, 1) == unknown
    assert desk.refused_withdrawal(ZERO, 1) == unknown
    assert desk.refused_swap(ZERO, ZERO, 1) == unknown


def test_nothing_to_take_is_refused(place: Place) -> None:
    told = f"NothingAvailable(venue: {place.address})"
    assert place.desk.refused_withdrawal(place.address, ALL) == told
    assert place.desk.refused_withdrawal(place.address, UNIT) == told


def test_a_vault_does_not_swap(place: Place) -> None:
    told = place.desk.refused_swap(place.address, place.usd.address, UNIT)
    assert told == f"VenueUnknown(venue: {place.address}, kind: 1)"


def test_without_an_allowance_nothing_moves(place: Place) -> None:
    place.usd.send("approve", place.desk.adapter.address, 0, by=place.desk.treasury)
    told = place.desk.refused_deposit(place.address, UNIT)
    assert told.startswith("ERC20InsufficientAllowance(")


def test_money_goes_in_for_shares_that_stay_with_the_adapter(place: Place) -> None:
    before = place.treasury()
    told = place.desk.deposit(place.address, 500 * UNIT)
    assert (told["assets"], told["shares"]) == (500 * UNIT, 500 * UNIT)
    assert (told["venue"], told["asset"]) == (place.address, place.usd.address)
    assert place.treasury() == before - 500 * UNIT
    assert place.held() == (500 * UNIT, 500 * UNIT)
    assert place.exposure() == 500 * UNIT
    assert place.desk.adapter.read("depositable", place.address) == 500 * UNIT
    assert place.desk.adapter.read("withdrawable", place.address) == 500 * UNIT


def test_money_comes_back_to_the_treasury_alone(place: Place) -> None:
    before = place.treasury()
    place.desk.deposit(place.address, 500 * UNIT)
    told = place.desk.withdraw(place.address, 200 * UNIT)
    assert (told["assets"], told["shares"], told["rest"]) == (200 * UNIT, 200 * UNIT, 0)
    assert place.treasury() == before - 300 * UNIT
    assert place.exposure() == 300 * UNIT
    assert place.stray() == place.approved() == 0


def test_all_means_all(place: Place) -> None:
    before = place.treasury()
    place.desk.deposit(place.address, 500 * UNIT)
    place.earn(7)
    told = place.desk.withdraw(place.address, ALL)
    assert told["rest"] == 0
    assert place.held() == (0, 0)
    assert place.treasury() == before + told["assets"] - 500 * UNIT


def test_more_than_is_there_brings_what_is_and_tells_the_rest(place: Place) -> None:
    place.desk.deposit(place.address, 500 * UNIT)
    told = place.desk.withdraw(place.address, 800 * UNIT)
    assert (told["assets"], told["rest"]) == (500 * UNIT, 300 * UNIT)


def test_what_lies_here_without_a_reason_goes_to_the_treasury(place: Place) -> None:
    desk, before = place.desk, place.treasury()
    place.desk.deposit(place.address, UNIT)
    place.usd.send("mint", desk.adapter.address, 5, by=desk.stranger)
    place.desk.deposit(place.address, UNIT)
    assert place.stray() == 5
    receipt = desk.adapter.send("sweep", place.usd.address, desk.ref(), by=desk.trader)
    ((name, told),) = desk.adapter.events(receipt)
    assert (name, told["asset"], told["amount"]) == ("Swept", place.usd.address, "5")
    assert place.treasury() == before - 2 * UNIT + 5
    assert desk.refusal("sweep", place.usd.address, desk.ref()) == "AmountMissing()"


def test_shares_do_not_leave_by_the_broom(place: Place) -> None:
    place.desk.deposit(place.address, UNIT)
    told = place.desk.refusal("sweep", place.address, place.desk.ref())
    assert told == f"IsPosition(asset: {place.address})"
