"""A bound delivery: the key or the clock ends it, once, and a claim outlives a pause."""

from __future__ import annotations

import pytest

from tests.contracts.bank import ALLOWED, NO_RECEIVE, PAUSE_SETTLE, PAUSE_SUPPLY, ref
from tests.contracts.lock_desk import (
    CLAIMED,
    DAY,
    PAID,
    RECLAIMED,
    REFUNDED,
    UNCHANGED,
    Lock,
    Oracle,
    Side,
    hash_of,
    text,
)

KEYS = Oracle().keys(1)
OTHERS = Oracle().keys(2)
EVERY_PAUSE = 1 | PAUSE_SUPPLY | PAUSE_SETTLE


# --------------------------------------------------------------------------------- showing a key


def test_the_success_key_pays_the_buyer_once(side: Side, lock: Lock) -> None:
    side.binds(lock)
    receipt = side.shows(lock, KEYS.success)
    claimed = {"id": side.id(lock), "key": text(KEYS.success)}
    paid = ("TransferPaid", {"id": side.id(lock)})
    assert side.box.events(receipt) == [("TransferClaimed", claimed), paid]
    assert (side.state(lock), side.holdings()) == (PAID, ((-100, 0), (100, 0)))
    (moved,) = [args for name, args in side.token.events(receipt) if name == "TransferRef"]
    assert moved["ref"] == side.id(lock)
    for key in (KEYS.success, KEYS.failure):
        told = side.refusal("transferWithKey", lock, key, by="bob")
        assert told == f"WrongLockState(id: {side.id(lock)}, state: {PAID})"
    for function in ("payOut", "refundTransfer", "confirmTransfer"):
        assert side.refusal(function, lock, by="alice").startswith("WrongLockState")


def test_the_failure_key_gives_it_back_once(side: Side, lock: Lock) -> None:
    side.binds(lock)
    receipt = side.shows(lock, KEYS.failure)
    reclaimed = {"id": side.id(lock), "key": text(KEYS.failure)}
    assert side.box.events(receipt) == [("TransferReclaimed", reclaimed)]
    assert (side.state(lock), side.holdings()) == (RECLAIMED, UNCHANGED)
    for key in (KEYS.success, KEYS.failure):
        assert side.refusal("transferWithKey", lock, key, by="bob").startswith("WrongLockState")


@pytest.mark.parametrize("key", [OTHERS.success, bytes(32), KEYS.success[::-1]])
def test_a_wrong_key_does_nothing(side: Side, lock: Lock, key: bytes) -> None:
    side.binds(lock)
    told = side.refusal("transferWithKey", lock, key, by="bob")
    assert told == f"WrongKey(id: {side.id(lock)}, keyHash: {hash_of(key)})"
    assert not side.box.read("isKeyKnown", hash_of(key))


def test_a_key_is_of_its_own_terms(side: Side, lock: Lock) -> None:
    side.binds(lock)
    for other in (lock.but(amount=101), lock.but(buyer=side.bank.stranger), lock.but(ref=ref(4))):
        told = side.refusal("transferWithKey", other, KEYS.success, by="bob")
        assert told.startswith("WrongLockState")


def test_a_key_before_binding_is_no_key(side: Side, lock: Lock) -> None:
    side.incepts(lock)
    side.opens(lock)
    told = side.refusal("transferWithKey", lock, KEYS.success, by="bob")
    assert told.startswith("WrongLockState")


# ------------------------------------------------------------------------------------------- time


def test_from_the_deadline_the_money_comes_back_by_anyone(side: Side, lock: Lock) -> None:
    side.binds(lock)
    told = side.refusal("refundTransfer", lock, by="alice")
    assert told.startswith(f"RefundAhead(id: {side.id(lock)}, from: {lock.deadline}")
    side.bank.token.send("pause", EVERY_PAUSE, by=side.bank.guardian)
    side.chain.advance(lock.deadline - side.chain.now)
    told = side.refusal("transferWithKey", lock, KEYS.success, by="bob")
    assert told.startswith("DeadlinePassed")
    receipt = side.sends("refundTransfer", lock)
    assert side.box.events(receipt) == [("TransferRefunded", {"id": side.id(lock)})]
    assert (side.state(lock), side.holdings()) == (REFUNDED, UNCHANGED)
    told = side.refusal("refundTransfer", lock, by="alice")
    assert told.startswith("WrongLockState")


def test_at_every_second_either_claim_or_refund(side: Side, lock: Lock) -> None:
    side.binds(lock)
    side.chain.advance(lock.deadline - 2 - side.chain.now)
    seen = []
    while side.chain.now < lock.deadline + 2:
        claims = not _refused(side, "transferWithKey", lock, KEYS.success)
        refunds = not _refused(side, "refundTransfer", lock)
        assert claims != refunds
        seen.append(claims)
        side.chain.advance(1)
    assert seen == sorted(seen, reverse=True)
    assert set(seen) == {True, False}


