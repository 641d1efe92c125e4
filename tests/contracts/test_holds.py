"""Holds: money set aside under fixed terms, paid or given back exactly once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.bank import HOUR, NO_RECEIVE, NO_SEND, ZERO, Bank, ref

OPEN, CLOSED = 1, 2
HELD_MAX = 2**96 - 1


def test_a_hold_sets_money_aside(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    terms = bank.terms(60)
    receipt = bank.token.send("createHold", terms.abi, by=bank.alice)
    opened = {
        "id": bank.hold_id(terms),
        "holder": bank.alice,
        "recipient": bank.bob,
        "amount": "60",
        "notary": bank.notary,
        "expiry": str(terms.expiry),
        "ref": terms.ref,
    }
    assert bank.token.events(receipt) == [("HoldOpened", opened)]
    assert bank.position(bank.alice) == (100, 60)
    assert bank.token.read("holdState", bank.hold_id(terms)) == OPEN


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 61},
        {"notary": "0x" + "9" * 40},
        {"recipient": "0x" + "9" * 40},
        {"holder": "0x" + "9" * 40},
        {"expiry": 9},
        {"ref": ref(2)},
    ],
)
def test_every_term_makes_another_id(bank: Bank, change: dict[str, Any]) -> None:
    terms = bank.terms(60)
    assert bank.hold_id(terms) != bank.hold_id(terms.but(**change))


def test_another_token_makes_another_id(bank: Bank) -> None:
    terms = bank.terms(60)
    assert bank.token.read("holdId", terms.abi) != bank.new_token().read("holdId", terms.abi)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"amount": 0}, "ZeroAmount()"),
        ({"amount": 101}, "InsufficientAvailable"),
        ({"amount": 2**256 - 1}, "InsufficientAvailable"),
        ({"ref": ref(0)}, "MissingReference()"),
        ({"recipient": ZERO}, "HoldIncomplete"),
        ({"notary": ZERO}, "HoldIncomplete"),
        ({"expiry": 0}, "HoldExpired"),
    ],
)
def test_terms_that_make_no_hold(bank: Bank, change: dict[str, Any], told: str) -> None:
    bank.mint(bank.alice, 100)
    terms = bank.terms(60).but(**change)
    assert bank.token.refusal("createHold", terms.abi, by=bank.alice).startswith(told)


def test_only_the_holder_opens_a_hold(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    for caller in (bank.bob, bank.notary, bank.minter):
        told = bank.token.refusal("createHold", bank.terms(60).abi, by=caller)
        assert told == f"NotHolder(caller: {caller}, holder: {bank.alice})"


def test_a_holder_must_be_admitted(bank: Bank) -> None:
    terms = bank.terms(60).but(holder=bank.carol)
    told = bank.token.refusal("createHold", terms.abi, by=bank.carol)
    assert told == f"SenderRefused(account: {bank.carol}, flags: 0)"


def test_held_money_fits_its_field(bank: Bank) -> None:
    bank.mint(bank.alice, 2**97)
    bank.opened(bank.terms(HELD_MAX))
    told = bank.token.refusal("createHold", bank.terms(1, payment=2).abi, by=bank.alice)
    assert told == f"HeldOverCap(account: {bank.alice}, held: {HELD_MAX}, amount: 1)"
    assert bank.position(bank.alice) == (2**97, HELD_MAX)


@pytest.mark.parametrize("ending", ["executeHold", "releaseHold"])
def test_terms_are_used_once_for_ever(bank: Bank, ending: str) -> None:
    bank.mint(bank.alice, 200)
    terms = bank.terms(60)
    hold_id = bank.opened(terms)
    told = bank.token.refusal("createHold", terms.abi, by=bank.alice)
    assert told == f"HoldExists(id: {hold_id})"
    arguments = (terms.abi, 60) if ending == "executeHold" else (terms.abi,)
    bank.token.send(ending, *arguments, by=bank.notary)
    assert bank.token.read("holdState", hold_id) == CLOSED
    told = bank.token.refusal("createHold", terms.abi, by=bank.alice)
    assert told == f"HoldExists(id: {hold_id})"
    for function, *rest in (("executeHold", 60), ("releaseHold",)):
        told = bank.token.refusal(function, terms.abi, *rest, by=bank.notary)
        assert told == f"HoldNotOpen(id: {hold_id}, state: {CLOSED})"


@pytest.mark.parametrize("amount", [1, 25, 60])
def test_executing_pays_and_releases_the_rest(bank: Bank, amount: int) -> None:
    bank.mint(bank.alice, 100)
    terms = bank.terms(60)
    hold_id = bank.opened(terms)
    receipt = bank.token.send("executeHold", terms.abi, amount, by=bank.notary)
    paid = {"from": bank.alice, "to": bank.bob}
    assert bank.token.events(receipt) == [
        ("HoldClosed", {"id": hold_id, "executed": str(amount), "released": str(60 - amount)}),
        ("Transfer", paid | {"value": str(amount)}),
        ("TransferRef", paid | {"amount": str(amount), "ref": terms.ref}),
    ]
    assert bank.position(bank.alice) == (100 - amount, 0)
    assert bank.position(bank.bob) == (amount, 0)


def test_a_hold_for_oneself_is_paid_to_oneself(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    terms = bank.terms(60).but(recipient=bank.alice)
    bank.opened(terms)
    bank.token.send("executeHold", terms.abi, 10, by=bank.notary)
    assert bank.position(bank.alice) == (100, 0)


def test_holds_stand_beside_each_other(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    first, second = bank.terms(60, payment=1), bank.terms(40, payment=2)
    bank.opened(first)
    bank.opened(second)
    assert bank.position(bank.alice) == (100, 100)
    bank.token.send("executeHold", first.abi, 10, by=bank.notary)
    assert bank.position(bank.alice) == (90, 40)


def test_only_the_notary_executes(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    terms = bank.terms(60)
    bank.opened(terms)
    for caller in (bank.alice, bank.bob, bank.minter, bank.stranger):
        told = bank.token.refusal("executeHold", terms.abi, 1, by=caller)
        assert told == f"NotNotary(caller: {caller}, notary: {bank.notary})"


def test_what_cannot_be_executed(bank: Bank) -> None:
    bank.mint(bank.alice, 200)
    terms = bank.terms(60)
    hold_id = bank.opened(terms)
    refusal = bank.token.refusal
    assert refusal("executeHold", terms.abi, 0, by=bank.notary) == "ZeroAmount()"
    for amount in (61, 2**96, 2**256 - 1):
        told = refusal("executeHold", terms.abi, amount, by=bank.notary)
        assert told == f"HoldExceeded(id: {hold_id}, held: 60, asked: {amount})"
    drifted = terms.but(amount=61)
    told = refusal("executeHold", drifted.abi, 61, by=bank.notary)
    assert told == f"HoldNotOpen(id: {bank.hold_id(drifted)}, state: 0)"


def test_executing_needs_a_recipient_who_may_receive(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    terms = bank.terms(60).but(recipient=bank.carol)
    bank.opened(terms)
    told = bank.token.refusal("executeHold", terms.abi, 60, by=bank.notary)
    assert told == f"RecipientRefused(account: {bank.carol}, flags: 0)"


@pytest.mark.parametrize(("frozen", "bits"), [("alice", NO_SEND), ("bob", NO_RECEIVE)])
def test_a_freeze_stops_a_hold_and_not_its_release(bank: Bank, frozen: str, bits: int) -> None:
    bank.mint(bank.alice, 100)
    terms = bank.terms(60)
    bank.opened(terms)
    bank.token.send("freeze", getattr(bank, frozen), bits, by=bank.compliance)
    told = bank.token.refusal("executeHold", terms.abi, 60, by=bank.notary)
    assert told.startswith("SenderRefused" if frozen == "alice" else "RecipientRefused")
    bank.token.send("releaseHold", terms.abi, by=bank.notary)
    assert bank.position(bank.alice) == (100, 0)


@pytest.mark.parametrize("caller", ["notary", "bob"])
def test_notary_and_recipient_release_at_any_time(bank: Bank, caller: str) -> None:
    bank.mint(bank.alice, 100)
    terms = bank.terms(60)
    hold_id = bank.opened(terms)
    receipt = bank.token.send("releaseHold", terms.abi, by=getattr(bank, caller))
    closed = {"id": hold_id, "executed": "0", "released": "60"}
    assert bank.token.events(receipt) == [("HoldClosed", closed)]
    assert bank.position(bank.alice) == (100, 0)


@pytest.mark.parametrize("caller", ["alice", "stranger", "minter"])
def test_others_release_from_expiry_on(bank: Bank, caller: str) -> None:
    bank.mint(bank.alice, 100)
    terms = bank.terms(60)
    hold_id = bank.opened(terms)
    by = getattr(bank, caller)
    told = bank.token.refusal("releaseHold", terms.abi, by=by)
    assert told == f"HoldNotReleasable(id: {hold_id}, caller: {by}, expiry: {terms.expiry})"
    bank.chain.advance(HOUR)
    bank.token.send("releaseHold", terms.abi, by=by)
    assert bank.position(bank.alice) == (100, 0)


def test_an_expired_hold_pays_nobody(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    terms = bank.terms(60)
    bank.opened(terms)
    bank.chain.advance(HOUR)
    told = bank.token.refusal("executeHold", terms.abi, 60, by=bank.notary)
    assert told.startswith("HoldExpired")
    assert bank.position(bank.alice) == (100, 60)
