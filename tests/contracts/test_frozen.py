"""Frozen amounts (ERC-7943): what may not leave, beside what is held; what the standard asks."""

from __future__ import annotations

import pytest

from tests.contracts.bank import (
    ALLOWED,
    HAS_FROZEN,
    NO_RECEIVE,
    NO_SEND,
    PAUSE_SETTLE,
    PAUSE_SUPPLY,
    PAUSE_TRANSFER,
    ZERO,
    Bank,
    ref,
)
from tests.contracts.signing import settlement, sign


@pytest.fixture
def bank(bank: Bank) -> Bank:
    """Give Alice 100."""
    bank.mint(bank.alice, 100)
    return bank


def freeze(bank: Bank, amount: int) -> None:
    bank.token.send("setFrozenTokens", bank.alice, amount, by=bank.compliance)


def too_much(bank: Bank, amount: int, unfrozen: int) -> str:
    values = f"account: {bank.alice}, amount: {amount}, unfrozen: {unfrozen}"
    return f"ERC7943InsufficientUnfrozenBalance({values})"


def test_nobody_has_nothing_to_freeze(bank: Bank) -> None:
    told = bank.token.refusal("setFrozenTokens", ZERO, 1, by=bank.compliance)
    assert told == "ZeroAccount()"


def test_what_is_frozen_stays_in_every_way_out(bank: Bank) -> None:
    freeze(bank, 70)
    refused = too_much(bank, 31, 30)
    bank.token.send("approve", bank.stranger, 100, by=bank.alice)
    given = settlement(bank, 31)
    signature = sign(bank, "SettlementTransfer", *given.values, signer=bank.alice).raw
    for function, arguments, by in (
        ("transfer", (bank.bob, 31), bank.alice),
        ("transferFrom", (bank.alice, bank.bob, 31), bank.stranger),
        ("transferWithRef", (bank.bob, 31, ref(1)), bank.alice),
        ("settleTransfer", (*given.arguments, signature), bank.settler),
        ("createHold", (bank.terms(31).abi,), bank.alice),
        ("burn", (bank.alice, 31), bank.minter),
    ):
        assert bank.token.refusal(function, *arguments, by=by) == refused, function
    bank.token.send("transfer", bank.bob, 30, by=bank.alice)
    assert bank.position(bank.alice) == (70, 0)


def test_more_than_there_is_is_told_as_such(bank: Bank) -> None:
    freeze(bank, 70)
    told = bank.token.refusal("transfer", bank.bob, 101, by=bank.alice)
    assert told == f"InsufficientAvailable(account: {bank.alice}, available: 30, needed: 101)"


@pytest.mark.parametrize("amount", [100, 101, 2**96, 2**256 - 1])
def test_more_than_the_balance_may_be_frozen_and_catches_what_comes(
    bank: Bank, amount: int
) -> None:
    freeze(bank, amount)
    assert bank.token.read("getFrozenTokens", bank.alice) == amount
    assert bank.token.read("availableOf", bank.alice) == 0
    assert bank.token.refusal("transfer", bank.bob, 1, by=bank.alice) == too_much(bank, 1, 0)
    bank.mint(bank.alice, 50)
    free = max(0, 150 - amount)
    assert bank.token.read("availableOf", bank.alice) == free
    bank.token.send("transfer", bank.bob, free, by=bank.alice)


@pytest.mark.parametrize(("held", "frozen", "free"), [(30, 50, 20), (60, 50, 0), (100, 1, 0)])
def test_frozen_and_held_stand_beside_each_other(
    bank: Bank, held: int, frozen: int, free: int
) -> None:
    bank.opened(bank.terms(held))
    freeze(bank, frozen)
    assert bank.token.read("availableOf", bank.alice) == free
    unheld = 100 - held
    if unheld > free:
        told = bank.token.refusal("transfer", bank.bob, unheld, by=bank.alice)
        assert told == too_much(bank, unheld, free)
    told = bank.token.refusal("transfer", bank.bob, unheld + 1, by=bank.alice)
    assert told.startswith("InsufficientAvailable")
    bank.token.send("transfer", bank.bob, free, by=bank.alice)


@pytest.mark.parametrize("frozen", [50, 100, 2**200])
def test_a_hold_that_came_first_is_paid(bank: Bank, frozen: int) -> None:
    terms = bank.terms(60)
    bank.opened(terms)
    freeze(bank, frozen)
    bank.token.send("executeHold", terms.abi, 60, by=bank.notary)
    assert bank.position(bank.alice) == (40, 0)
    assert bank.token.read("getFrozenTokens", bank.alice) == frozen


