"""Redeeming: the holder puts money on hold for the gate, which burns it once or gives it back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.bank import HOUR, NO_SEND, ZERO, Bank, Terms, ref
from tests.contracts.chain import Receipt


@pytest.fixture
def terms(bank: Bank) -> Terms:
    """Alice has 100 and holds 60 of it for redemption, as payment 1."""
    bank.mint(bank.alice, 100)
    redemption = bank.redemption(60)
    bank.opened(redemption)
    return redemption


# Of payment 1: an entry that ends with the order's number, 3.
ENTRY_3 = ref(1, (77 << 48) + 3)


def redeem(bank: Bank, sequence: int, reference: str, terms: Terms) -> Receipt:
    return bank.gate.send("redeem", sequence, reference, terms.abi, by=bank.issuer)


def refused(bank: Bank, sequence: int, reference: str, terms: Terms) -> str:
    return bank.gate.refusal("redeem", sequence, reference, terms.abi, by=bank.issuer)


def test_redeeming_burns_what_is_held(bank: Bank, terms: Terms) -> None:
    receipt = redeem(bank, 3, ENTRY_3, terms)
    redeemed = {"sequence": "3", "ref": ENTRY_3, "from": bank.alice, "amount": "60"}
    assert bank.gate.events(receipt) == [("Redeemed", redeemed)]
    assert bank.token.events(receipt) == [
        ("HoldClosed", {"id": bank.hold_id(terms), "executed": "60", "released": "0"}),
        ("Transfer", {"from": bank.alice, "to": ZERO, "value": "60"}),
    ]
    assert bank.position(bank.alice) == (40, 0)
    assert bank.position(bank.gate.address) == (0, 0)
    assert bank.token.read("totalSupply") == 40


def test_a_hold_is_redeemed_once(bank: Bank, terms: Terms) -> None:
    redeem(bank, 3, ref(1, 3), terms)
    assert refused(bank, 4, ref(1, 4), terms).startswith("HoldNotOpen")


def test_numbers_are_shared_with_issues(bank: Bank, terms: Terms) -> None:
    bank.attest(1000)
    bank.gate.send("issue", 3, ref(1, 3), bank.bob, 1, by=bank.issuer)
    assert refused(bank, 3, ref(1, 3), terms) == "SequenceUsed(sequence: 3)"
    redeem(bank, 4, ref(1, 4), terms)
    told = bank.gate.refusal("issue", 4, ref(9, 4), bank.bob, 1, by=bank.issuer)
    assert told == "SequenceUsed(sequence: 4)"


def test_a_reference_names_payment_and_number(bank: Bank, terms: Terms) -> None:
    told = refused(bank, 4, ref(1, 3), terms)
    assert told == f"OtherSequence(sequence: 4, ref: {ref(1, 3)})"
    assert refused(bank, 4, ref(0, 4), terms) == "ReferenceMissing()"


@pytest.mark.parametrize("change", ["recipient", "notary"])
def test_only_what_is_held_for_the_gate_is_redeemed(bank: Bank, change: str) -> None:
    bank.mint(bank.alice, 100)
    parties: dict[str, Any] = {change: bank.stranger}
    terms = bank.redemption(60).but(**parties)
    bank.opened(terms)
    told = refused(bank, 3, ref(1, 3), terms)
    wanted = f"recipient: {terms.recipient}, notary: {terms.notary}"
    assert told == f"NotForRedemption({wanted})"


def test_a_hold_of_another_payment_is_not_redeemed(bank: Bank, terms: Terms) -> None:
    told = refused(bank, 3, ref(2, 3), terms)
    assert told == f"OtherPayment(holdRef: {ref(1)}, ref: {ref(2, 3)})"


def test_the_money_of_a_frozen_holder_stays(bank: Bank, terms: Terms) -> None:
    bank.token.send("freeze", bank.alice, NO_SEND, by=bank.compliance)
    assert refused(bank, 3, ref(1, 3), terms).startswith("SenderRefused")
    assert not bank.gate.read("isSequenceUsed", 3)


def test_redeeming_ends_with_the_hold(bank: Bank, terms: Terms) -> None:
    bank.chain.advance(HOUR)
    assert refused(bank, 3, ref(1, 3), terms).startswith("HoldExpired")
    bank.token.send("releaseHold", terms.abi, by=bank.alice)
    assert bank.position(bank.alice) == (100, 0)


def test_the_holder_cannot_take_it_back_before(bank: Bank, terms: Terms) -> None:
    told = bank.token.refusal("releaseHold", terms.abi, by=bank.alice)
    assert told.startswith("HoldNotReleasable")


def test_cancelling_gives_it_back(bank: Bank, terms: Terms) -> None:
    receipt = bank.gate.send("cancelRedemption", terms.abi, by=bank.issuer)
    closed = {"id": bank.hold_id(terms), "executed": "0", "released": "60"}
    assert bank.token.events(receipt) == [("HoldClosed", closed)]
    assert bank.position(bank.alice) == (100, 0)
    assert refused(bank, 3, ref(1, 3), terms).startswith("HoldNotOpen")


def test_cancelling_is_for_what_the_gate_decides(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    terms = bank.terms(60)
    bank.opened(terms)
    told = bank.gate.refusal("cancelRedemption", terms.abi, by=bank.issuer)
    assert told.startswith("HoldNotReleasable")


def test_what_is_redeemed_is_issuable_again(bank: Bank, terms: Terms) -> None:
    bank.attest(100)
    assert bank.gate.read("issuable") == 0
    redeem(bank, 3, ref(1, 3), terms)
    assert bank.gate.read("issuable") == 60
