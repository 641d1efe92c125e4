"""A delivery before it is bound: which terms are refused, who agrees, binds or leaves."""

from __future__ import annotations

import pytest

from tests.contracts.bank import HOUR, ref
from tests.contracts.lock_desk import (
    CANCELLED,
    CONFIRMED,
    DAY,
    INCEPTED,
    NONE,
    NOTHING,
    UNCHANGED,
    Lock,
    Oracle,
    Side,
    hash_of,
    text,
)

KEYS = Oracle().keys(1)
OTHERS = Oracle().keys(2)
PARTIES = ("token", "seller", "buyer")


# ------------------------------------------------------------------------------------ agreeing


def test_the_buyer_agrees(side: Side, lock: Lock) -> None:
    receipt = side.incepts(lock)
    ((name, args),) = side.box.events(receipt)
    assert name == "TransferIncepted"
    assert (args["id"], args["seller"], args["buyer"]) == (side.id(lock), lock.seller, lock.buyer)
    assert args["lock"]["counterpart"] == lock.counterpart
    assert side.state(lock) == INCEPTED
    assert side.refusal("inceptTransfer", lock, by="bob").startswith("WrongLockState")


@pytest.mark.parametrize("by", ["alice", "stranger"])
def test_only_the_buyer_agrees(side: Side, lock: Lock, by: str) -> None:
    told = side.refusal("inceptTransfer", lock, by=by)
    assert told == f"NotTheParty(caller: {side.address(by)}, party: {lock.buyer})"


@pytest.mark.parametrize("change", [{"amount": 0}, {"counterpart": NOTHING}, {"seller": "buyer"}])
def test_terms_are_those_of_a_trade(side: Side, lock: Lock, change: dict[str, object]) -> None:
    if "seller" in change:
        change = {"seller": lock.buyer}
    assert side.refusal("inceptTransfer", lock.but(**change), by="bob") == "TermsMalformed()"


@pytest.mark.parametrize(
    ("success", "failure"),
    [(NOTHING, NOTHING), (NOTHING, ref(1)), (ref(1), ref(1))],
)
def test_two_outcomes_have_two_keys(side: Side, lock: Lock, success: str, failure: str) -> None:
    wrong = lock.but(success_hash=success, failure_hash=failure)
    told = side.refusal("inceptTransfer", wrong, by="bob")
    assert told == f"KeysMalformed(successHash: {success}, failureHash: {failure})"


@pytest.mark.parametrize(
    ("deadline", "counter", "leads", "is_hash_lock"),
    [
        (3 * HOUR, 2 * HOUR + 1, False, False),  # the key may come a second too late to be used
        (HOUR, 3 * HOUR, False, False),
        (HOUR, 3 * HOUR, False, True),
        (3 * HOUR, HOUR, True, True),  # the secret would be shown when the other lock is over
        (3 * HOUR, 3 * HOUR + HOUR - 1, True, True),
        (HOUR, 3 * HOUR, True, False),  # with two keys the other leg decides
        (2**64 - 1, 2**64 - 1, False, False),
    ],
)
def test_who_learns_the_key_later_has_time_to_use_it(
    side: Side, lock: Lock, *, deadline: int, counter: int, leads: bool, is_hash_lock: bool
) -> None:
    now = side.chain.now if deadline < 2**63 else 0
    wrong = lock.but(deadline=now + deadline, counter_deadline=now + counter, leads=leads)
    if is_hash_lock:
        wrong = wrong.but(failure_hash=NOTHING)
    told = side.refusal("inceptTransfer", wrong, by="bob")
    assert told.startswith(f"OrderOfDeadlines(deadline: {wrong.deadline}, ")


def test_the_id_is_all_of_the_terms(side: Side, lock: Lock) -> None:
    others = [
        lock.but(**{name: ref(3, 3) if isinstance(value, str) else int(value) + 1})
        for name, value in vars(lock).items()
        if name not in {*PARTIES, "leads"}
    ]
    others += [lock.but(leads=True), *(lock.but(**{each: side.box.address}) for each in PARTIES)]
    assert len({side.id(each) for each in (lock, *others)}) == len(vars(lock)) + 1


def test_the_id_is_of_this_box_and_this_chain(side: Side, lock: Lock) -> None:
    again = side.chain.deploy(side.box.artifact, by=side.bank.admin)
    assert text(again.read("lockId", lock.abi)) != side.id(lock)
    assert text(again.read("legOf", lock.abi)) != text(side.box.read("legOf", lock.abi))


def test_a_leg_is_a_lock_without_its_counterpart(side: Side, lock: Lock) -> None:
    leg = side.box.read("legOf", lock.abi)
    assert side.box.read("legOf", lock.but(counterpart=ref(9)).abi) == leg
    assert side.box.read("legOf", lock.but(ref=ref(9)).abi) != leg


# -------------------------------------------------------------------------------------- binding