def _refused(side: Side, function: str, lock: Lock, *more: object) -> bool:
    try:
        side.refusal(function, lock, *more, by="stranger")
    except AssertionError:
        return False
    return True


def test_the_failure_key_counts_after_the_deadline_too(side: Side, lock: Lock) -> None:
    side.binds(lock)
    side.chain.advance(lock.deadline + 60 - side.chain.now)
    side.shows(lock, KEYS.failure)
    assert (side.state(lock), side.holdings()) == (RECLAIMED, UNCHANGED)


@pytest.mark.parametrize("is_agreed", [False, True])
def test_what_was_held_and_never_bound_comes_back(
    side: Side, lock: Lock, *, is_agreed: bool
) -> None:
    if is_agreed:
        side.incepts(lock)
    side.opens(lock)
    side.chain.advance(lock.deadline - side.chain.now)
    side.sends("refundTransfer", lock)
    assert (side.state(lock), side.holdings()) == (REFUNDED, UNCHANGED)


def test_a_buyer_who_gives_up_gets_nothing(side: Side, lock: Lock) -> None:
    side.binds(lock)
    side.token.send("releaseHold", side.hold(lock), by=lock.buyer)
    assert side.holdings() == UNCHANGED
    assert side.names(side.shows(lock, KEYS.success)) == ["TransferClaimed", "PayoutFailed"]
    assert side.holdings() == UNCHANGED
    side.chain.advance(lock.deadline + 30 * DAY - side.chain.now)
    side.sends("refundTransfer", lock)
    assert side.state(lock) == REFUNDED


# -------------------------------------------------------------- a claim that the token does not pay


def test_a_claim_stands_while_the_token_is_paused(side: Side, lock: Lock) -> None:
    side.binds(lock)
    side.bank.token.send("pause", PAUSE_SETTLE, by=side.bank.guardian)
    receipt = side.shows(lock, KEYS.success)
    assert side.names(receipt) == ["TransferClaimed", "PayoutFailed"]
    assert (side.state(lock), side.holdings()) == (CLAIMED, ((0, 100), (0, 0)))
    # Neither the deadline nor the failure key takes the right away.
    told = side.refusal("transferWithKey", lock, KEYS.failure, by="alice")
    assert told.startswith("WrongLockState")
    side.chain.advance(lock.deadline + DAY - side.chain.now)
    told = side.refusal("refundTransfer", lock, by="alice")
    assert told.startswith(f"RefundAhead(id: {side.id(lock)}, from: {lock.deadline + 30 * DAY}")
    assert side.names(side.sends("payOut", lock)) == ["PayoutFailed"]
    side.bank.token.send("unpause", PAUSE_SETTLE, by=side.bank.admin)
    assert side.names(side.sends("payOut", lock)) == ["TransferPaid"]
    assert (side.state(lock), side.holdings()) == (PAID, ((-100, 0), (100, 0)))


def test_a_claim_stands_while_the_buyer_is_frozen(side: Side, lock: Lock) -> None:
    side.binds(lock)
    frozen = (lock.buyer, ALLOWED | NO_RECEIVE)
    side.token.send("setAccountFlags", *frozen, by=side.bank.compliance)
    side.shows(lock, KEYS.success)
    assert side.state(lock) == CLAIMED
    side.token.send("setAccountFlags", lock.buyer, ALLOWED, by=side.bank.compliance)
    side.sends("payOut", lock)
    assert side.holdings() == ((-100, 0), (100, 0))


def test_a_claim_that_is_never_paid_ends_with_its_hold(side: Side, lock: Lock) -> None:
    side.binds(lock)
    side.bank.token.send("pause", EVERY_PAUSE, by=side.bank.guardian)
    side.shows(lock, KEYS.success)
    side.chain.advance(lock.deadline + 30 * DAY - side.chain.now)
    side.sends("refundTransfer", lock)
    assert (side.state(lock), side.holdings()) == (REFUNDED, UNCHANGED)
    assert side.refusal("payOut", lock, by="bob").startswith("WrongLockState")


def test_only_what_was_claimed_is_paid_out(side: Side, lock: Lock) -> None:
    side.binds(lock)
    assert side.refusal("payOut", lock, by="bob").startswith("WrongLockState")


def test_the_box_owns_nothing(side: Side, lock: Lock) -> None:
    side.shows(side.binds(lock), KEYS.success)
    assert side.bank.position(side.box.address) == (0, 0)
    assert side.token.read("flagsOf", side.box.address) == 0
