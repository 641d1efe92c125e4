"""Who allows what, and how fast: venues and caps up slowly, down at once, pause, the way out."""

from __future__ import annotations

import re

import pytest

from node.chain.deployment.functions import FUNCTIONS
from tests.contracts.bank import ZERO
from tests.contracts.chain import Refused
from tests.contracts.treasury.desk import ALL, DAY, ERC4626, UNIT, Desk, Guard, Terms
from tests.contracts.treasury.place import CAP, Place

RESTRICTED = FUNCTIONS["TreasuryAdapter"]
ORDERS: dict[str, tuple[object, ...]] = {
    "deposit": (ZERO, 1, 0, "0x" + "1" * 64),
    "withdraw": (ZERO, 1, 0, 0, "0x" + "1" * 64),
    "swap": (ZERO, ZERO, 1, 0, 0, "0x" + "1" * 64),
    "sweep": (ZERO, "0x" + "1" * 64),
    "setVenue": (ZERO, Terms(0, ZERO).abi),
    "raiseCap": (ZERO, 1),
    "lowerCap": (ZERO, 1),
    "closeVenue": (ZERO,),
    "pause": (),
    "unpause": (),
}


@pytest.fixture
def place(desk: Desk) -> Place:
    return Place(desk)


@pytest.mark.parametrize("function", RESTRICTED)
def test_only_its_role_calls_a_function(desk: Desk, function: str) -> None:
    names = {"TREASURY": "trader", "LIMITS": "limits", "GUARDIAN": "guardian", "ADMIN": "admin"}
    holder = names[RESTRICTED[function].name]
    others = {"trader", "limits", "guardian", "admin", "treasury", "stranger"} - {holder}
    for each in others:
        told = desk.refusal(function, *ORDERS[function], by=getattr(desk, each))
        assert told == f"AccessManagedUnauthorized(caller: {getattr(desk, each)})"


@pytest.mark.parametrize("function", ["setVenue", "raiseCap"])
def test_what_raises_risk_waits_and_can_be_cancelled(place: Place, function: str) -> None:
    desk = place.desk
    args = (place.terms.abi,) if function == "setVenue" else (2 * CAP,)
    data = desk.adapter.data(function, place.address, *args)
    call = (desk.adapter.address, data)
    assert "AccessManagerNotScheduled" in desk.refusal(
        function, place.address, *args, by=desk.limits
    )
    desk.access.send("schedule", *call, 0, by=desk.limits)
    with pytest.raises(Refused, match="AccessManagerNotReady"):
        desk.chain.send(desk.limits, *call)
    desk.access.send("cancel", desk.limits, *call, by=desk.admin)
    desk.wait(DAY)
    with pytest.raises(Refused, match="AccessManagerNotScheduled"):
        desk.chain.send(desk.limits, *call)


def test_the_terms_of_a_venue_are_told_and_kept(place: Place) -> None:
    desk, terms = place.desk, place.terms.but(cap=2 * CAP, slippage=7)
    ((name, told),) = desk.adapter.events(desk.allow(place.address, terms))
    assert (name, told["venue"], told["asset"]) == ("VenueSet", place.address, place.usd.address)
    kept = desk.adapter.read("venueOf", place.address)
    assert (kept["cap"], kept["slippageBpsMax"], kept["kind"]) == (2 * CAP, 7, ERC4626)
    assert {key: str(value) for key, value in told["terms"].items() if key != "guard"} == {
        key: str(value) for key, value in kept.items() if key != "guard"
    }


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"kind": 0}, "TermsFixed("),
        ({"kind": 2}, "TermsFixed("),
        ({"slippage": 10_000}, "TermsInvalid("),
        ({"floor": 0}, "TermsInvalid("),
        ({"gateway": "0x" + "1" * 40}, "TermsInvalid("),
        ({"other": "0x" + "1" * 40}, "TermsInvalid("),
        ({"guard": Guard(window=1)}, "TermsInvalid("),
    ],
)
def test_terms_that_do_not_fit_are_refused(
    place: Place, changes: dict[str, object], told: str
) -> None:
    with pytest.raises(Refused, match=re.escape(told)):
        place.desk.allow(place.address, place.terms.but(**changes))


def test_a_vault_of_another_asset_is_refused(desk: Desk) -> None:
    usd, eur = desk.asset("USD"), desk.asset("EUR")
    vault = desk.mock("PlainVault", eur.address)
    told = f"VenueMismatch(venue: {vault.address}, expected: {usd.address}, found: {eur.address})"
    with pytest.raises(Refused, match=re.escape(told)):
        desk.allow(vault.address, Terms(ERC4626, usd.address, floor=1))