def test_the_seller_binds_what_is_held(side: Side, lock: Lock) -> None:
    side.incepts(lock)
    hold_id = side.opens(lock)
    receipt = side.confirms(lock)
    told = {"id": side.id(lock), "holdId": hold_id}
    assert side.box.events(receipt) == [("TransferConfirmed", told)]
    assert side.state(lock) == CONFIRMED
    assert side.holdings() == ((0, 100), (0, 0))
    holder, recipient, amount, notary, expiry, reference = side.hold(lock)
    assert (holder, recipient, amount, notary) == (lock.seller, lock.buyer, 100, side.box.address)
    assert expiry == lock.deadline + 30 * DAY
    assert text(reference) == side.id(lock)


def test_only_the_seller_binds_and_only_after_the_buyer(side: Side, lock: Lock) -> None:
    assert side.refusal("confirmTransfer", lock, by="alice").startswith("WrongLockState")
    side.incepts(lock)
    for by in ("bob", "stranger"):
        assert side.refusal("confirmTransfer", lock, by=by).startswith("NotTheParty")


def test_what_is_not_held_is_not_bound(side: Side, lock: Lock) -> None:
    side.incepts(lock)
    assert side.refusal("confirmTransfer", lock, by="alice").startswith("NotHeld")
    hold = list(side.hold(lock))
    hold[4] -= 1  # a hold that ends sooner is another hold
    side.token.send("createHold", tuple(hold), by=lock.seller)
    assert side.refusal("confirmTransfer", lock, by="alice").startswith("NotHeld")
    side.opens(lock)
    side.token.send("releaseHold", side.hold(lock), by=lock.buyer)
    assert side.refusal("confirmTransfer", lock, by="alice").startswith("NotHeld")


@pytest.mark.parametrize(
    ("near", "far", "is_hash_lock"),
    [
        (29 * 60, 3 * HOUR, False),
        (HOUR, 30 * DAY + 60, False),
        (29 * 60, 3 * HOUR, True),
        (HOUR, 2 * DAY + 60, True),
    ],
)
def test_a_lock_is_neither_too_short_nor_too_long(
    side: Side, lock: Lock, *, near: int, far: int, is_hash_lock: bool
) -> None:
    now = side.chain.now
    for leads in {False, is_hash_lock}:
        deadline, counter = (now + near, now + far) if leads else (now + far, now + near)
        wrong = lock.but(deadline=deadline, counter_deadline=counter, leads=leads)
        if is_hash_lock:
            wrong = wrong.but(failure_hash=NOTHING)
        side.incepts(wrong)
        side.opens(wrong)
        told = side.refusal("confirmTransfer", wrong, by="alice")
        assert told.startswith(f"TimeOutOfRange(near: {now + near}, far: {now + far}")


def test_time_runs_out_between_agreeing_and_binding(side: Side, lock: Lock) -> None:
    side.incepts(lock)
    side.opens(lock)
    side.chain.advance(31 * 60)
    assert side.refusal("confirmTransfer", lock, by="alice").startswith("TimeOutOfRange")


@pytest.mark.parametrize("shown", [KEYS.success, KEYS.failure])
def test_a_key_that_everyone_knows_binds_nothing(side: Side, lock: Lock, shown: bytes) -> None:
    first = side.binds(lock.but(success_hash=hash_of(shown), failure_hash=hash_of(OTHERS.success)))
    side.shows(first, shown)
    assert side.box.read("isKeyKnown", hash_of(shown))
    side.incepts(lock.but(ref=ref(2)))
    side.opens(lock.but(ref=ref(2)))
    told = side.refusal("confirmTransfer", lock.but(ref=ref(2)), by="alice")
    assert told == f"KeyKnown(keyHash: {hash_of(shown)})"


@pytest.mark.parametrize("by", ["alice", "bob"])
def test_either_leaves_while_nothing_is_bound(side: Side, lock: Lock, by: str) -> None:
    side.incepts(lock)
    side.opens(lock)
    receipt = side.sends("cancelTransfer", lock, by=by)
    told = {"id": side.id(lock), "by": side.address(by)}
    assert side.box.events(receipt) == [("TransferCancelled", told)]
    assert (side.state(lock), side.holdings()) == (CANCELLED, UNCHANGED)
    for function in ("inceptTransfer", "cancelTransfer", "refundTransfer"):
        assert side.refusal(function, lock, by="bob").startswith("WrongLockState")


def test_leaving_is_for_parties_and_for_what_is_not_bound(side: Side, lock: Lock) -> None:
    told = side.refusal("cancelTransfer", lock, by="stranger")
    assert told.startswith(f"NotAParty(caller: {side.bank.stranger}, one: {lock.seller}")
    side.binds(lock)
    for by in ("alice", "bob"):
        assert side.refusal("cancelTransfer", lock, by=by).startswith("WrongLockState")


def test_what_was_never_agreed_can_be_cancelled(side: Side, lock: Lock) -> None:
    assert side.state(lock) == NONE
    side.sends("cancelTransfer", lock, by="alice")
    assert side.refusal("inceptTransfer", lock, by="bob").startswith("WrongLockState")
