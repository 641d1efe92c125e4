"""A payment that decides which key is wanted: by whom, when, and once for ever."""

from __future__ import annotations

import pytest

from tests.contracts.bank import ALLOWED, HOUR, NO_RECEIVE, NO_SEND, PAUSE_SETTLE, ref
from tests.contracts.chain import Receipt
from tests.contracts.lock_desk import (
    FAILED,
    NOTHING,
    SETTLED,
    UNCHANGED,
    UNDECIDED,
    Oracle,
    Payment,
    Side,
    asked,
    hash_of,
    text,
)

KEYS = Oracle().keys(1)
IF_PAID, IF_NOT = b"if paid", b"if not"


@pytest.fixture
def payment(side: Side) -> Payment:
    """Bob pays Alice; the money is held."""
    payment = side.payment(KEYS, side.chain.now)
    side.opens(payment)
    return payment


def pays(side: Side, payment: Payment) -> Receipt:
    documents = (IF_PAID, IF_NOT)
    return side.box.send("transferAndDecrypt", payment.abi, *documents, by=payment.payer)


def cancels(side: Side, payment: Payment, by: str) -> Receipt:
    return side.box.send("cancelAndDecrypt", payment.abi, IF_NOT, by=side.address(by))


def releases(side: Side, payment: Payment, key: bytes) -> Receipt:
    return side.box.send("releaseKey", payment.abi, key, by=side.bank.stranger)


def test_paying_asks_for_the_success_key(side: Side, payment: Payment) -> None:
    assert side.state(payment) == UNDECIDED
    receipt = pays(side, payment)
    wanted = {"id": side.id(payment), "success": True, "keyEncrypted": text(IF_PAID)}
    assert side.box.events(receipt) == [("TransferKeyRequested", wanted)]
    assert (side.state(payment), side.holdings()) == (SETTLED, ((250, 0), (-250, 0)))
    (moved,) = [args for name, args in side.token.events(receipt) if name == "TransferRef"]
    assert moved["ref"] == side.id(payment)


def test_the_hold_says_all(side: Side, payment: Payment) -> None:
    holder, recipient, amount, notary, expiry, reference = side.hold(payment)
    assert (holder, recipient, amount) == (payment.payer, payment.payee, 250)
    assert (notary, expiry) == (side.box.address, payment.deadline)
    assert text(reference) == side.id(payment)


@pytest.mark.parametrize("by", ["alice", "stranger"])
def test_only_the_payer_pays(side: Side, payment: Payment, by: str) -> None:
    told = side.refusal("transferAndDecrypt", payment, IF_PAID, IF_NOT, by=by)
    assert told.startswith("NotTheParty")


def test_without_its_hold_nothing_is_decided(side: Side, payment: Payment) -> None:
    other = payment.but(ref=ref(9, 9))
    told = side.refusal("transferAndDecrypt", other, IF_PAID, IF_NOT, by="bob")
    assert told.startswith(f"NotHeld(id: {side.id(other)}")
    assert side.state(other) == UNDECIDED


@pytest.mark.parametrize(
    ("success", "failure"), [(NOTHING, ref(1)), (ref(1), NOTHING), (ref(1), ref(1))]
)
def test_two_outcomes_have_two_keys(
    side: Side, payment: Payment, success: str, failure: str
) -> None:
    wrong = payment.but(success_hash=success, failure_hash=failure)
    told = side.refusal("transferAndDecrypt", wrong, IF_PAID, IF_NOT, by="bob")
    assert told.startswith("KeysMalformed")


def test_too_late_to_pay(side: Side, payment: Payment) -> None:
    side.chain.advance(HOUR)
    told = side.refusal("transferAndDecrypt", payment, IF_PAID, IF_NOT, by="bob")
    assert told.startswith(f"DeadlinePassed(id: {side.id(payment)}, deadline: {payment.deadline}")


