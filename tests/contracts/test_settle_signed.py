"""Settling in one shot: every payer's signature, every leg or none, each content once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contracts.bank import HOUR, ref
from tests.contracts.chain import Refused
from tests.contracts.deals import NONE, SETTLED, Deal, Leg
from tests.contracts.desk import Desk


def many(desk: Desk, count: int) -> Deal:
    deal = desk.dvp()
    legs = (Leg(desk.cash, desk.alice, desk.bob, 1 + i) for i in range(count))
    return deal.but(legs=tuple(legs))


MALFORMED: list[tuple[Callable[[Desk], Deal], str]] = [
    (lambda desk: many(desk, 0), "LegCount(legs: 0)"),
    (lambda desk: many(desk, 65), "LegCount(legs: 65)"),
    (lambda desk: desk.dvp(bond=0), "LegMalformed(leg: 1)"),
    (lambda desk: desk.dvp().with_leg(0, payee=desk.alice), "LegMalformed(leg: 0)"),
    (lambda desk: desk.dvp().with_leg(1, payee=desk.engine.address), "LegMalformed(leg: 1)"),
    (lambda desk: desk.dvp().but(legs=desk.dvp().legs * 2), "LegRepeated(leg: 0, again: 2)"),
    (lambda desk: desk.dvp().but(ref=ref(0)), "ReferenceMissing()"),
]


@pytest.mark.parametrize("action", ["settle", "instruct", "affirm", "execute", "cancel", "expire"])
@pytest.mark.parametrize(("malformed", "why"), MALFORMED)
def test_what_is_malformed_is_refused_everywhere(
    desk: Desk, action: str, malformed: Callable[[Desk], Deal], why: str
) -> None:
    more: tuple[list[object], ...] = ([],) if action == "settle" else ()
    assert desk.refusal(action, malformed(desk), *more, by=desk.alice) == why


def test_every_leg_needs_its_affirmation(desk: Desk) -> None:
    deal = desk.dvp()
    signed = desk.signatures(deal)
    for given in (signed[:1], [*signed, signed[0]]):
        told = desk.refusal("settle", deal, given)
        assert told == f"AffirmationCount(legs: 2, affirmations: {len(given)})"


def test_from_its_deadline_on_it_does_not_settle(desk: Desk) -> None:
    deal = desk.dvp()
    signed = desk.signatures(deal)
    desk.chain.advance(HOUR)
    assert desk.refusal("settle", deal, signed).startswith("DeadlinePassed(")


@pytest.mark.parametrize(
    "other",
    [
        {"amount": 101},
        {"nonce": 9},
        {"deadline": 1},
        {"instruction": "0x" + "11" * 32},
        {"engine": "0x" + "22" * 20},
        {"to": "0x" + "33" * 20},
        {"signer": "bob"},
    ],
)
def test_a_signature_is_for_this_engine_and_this_content_alone(
    desk: Desk, other: dict[str, object]
) -> None:
    deal = desk.dvp()
    signed = desk.signatures(deal)
    instead = {name: desk.bob if name == "signer" else each for name, each in other.items()}
    signed[0] = (0, desk.signature(deal, deal.legs[0], 0, **instead))
    told = desk.refusal("settle", deal, signed)
    assert told.startswith("LegFailed(leg: 0, reason: 0x")
    assert desk.meant(told).startswith("SignatureRefused(")


def test_signatures_of_one_content_are_none_of_another(desk: Desk) -> None:
    signed = desk.signatures(desk.dvp())
    for other in (desk.dvp(bond=6), desk.dvp().but(ref=ref(2)), desk.dvp().but(deadline=2**40)):
        assert desk.refusal("settle", other, signed).startswith("LegFailed(leg: 0,")


def test_all_legs_or_none(desk: Desk) -> None:
    deal = desk.dvp(bond=10**9 + 1)
    told = desk.refusal("settle", deal, desk.signatures(deal))
    assert desk.meant(told).startswith("InsufficientAvailable(")
    assert told.startswith("LegFailed(leg: 1,")
    with pytest.raises(Refused):
        desk.send("settle", deal, desk.signatures(deal))
    assert desk.balances(desk.alice, desk.bob) == [(0, 0), (0, 0)]
    assert not desk.cash.read("isSettlementNonceUsed", desk.alice, 0)
    assert desk.state(deal) == NONE


def test_it_settles_once_whoever_signs_again(desk: Desk) -> None:
    deal = desk.dvp()
    receipt = desk.send("settle", deal, desk.signatures(deal))
    told = {"id": desk.id_of(deal), "ref": deal.ref, "legs": "2"}
    assert desk.engine.events(receipt) == [("Settled", told)]
    assert desk.balances(desk.alice, desk.bob) == [(-100, 7), (100, -7)]
    assert desk.state(deal) == SETTLED
    for nonces in ((0, 1), (8, 9)):
        refused = desk.refusal("settle", deal, desk.signatures(deal, nonces))
        assert refused == f"WrongState(id: {desk.id_of(deal)}, state: {SETTLED})"
    desk.hold(deal)
    assert desk.refusal("execute", deal).startswith("WrongState(")


def test_a_corrected_version_does_not_settle_beside_the_first(desk: Desk) -> None:
    first = desk.dvp()
    second = first.with_leg(0, amount=90)
    desk.send("settle", first, desk.signatures(first))
    told = f"TradeSettled(id: {desk.id_of(second)}, salt: {first.salt})"
    assert desk.refusal("settle", second, desk.signatures(second, (2, 3))) == told
    desk.hold(second)
    assert desk.refusal("execute", second) == told
    assert desk.refusal("instruct", second, by=desk.alice) == told
    assert desk.told(desk.send("cancel", second, by=desk.bob)) == ["Cancelled"]
    assert desk.cash.read("heldOf", desk.alice) == 0


def test_the_neighbour_in_the_word_settles_too(desk: Desk) -> None:
    deals = [desk.dvp(payment=number) for number in (2, 3)]
    for place, deal in enumerate(deals):
        desk.send("settle", deal, desk.signatures(deal, (2 * place, 2 * place + 1)))
    assert [desk.state(deal) for deal in deals] == [SETTLED, SETTLED]
    assert desk.balances(desk.alice) == [(-200, 14)]


def test_a_payer_has_two_legs_and_a_middleman_none_left(desk: Desk) -> None:
    legs = (
        Leg(desk.cash, desk.alice, desk.bob, 100),
        Leg(desk.cash, desk.alice, desk.carol, 5),
        Leg(desk.cash, desk.bob, desk.carol, 100),
        Leg(desk.bond, desk.carol, desk.alice, 7),
    )
    deal = desk.dvp().but(legs=legs)
    desk.send("settle", deal, desk.signatures(deal))
    assert desk.balances(desk.alice, desk.bob, desk.carol) == [(-105, 7), (0, 0), (105, -7)]


def test_sixty_four_legs_settle(desk: Desk) -> None:
    deal = many(desk, 64)
    desk.send("settle", deal, desk.signatures(deal))
    assert desk.balances(desk.bob) == [(64 * 65 // 2, 0)]


def test_the_id_is_the_hash_that_wallets_compute(desk: Desk) -> None:
    deal = desk.dvp()
    assert desk.id_of(deal) == desk.typed_hash(deal)
    assert desk.id_of(deal) != desk.id_of(deal.but(salt=ref(5)))
