"""Mint and burn: the supply is the sum of what was made and not destroyed, within its field."""

from __future__ import annotations

import pytest

from tests.contracts.bank import NO_RECEIVE, NO_SEND, ZERO, Bank

SUPPLY_MAX = 2**128 - 1


def test_minting_makes_money(bank: Bank) -> None:
    receipt = bank.mint(bank.alice, 100)
    made = {"from": ZERO, "to": bank.alice, "value": "100"}
    assert bank.token.events(receipt) == [("Transfer", made)]
    assert bank.position(bank.alice) == (100, 0)
    assert bank.token.read("totalSupply") == 100


def test_burning_destroys_it(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    receipt = bank.token.send("burn", bank.alice, 40, by=bank.minter)
    destroyed = {"from": bank.alice, "to": ZERO, "value": "40"}
    assert bank.token.events(receipt) == [("Transfer", destroyed)]
    assert bank.position(bank.alice) == (60, 0)
    assert bank.token.read("totalSupply") == 60


@pytest.mark.parametrize("function", ["mint", "burn"])
def test_nothing_is_no_amount(bank: Bank, function: str) -> None:
    assert bank.token.refusal(function, bank.alice, 0, by=bank.minter) == "ZeroAmount()"


def test_the_supply_fits_its_field(bank: Bank) -> None:
    bank.mint(bank.alice, SUPPLY_MAX - 1)
    for amount in (2, 2**128, 2**256 - 1):
        told = bank.token.refusal("mint", bank.bob, amount, by=bank.minter)
        assert told == f"SupplyOverCap(supply: {SUPPLY_MAX - 1}, amount: {amount})"
    bank.mint(bank.alice, 1)
    bank.token.send("transfer", bank.bob, SUPPLY_MAX, by=bank.alice)
    assert bank.position(bank.bob) == (SUPPLY_MAX, 0)


def test_minting_is_to_those_who_may_receive(bank: Bank) -> None:
    for account in (bank.carol, ZERO):
        told = bank.token.refusal("mint", account, 1, by=bank.minter)
        assert told == f"RecipientRefused(account: {account}, flags: 0)"
    bank.token.send("freeze", bank.alice, NO_RECEIVE, by=bank.compliance)
    told = bank.token.refusal("mint", bank.alice, 1, by=bank.minter)
    assert told == f"RecipientRefused(account: {bank.alice}, flags: 5)"


def test_burning_takes_neither_held_nor_frozen_money(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    bank.opened(bank.terms(60))
    told = bank.token.refusal("burn", bank.alice, 41, by=bank.minter)
    assert told == f"InsufficientAvailable(account: {bank.alice}, available: 40, needed: 41)"
    bank.token.send("freeze", bank.alice, NO_SEND, by=bank.compliance)
    told = bank.token.refusal("burn", bank.alice, 1, by=bank.minter)
    assert told == f"SenderRefused(account: {bank.alice}, flags: 3)"


@pytest.mark.parametrize("amount", [1, 60])
def test_what_is_held_for_the_burner_is_burned(bank: Bank, amount: int) -> None:
    bank.mint(bank.alice, 100)
    terms = bank.terms(60).but(recipient=bank.minter, notary=bank.minter)
    hold_id = bank.opened(terms)
    receipt = bank.token.send("burnHeld", terms.abi, amount, by=bank.minter)
    assert bank.token.events(receipt) == [
        ("HoldClosed", {"id": hold_id, "executed": str(amount), "released": str(60 - amount)}),
        ("Transfer", {"from": bank.alice, "to": ZERO, "value": str(amount)}),
    ]
    assert bank.position(bank.alice) == (100 - amount, 0)
    assert bank.token.read("totalSupply") == 100 - amount


def test_what_is_held_for_others_is_not_burned(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    for_bob = bank.terms(10, payment=1).but(notary=bank.minter)
    by_notary = bank.terms(10, payment=2).but(recipient=bank.minter)
    for terms in (for_bob, by_notary):
        bank.opened(terms)
    told = bank.token.refusal("burnHeld", for_bob.abi, 10, by=bank.minter)
    assert told == f"NotRecipient(caller: {bank.minter}, recipient: {bank.bob})"
    told = bank.token.refusal("burnHeld", by_notary.abi, 10, by=bank.minter)
    assert told == f"NotNotary(caller: {bank.minter}, notary: {bank.notary})"


def test_burning_what_is_held_needs_the_right_to_burn(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    terms = bank.terms(60).but(recipient=bank.notary, notary=bank.notary)
    bank.opened(terms)
    told = bank.token.refusal("burnHeld", terms.abi, 60, by=bank.notary)
    assert told == f"AccessManagedUnauthorized(caller: {bank.notary})"


def test_what_is_held_for_the_burner_is_bound_as_every_hold(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    terms = bank.terms(60).but(recipient=bank.minter, notary=bank.minter)
    bank.opened(terms)
    refusal = bank.token.refusal
    assert refusal("burnHeld", terms.abi, 0, by=bank.minter) == "ZeroAmount()"
    assert refusal("burnHeld", terms.abi, 61, by=bank.minter).startswith("HoldExceeded")
    with bank.chain.rewound():
        bank.token.send("freeze", bank.alice, NO_SEND, by=bank.compliance)
        assert refusal("burnHeld", terms.abi, 60, by=bank.minter).startswith("SenderRefused")
    bank.chain.advance(3600)
    assert refusal("burnHeld", terms.abi, 60, by=bank.minter).startswith("HoldExpired")