def test_no_kind_is_no_venue(desk: Desk) -> None:
    usd = desk.asset()
    vault = desk.mock("PlainVault", usd.address)
    with pytest.raises(Refused, match="VenueUnknown"):
        desk.allow(vault.address, Terms(0, usd.address))


def test_raising_raises_and_lowering_lowers(place: Place) -> None:
    desk = place.desk
    for cap in (CAP, CAP - 1):
        with pytest.raises(Refused, match="CapNotRaised"):
            desk.late("raiseCap", place.address, cap)
    for cap in (CAP, CAP + 1):
        told = desk.refusal("lowerCap", place.address, cap, by=desk.guardian)
        assert told == f"CapNotLowered(cap: {CAP}, asked: {cap})"
    receipt = desk.late("raiseCap", place.address, 2 * CAP)
    assert desk.adapter.events(receipt) == [
        ("CapRaised", {"venue": place.address, "cap": str(2 * CAP)})
    ]
    receipt = desk.adapter.send("lowerCap", place.address, 5, by=desk.guardian)
    assert desk.adapter.events(receipt) == [("CapLowered", {"venue": place.address, "cap": "5"})]
    assert desk.adapter.read("venueOf", place.address)["cap"] == 5


@pytest.mark.parametrize("function", ["raiseCap", "lowerCap", "closeVenue", "exposure"])
def test_what_was_never_allowed_has_no_cap(desk: Desk, function: str) -> None:
    told = "VenueUnknown"
    if function == "raiseCap":
        with pytest.raises(Refused, match=told):
            desk.late(function, ZERO, 1)
    else:
        args = (ZERO, 1) if function == "lowerCap" else (ZERO,)
        assert told in desk.refusal(function, *args, by=desk.guardian)


def test_a_closed_venue_lets_money_out_alone(place: Place) -> None:
    desk = place.desk
    desk.deposit(place.address, 100 * UNIT)
    receipt = desk.adapter.send("closeVenue", place.address, by=desk.guardian)
    assert desk.adapter.events(receipt) == [("VenueClosed", {"venue": place.address})]
    told = f"VenueNotOpen(venue: {place.address})"
    assert desk.refused_deposit(place.address, UNIT) == told
    assert desk.refusal("closeVenue", place.address, by=desk.guardian) == told
    with pytest.raises(Refused, match="VenueNotOpen"):
        desk.late("raiseCap", place.address, 2 * CAP)
    assert not desk.adapter.read("isOpen", place.address)
    assert desk.adapter.read("depositable", place.address) == 0
    assert desk.withdraw(place.address, ALL)["assets"] == 100 * UNIT


def test_only_new_terms_open_it_again(place: Place) -> None:
    desk = place.desk
    desk.deposit(place.address, 100 * UNIT)
    desk.adapter.send("closeVenue", place.address, by=desk.guardian)
    desk.adapter.send("lowerCap", place.address, 1, by=desk.guardian)
    desk.allow(place.address, place.terms)
    assert desk.adapter.read("exposure", place.address) == 100 * UNIT
    desk.deposit(place.address, UNIT)


def test_a_pause_stops_what_goes_in_and_nothing_else(place: Place) -> None:
    desk = place.desk
    desk.deposit(place.address, 100 * UNIT)
    desk.adapter.send("pause", by=desk.guardian)
    assert desk.refused_deposit(place.address, UNIT) == "EnforcedPause()"
    assert desk.refused_swap(ZERO, ZERO, UNIT) == "EnforcedPause()"
    assert desk.adapter.read("depositable", place.address) == 0
    assert desk.withdraw(place.address, 40 * UNIT)["assets"] == 40 * UNIT
    place.usd.send("mint", desk.adapter.address, 3, by=desk.stranger)
    desk.adapter.send("sweep", place.usd.address, desk.ref(), by=desk.trader)
    desk.adapter.send("lowerCap", place.address, 1, by=desk.guardian)
    desk.adapter.send("closeVenue", place.address, by=desk.guardian)
    assert desk.withdraw(place.address, ALL)["assets"] == 60 * UNIT
    desk.adapter.send("unpause", by=desk.admin)
    assert desk.refused_deposit(place.address, UNIT).startswith("VenueNotOpen(")


def test_an_adapter_needs_a_treasury_and_an_access_manager(desk: Desk) -> None:
    adapter, chain = desk.adapter.artifact, desk.chain
    for access, treasury in ((ZERO, desk.treasury), (desk.access.address, ZERO)):
        with pytest.raises(Refused, match=re.escape(f"NotAContract(account: {ZERO})")):
            chain.deploy(adapter, access, treasury, by=desk.admin)


def test_the_code_leaves_room_below_the_limit(desk: Desk) -> None:
    assert (len(desk.adapter.artifact.deployed_bytecode) - 2) // 2 <= 20_000
    assert desk.adapter.read("treasury") == desk.treasury
