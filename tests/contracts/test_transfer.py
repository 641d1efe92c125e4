"""Transfers: who may send and receive, what is spendable, allowances, references."""

from __future__ import annotations

import pytest

from tests.contracts.bank import ALLOWED, CURRENCY, DECIMALS, NAME, SYMBOL, ZERO, Bank, ref
from tests.contracts.chain import Refused

INFINITE = 2**256 - 1


def test_the_token_says_what_it_is(bank: Bank) -> None:
    told = [bank.token.read(each) for each in ("name", "symbol", "currency", "decimals")]
    assert told == [NAME, SYMBOL, CURRENCY, DECIMALS]
    assert bank.token.read("authority") == bank.access.address
    assert bank.token.read("totalSupply") == 0


@pytest.mark.parametrize("currency", ["", "CA", "CADX", "cad", "CA1", "C\u00c4"])
def test_a_currency_is_three_capital_letters(bank: Bank, currency: str) -> None:
    with pytest.raises(Refused, match="CurrencyMalformed"):
        bank.new_token(currency)


def test_initialising_happens_once_and_never_behind_the_proxy(bank: Bank) -> None:
    again = (NAME, SYMBOL, CURRENCY, DECIMALS, bank.access.address)
    for contract in (bank.token, bank.code):
        assert contract.refusal("initialize", *again, by=bank.admin) == "InvalidInitialization()"


def test_a_token_needs_a_living_access_manager(bank: Bank) -> None:
    data = bank.code.data("initialize", NAME, SYMBOL, CURRENCY, DECIMALS, bank.stranger)
    with pytest.raises(Refused, match=f"AccessManagedInvalidAuthority.*{bank.stranger}"):
        bank._deploy("ERC1967Proxy", bank.code.address, data)


def test_a_transfer_moves_exactly_its_amount(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    receipt = bank.token.send("transfer", bank.bob, 30, by=bank.alice)
    assert bank.token.events(receipt) == [
        ("Transfer", {"from": bank.alice, "to": bank.bob, "value": "30"})
    ]
    assert (bank.position(bank.alice), bank.position(bank.bob)) == ((70, 0), (30, 0))
    assert bank.token.read("totalSupply") == 100


@pytest.mark.parametrize("amount", [0, 1, 100])
def test_a_transfer_to_oneself_changes_nothing(bank: Bank, amount: int) -> None:
    bank.mint(bank.alice, 100)
    bank.token.send("transfer", bank.alice, amount, by=bank.alice)
    assert bank.position(bank.alice) == (100, 0)


def test_the_whole_balance_can_leave_and_flags_stay(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    bank.token.send("transfer", bank.bob, 100, by=bank.alice)
    assert bank.position(bank.alice) == (0, 0)
    assert bank.token.read("flagsOf", bank.alice) == ALLOWED


def test_no_more_than_is_there(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    for amount in (101, 2**128, INFINITE):
        told = bank.token.refusal("transfer", bank.bob, amount, by=bank.alice)
        wanted = f"account: {bank.alice}, available: 100, needed: {amount}"
        assert told == f"InsufficientAvailable({wanted})"


def test_what_is_held_cannot_be_spent(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    bank.opened(bank.terms(60))
    told = bank.token.refusal("transfer", bank.bob, 41, by=bank.alice)
    assert told == f"InsufficientAvailable(account: {bank.alice}, available: 40, needed: 41)"
    bank.token.send("transfer", bank.bob, 40, by=bank.alice)
    assert bank.position(bank.alice) == (60, 60)
    assert bank.token.read("availableOf", bank.alice) == 0


def test_only_admitted_accounts_send_and_receive(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    for receiver in (bank.carol, ZERO, bank.token.address):
        told = bank.token.refusal("transfer", receiver, 1, by=bank.alice)
        assert told == f"RecipientRefused(account: {receiver}, flags: 0)"
    told = bank.token.refusal("transfer", bank.bob, 0, by=bank.carol)
    assert told == f"SenderRefused(account: {bank.carol}, flags: 0)"


def test_a_reference_travels_with_the_transfer(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    receipt = bank.token.send("transferWithRef", bank.bob, 30, ref(7, 9), by=bank.alice)
    assert bank.token.events(receipt) == [
        ("Transfer", {"from": bank.alice, "to": bank.bob, "value": "30"}),
        (
            "TransferRef",
            {"from": bank.alice, "to": bank.bob, "amount": "30", "ref": ref(7, 9)},
        ),
    ]
    assert bank.position(bank.bob) == (30, 0)


def test_a_referenced_transfer_has_an_amount_and_a_reference(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    refusal = bank.token.refusal
    assert refusal("transferWithRef", bank.bob, 0, ref(1), by=bank.alice) == "ZeroAmount()"
    assert refusal("transferWithRef", bank.bob, 1, ref(0), by=bank.alice) == "MissingReference()"
    told = refusal("transferWithRef", bank.carol, 1, ref(1), by=bank.alice)
    assert told.startswith("RecipientRefused")


def test_an_allowance_is_spent_as_it_is_used(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    receipt = bank.token.send("approve", bank.stranger, 50, by=bank.alice)
    approval = {"owner": bank.alice, "spender": bank.stranger, "value": "50"}
    assert bank.token.events(receipt) == [("Approval", approval)]
    bank.token.send("transferFrom", bank.alice, bank.bob, 20, by=bank.stranger)
    assert bank.token.read("allowance", bank.alice, bank.stranger) == 30
    assert bank.position(bank.bob) == (20, 0)
    told = bank.token.refusal("transferFrom", bank.alice, bank.bob, 31, by=bank.stranger)
    wanted = f"spender: {bank.stranger}, allowance: 30, needed: 31"
    assert told == f"ERC20InsufficientAllowance({wanted})"


def test_the_greatest_allowance_stands(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    bank.token.send("approve", bank.stranger, INFINITE, by=bank.alice)
    bank.token.send("transferFrom", bank.alice, bank.bob, 100, by=bank.stranger)
    assert bank.token.read("allowance", bank.alice, bank.stranger) == INFINITE


def test_an_allowance_does_not_open_what_is_held_or_refused(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    bank.opened(bank.terms(60))
    bank.token.send("approve", bank.stranger, INFINITE, by=bank.alice)
    by = bank.stranger
    told = bank.token.refusal("transferFrom", bank.alice, bank.bob, 41, by=by)
    assert told.startswith("InsufficientAvailable")
    told = bank.token.refusal("transferFrom", bank.alice, bank.carol, 1, by=by)
    assert told.startswith("RecipientRefused")


def test_nobody_is_approved_as_spender(bank: Bank) -> None:
    told = bank.token.refusal("approve", ZERO, 1, by=bank.alice)
    assert told == f"ERC20InvalidSpender(spender: {ZERO})"


def test_money_sent_by_mistake_is_not_taken(bank: Bank) -> None:
    # No receive and no payable function: ether cannot be stranded.
    told = [each for each in bank.token.artifact.abi if each.get("stateMutability") == "payable"]
    assert [each["name"] for each in told] == ["upgradeToAndCall"]
    kinds = {each["type"] for each in bank.token.artifact.abi}
    assert not kinds & {"receive", "fallback"}