@pytest.mark.parametrize("reason", ["paused", "payer frozen", "payee frozen"])
def test_a_payment_that_fails_asks_for_the_failure_key(
    side: Side, payment: Payment, reason: str
) -> None:
    bank = side.bank
    if reason == "paused":
        bank.token.send("pause", PAUSE_SETTLE, by=bank.guardian)
    elif reason == "payer frozen":
        flags = (payment.payer, ALLOWED | NO_SEND)
        bank.token.send("setAccountFlags", *flags, by=bank.compliance)
    else:
        flags = (payment.payee, ALLOWED | NO_RECEIVE)
        bank.token.send("setAccountFlags", *flags, by=bank.compliance)
    receipt = pays(side, payment)
    assert side.names(receipt) == ["PayoutFailed", "TransferKeyRequested"]
    wanted = {"id": side.id(payment), "success": False, "keyEncrypted": text(IF_NOT)}
    assert asked(side, receipt) == wanted
    assert (side.state(payment), side.holdings()) == (FAILED, UNCHANGED)


@pytest.mark.parametrize("by", ["alice", "bob"])
def test_either_party_cancels_before_it_is_paid(side: Side, payment: Payment, by: str) -> None:
    receipt = cancels(side, payment, by)
    wanted = {"id": side.id(payment), "success": False, "keyEncrypted": text(IF_NOT)}
    assert side.box.events(receipt) == [("TransferKeyRequested", wanted)]
    assert (side.state(payment), side.holdings()) == (FAILED, UNCHANGED)
    told = side.refusal("transferAndDecrypt", payment, IF_PAID, IF_NOT, by="bob")
    assert told == f"WrongPaymentState(id: {side.id(payment)}, state: {FAILED})"


def test_anyone_cancels_from_the_deadline(side: Side, payment: Payment) -> None:
    told = side.refusal("cancelAndDecrypt", payment, IF_NOT, by="stranger")
    assert told.startswith("NotAParty")
    side.bank.token.send("pause", 7, by=side.bank.guardian)
    side.chain.advance(HOUR)
    cancels(side, payment, "stranger")
    assert (side.state(payment), side.holdings()) == (FAILED, UNCHANGED)


def test_a_payment_is_decided_once(side: Side, payment: Payment) -> None:
    pays(side, payment)
    told = f"WrongPaymentState(id: {side.id(payment)}, state: {SETTLED})"
    assert side.refusal("transferAndDecrypt", payment, IF_PAID, IF_NOT, by="bob") == told
    for by in ("alice", "bob"):
        assert side.refusal("cancelAndDecrypt", payment, IF_NOT, by=by) == told
    side.chain.advance(2 * HOUR)
    assert side.refusal("cancelAndDecrypt", payment, IF_NOT, by="stranger") == told


def test_the_key_can_be_asked_for_again(side: Side, payment: Payment) -> None:
    told = side.refusal("requestKey", payment, b"again", by="stranger")
    assert told == f"WrongPaymentState(id: {side.id(payment)}, state: {UNDECIDED})"
    pays(side, payment)
    receipt = side.box.send("requestKey", payment.abi, b"again", by=side.bank.stranger)
    wanted = {"id": side.id(payment), "success": True, "keyEncrypted": text(b"again")}
    assert side.box.events(receipt) == [("TransferKeyRequested", wanted)]


@pytest.mark.parametrize("is_paid", [True, False])
def test_the_key_of_the_outcome_is_published_once(
    side: Side, payment: Payment, *, is_paid: bool
) -> None:
    right, wrong = (KEYS.success, KEYS.failure) if is_paid else (KEYS.failure, KEYS.success)
    told = side.refusal("releaseKey", payment, right, by="stranger")
    assert told.startswith("WrongPaymentState")
    _ = pays(side, payment) if is_paid else cancels(side, payment, "alice")
    told = side.refusal("releaseKey", payment, wrong, by="stranger")
    assert told == f"WrongKey(id: {side.id(payment)}, keyHash: {hash_of(wrong)})"
    receipt = releases(side, payment, right)
    released = {"id": side.id(payment), "success": is_paid, "key": text(right)}
    assert side.box.events(receipt) == [("TransferKeyReleased", released)]
    told = side.refusal("releaseKey", payment, right, by="stranger")
    assert told == f"KeyKnown(keyHash: {hash_of(right)})"


def test_the_id_is_all_of_the_terms(side: Side, payment: Payment) -> None:
    parties = ("token", "payer", "payee")
    others = [payment.but(**{each: side.box.address}) for each in parties]
    others += [payment.but(amount=1), payment.but(deadline=1), payment.but(ref=ref(5))]
    others += [payment.but(success_hash=ref(5)), payment.but(failure_hash=ref(5))]
    assert len({side.id(each) for each in (payment, *others)}) == len(vars(payment)) + 1
