"""Tokens that lie, call back, burn gas or answer at length harm nobody who did not trust them."""

from __future__ import annotations

import pytest

from tests.contracts.bank import mock
from tests.contracts.chain import Contract, Refused
from tests.contracts.lock_desk import (
    CLAIMED,
    CONFIRMED,
    FAILED,
    PAID,
    RECLAIMED,
    REFUNDED,
    UNCHANGED,
    UNDECIDED,
    Lock,
    Oracle,
    Payment,
    Side,
)

KEYS = Oracle().keys(1)
DOCUMENTS = (b"if paid", b"if not")
PAYS_NOTHING, PAYS_LESS, CALLS_BACK, ANSWERS_AT_LENGTH, BURNS_GAS, REFUSES, KEEPS_ALL = range(7)
SHORT_OF_A_BLOCK = 8_000_000


@pytest.fixture
def token(side: Side) -> Contract:
    """A token that says everything is held."""
    return side.chain.deploy(mock("HostileHolds"), by=side.bank.stranger)


@pytest.fixture
def lock(side: Side, token: Contract) -> Lock:
    """Bound, although nothing is held."""
    lock = side.lock(KEYS, side.chain.now, token=token.address)
    side.incepts(lock)
    side.confirms(lock)
    return lock


@pytest.fixture
def payment(side: Side, token: Contract) -> Payment:
    """Of the hostile token."""
    return side.payment(KEYS, side.chain.now, token=token.address)


def behaves(token: Contract, manner: int, callback: str = "0x") -> None:
    token.send("behave", manner, callback, by=token.chain.accounts[0])


@pytest.mark.parametrize("manner", [ANSWERS_AT_LENGTH, BURNS_GAS, REFUSES, KEEPS_ALL])
def test_a_claim_stands_whatever_the_token_does(
    side: Side, token: Contract, lock: Lock, manner: int
) -> None:
    behaves(token, manner)
    receipt = side.shows(lock, KEYS.success)
    assert side.names(receipt) == ["TransferClaimed", "PayoutFailed"]
    ((_, failed),) = [each for each in side.box.events(receipt) if each[0] == "PayoutFailed"]
    assert len(failed["reason"]) <= 2 + 2 * 256
    assert side.state(lock) == CLAIMED
    assert receipt.gas_used < SHORT_OF_A_BLOCK
    behaves(token, PAYS_NOTHING)
    side.sends("payOut", lock)
    assert side.state(lock) == PAID


@pytest.mark.parametrize("key", [KEYS.success, KEYS.failure])
@pytest.mark.parametrize(
    "function", ["transferWithKey", "payOut", "refundTransfer", "cancelTransfer", "confirmTransfer"]
)
def test_the_box_is_not_entered_twice(
    side: Side, token: Contract, lock: Lock, key: bytes, function: str
) -> None:
    more = (key,) if function == "transferWithKey" else ()
    behaves(token, CALLS_BACK, side.box.data(function, lock.abi, *more))
    side.shows(lock, key)
    assert side.state(lock) == (PAID if key == KEYS.success else RECLAIMED)
    assert not token.read("reentered")


def test_a_payment_is_not_entered_twice(side: Side, token: Contract, payment: Payment) -> None:
    again = side.box.data("cancelAndDecrypt", payment.abi, b"")
    behaves(token, CALLS_BACK, again)
    with pytest.raises(Refused, match="OtherAmountPaid"):
        side.box.send("transferAndDecrypt", payment.abi, *DOCUMENTS, by=payment.payer)
    side.box.send("cancelAndDecrypt", payment.abi, b"", by=payment.payer)
    assert side.state(payment) == FAILED
    assert not token.read("reentered")


@pytest.mark.parametrize(("manner", "got"), [(PAYS_NOTHING, 0), (PAYS_LESS, 249)])
def test_what_did_not_arrive_was_not_paid(
    side: Side, token: Contract, payment: Payment, manner: int, got: int
) -> None:
    behaves(token, manner)
    told = side.refusal("transferAndDecrypt", payment, *DOCUMENTS, by="bob")
    assert told == f"OtherAmountPaid(got: {got}, amount: 250)"
    assert side.state(payment) == UNDECIDED


@pytest.mark.parametrize("manner", [ANSWERS_AT_LENGTH, BURNS_GAS, REFUSES])
def test_what_the_token_refuses_is_not_paid(
    side: Side, token: Contract, payment: Payment, manner: int
) -> None:
    behaves(token, manner)
    receipt = side.box.send("transferAndDecrypt", payment.abi, *DOCUMENTS, by=payment.payer)
    assert side.names(receipt) == ["PayoutFailed", "TransferKeyRequested"]
    assert side.state(payment) == FAILED


def test_a_token_that_gives_nothing_back_ends_nothing(
    side: Side, token: Contract, lock: Lock, payment: Payment
) -> None:
    behaves(token, KEEPS_ALL)
    assert side.refusal("transferWithKey", lock, KEYS.failure, by="alice") == "Refused()"
    assert side.refusal("cancelAndDecrypt", payment, b"", by="alice") == "Refused()"
    side.chain.advance(lock.deadline - side.chain.now)
    assert side.refusal("refundTransfer", lock, by="alice") == "Refused()"
    assert (side.state(lock), side.state(payment)) == (CONFIRMED, UNDECIDED)
    behaves(token, PAYS_NOTHING)
    side.sends("refundTransfer", lock)
    assert side.state(lock) == REFUNDED


def test_the_money_of_others_is_not_touched(side: Side, token: Contract, lock: Lock) -> None:
    honest = Oracle().keys(2)
    real = side.binds(side.lock(honest, side.chain.now))
    behaves(token, PAYS_NOTHING)
    side.shows(lock, KEYS.success)
    assert side.state(real) == CONFIRMED
    assert side.holdings() == ((0, 100), (0, 0))
    side.shows(real, honest.failure)
    assert side.holdings() == UNCHANGED


def test_an_account_is_no_token(side: Side) -> None:
    lock = side.lock(KEYS, side.chain.now, token=side.bank.stranger)
    side.incepts(lock)
    with pytest.raises(Refused):
        side.confirms(lock)
    payment = side.payment(KEYS, side.chain.now, token=side.bank.stranger)
    with pytest.raises(Refused):
        side.box.send("transferAndDecrypt", payment.abi, *DOCUMENTS, by=payment.payer)
