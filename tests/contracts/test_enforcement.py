"""Forced transfers: slow, on a legal basis, of all that is not held, and never of what is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.bank import (
    FORCED_TRANSFER,
    HOUR,
    NO_RECEIVE,
    NO_SEND,
    ZERO,
    Bank,
    Delayed,
    ref,
)
from tests.contracts.chain import Receipt, Refused

REF, BASIS = ref(7, 9), "0x" + "1e" * 32


@pytest.fixture
def bank(bank: Bank) -> Bank:
    """Give Alice 100."""
    bank.mint(bank.alice, 100)
    return bank


def order(bank: Bank, amount: int = 40, **change: Any) -> Delayed:  # noqa: ANN401
    values = {
        "payer": bank.alice,
        "payee": bank.bob,
        "amount": amount,
        "ref": REF,
        "basis": BASIS,
    } | change
    data = bank.token.data(FORCED_TRANSFER, *values.values())
    return Delayed(bank, bank.token, bank.enforcer, data)


def enforced(bank: Bank, amount: int = 40, **change: Any) -> Receipt:  # noqa: ANN401
    delayed = order(bank, amount, **change)
    delayed.schedule()
    bank.chain.advance(HOUR)
    return delayed.execute()


def refusal(bank: Bank, amount: int = 40, **change: Any) -> str:  # noqa: ANN401
    with bank.chain.rewound(), pytest.raises(Refused) as refused:
        enforced(bank, amount, **change)
    return str(refused.value)


def freeze(bank: Bank, amount: int) -> None:
    bank.token.send("setFrozenTokens", bank.alice, amount, by=bank.compliance)


def test_force_waits_and_the_guardian_stops_it(bank: Bank) -> None:
    delayed = order(bank)
    with pytest.raises(Refused, match="AccessManagerNotScheduled"):
        delayed.execute()
    delayed.schedule()
    with pytest.raises(Refused, match="AccessManagerNotReady"):
        delayed.execute()
    delayed.cancel(by=bank.guardian)
    bank.chain.advance(HOUR)
    with pytest.raises(Refused, match="AccessManagerNotScheduled"):
        delayed.execute()


@pytest.mark.parametrize("caller", ["enforcer", "admin", "compliance", "alice", "stranger"])
def test_the_form_without_a_basis_is_of_no_use_to_anyone(bank: Bank, caller: str) -> None:
    standard = "forcedTransfer(address,address,uint256)"
    arguments = (bank.alice, bank.bob, 40)
    told = bank.token.refusal(standard, *arguments, by=getattr(bank, caller))
    assert told == "LegalBasisMissing()"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"amount": 0}, "ZeroAmount()"),
        ({"ref": ref(0)}, "MissingReference()"),
        ({"basis": ref(0)}, "LegalBasisMissing()"),
        ({"amount": 101}, "InsufficientAvailable"),
        ({"amount": 2**256 - 1}, "InsufficientAvailable"),
        ({"payer": ZERO}, "InsufficientAvailable"),
        ({"payee": ZERO}, "RecipientRefused"),
    ],
)
def test_what_is_not_enforced(bank: Bank, change: dict[str, Any], told: str) -> None:
    assert refusal(bank, **change).startswith(told)


def test_held_money_is_never_taken(bank: Bank) -> None:
    terms = bank.terms(60).but(expiry=bank.chain.now + 10 * HOUR)
    bank.opened(terms)
    told = refusal(bank, 41)
    assert told == f"InsufficientAvailable(account: {bank.alice}, available: 40, needed: 41)"
    enforced(bank, 40)
    assert bank.position(bank.alice) == (60, 60)
    bank.token.send("executeHold", terms.abi, 60, by=bank.notary)
    assert bank.position(bank.bob) == (100, 0)


def test_whoever_is_given_it_must_be_free_to_receive(bank: Bank) -> None:
    assert refusal(bank, payee=bank.carol).startswith("RecipientRefused")
    bank.token.send("freeze", bank.bob, NO_RECEIVE, by=bank.compliance)
    assert refusal(bank).startswith("RecipientRefused")


@pytest.mark.parametrize("flags", [0, 1, 1 | NO_SEND, 1 | NO_SEND | NO_RECEIVE])
def test_no_flag_and_no_pause_keeps_it_from_being_taken(bank: Bank, flags: int) -> None:
    bank.token.send("setAccountFlags", bank.alice, flags, by=bank.compliance)
    bank.token.send("pause", 7, by=bank.guardian)
    receipt = enforced(bank)
    moved = {"from": bank.alice, "to": bank.bob}
    assert bank.token.events(receipt) == [
        ("ForcedTransfer", moved | {"amount": "40"}),
        ("Transfer", moved | {"value": "40"}),
        ("Enforced", {"ref": REF, "legalBasis": BASIS}),
    ]
    assert (bank.position(bank.alice), bank.position(bank.bob)) == ((60, 0), (40, 0))
    assert bank.token.read("flagsOf", bank.alice) == flags
    assert bank.token.read("totalSupply") == 100


@pytest.mark.parametrize(
    ("held", "frozen", "taken", "left"),
    [
        (0, 60, 40, 60),  # what is free goes first
        (0, 60, 41, 59),
        (0, 60, 100, 0),
        (0, 100, 1, 99),
        (30, 50, 20, 50),
        (30, 50, 70, 0),
        (30, 90, 70, 20),  # frozen beyond what is not held: the rest still catches what comes
        (0, 2**256 - 1, 100, 2**256 - 101),
    ],
)
def test_what_is_taken_is_not_frozen_any_more(
    bank: Bank, held: int, frozen: int, taken: int, left: int
) -> None:
    if held:
        bank.opened(bank.terms(held))
    freeze(bank, frozen)
    receipt = enforced(bank, taken)
    told = bank.token.events(receipt)
    first = [("Frozen", {"account": bank.alice, "amount": str(left)})] if left != frozen else []
    assert told[: len(first)] == first
    assert [name for name, _ in told[len(first) :]] == ["ForcedTransfer", "Transfer", "Enforced"]
    assert bank.token.read("getFrozenTokens", bank.alice) == left
    assert bank.token.read("flagsOf", bank.alice) == (9 if left else 1)
    assert bank.position(bank.alice) == (100 - taken, held)


def test_taking_from_and_giving_to_one_account_changes_nothing(bank: Bank) -> None:
    freeze(bank, 60)
    enforced(bank, 100, payee=bank.alice)
    assert bank.position(bank.alice) == (100, 0)
    assert bank.token.read("getFrozenTokens", bank.alice) == 0