def test_what_a_hold_gives_back_is_frozen_again(bank: Bank) -> None:
    terms = bank.terms(60)
    bank.opened(terms)
    freeze(bank, 100)
    bank.token.send("releaseHold", terms.abi, by=bank.notary)
    assert bank.token.read("availableOf", bank.alice) == 0


def test_freezing_overwrites_and_is_told(bank: Bank) -> None:
    for amount in (70, 20, 20, 0, 5):
        receipt = bank.token.send("setFrozenTokens", bank.alice, amount, by=bank.compliance)
        told = {"account": bank.alice, "amount": str(amount)}
        assert bank.token.events(receipt) == [("Frozen", told)]
        assert bank.token.read("availableOf", bank.alice) == 100 - amount
        flags = ALLOWED | (HAS_FROZEN if amount else 0)
        assert bank.token.read("flagsOf", bank.alice) == flags
        assert bank.position(bank.alice) == (100, 0)


def test_an_account_may_be_frozen_before_it_is_admitted(bank: Bank) -> None:
    bank.token.send("setFrozenTokens", bank.carol, 10, by=bank.compliance)
    assert bank.token.read("flagsOf", bank.carol) == HAS_FROZEN
    told = bank.token.refusal("transfer", bank.bob, 0, by=bank.carol)
    assert told == f"SenderRefused(account: {bank.carol}, flags: {HAS_FROZEN})"


@pytest.mark.parametrize("function", ["setAccountFlags", "freeze"])
def test_other_flags_leave_the_frozen_amount(bank: Bank, function: str) -> None:
    freeze(bank, 70)
    receipt = bank.token.send(function, bank.alice, NO_SEND, by=bank.compliance)
    before = ALLOWED if function == "freeze" else 0
    told = {"account": bank.alice, "flags": str(before | NO_SEND)}
    assert bank.token.events(receipt) == [("AccountFlags", told)]
    assert bank.token.read("flagsOf", bank.alice) == before | NO_SEND | HAS_FROZEN
    assert bank.token.read("getFrozenTokens", bank.alice) == 70


@pytest.mark.parametrize("function", ["setAccountFlags", "freeze"])
def test_the_flag_of_a_frozen_amount_is_not_set_by_hand(bank: Bank, function: str) -> None:
    told = bank.token.refusal(function, bank.alice, HAS_FROZEN, by=bank.compliance)
    assert told == f"UnknownBits(bits: {HAS_FROZEN})"


@pytest.mark.parametrize(
    ("flags", "sends", "receives"),
    [
        (0, False, False),
        (ALLOWED, True, True),
        (ALLOWED | NO_SEND, False, True),
        (ALLOWED | NO_RECEIVE, True, False),
        (NO_SEND | NO_RECEIVE, False, False),
    ],
)
def test_the_standard_asks_who_may(bank: Bank, *, flags: int, sends: bool, receives: bool) -> None:
    bank.token.send("setAccountFlags", bank.carol, flags, by=bank.compliance)
    assert bank.token.read("canSend", bank.carol) is sends
    assert bank.token.read("canReceive", bank.carol) is receives


@pytest.mark.parametrize(
    ("bits", "can"), [(PAUSE_TRANSFER, False), (PAUSE_SUPPLY | PAUSE_SETTLE, True)]
)
def test_the_standard_asks_whether_a_transfer_can(bank: Bank, *, bits: int, can: bool) -> None:
    freeze(bank, 70)
    assert bank.token.read("canTransfer", bank.alice, bank.bob, 30) is True
    assert bank.token.read("canTransfer", bank.alice, bank.bob, 31) is False
    bank.token.send("pause", bits, by=bank.guardian)
    assert bank.token.read("canTransfer", bank.alice, bank.bob, 30) is can


def test_the_token_says_which_standards_it_keeps(bank: Bank) -> None:
    # ERC-165, ERC-7943 for a fungible token, ERC-20.
    for interface in ("0x01ffc9a7", "0x3edbb4c4", "0x36372b07"):
        assert bank.token.read("supportsInterface", interface) is True
    for interface in ("0xffffffff", "0x00000000", "0xbf1ef5fe"):
        assert bank.token.read("supportsInterface", interface) is False
