"""One secret over two chains: both locks pay or both come back, whoever has the secret.

The first lock delivers, the second pays; the seller of the first has the secret.
"""

from __future__ import annotations

import pytest

from tests.contracts.bank import HOUR, PAUSE_SETTLE
from tests.contracts.lock_desk import (
    NOTHING,
    UNCHANGED,
    Lock,
    Oracle,
    Side,
    TwoChains,
    hash_of,
    text,
)

DELIVERED = ((-100, 0), (100, 0))
SECRET = Oracle().keys(5).success
RECEIVED = ((250, 0), (-250, 0))


@pytest.fixture
def swap(chains: TwoChains, sides: tuple[Side, Side]) -> tuple[Lock, Lock]:
    """Alice has the secret: she delivers for three hours, and is to be paid within one.

    Both locks are under her secret and name each other by their legs.
    """
    assets, payments = sides
    now, keys = chains.now, Oracle().keys(5)
    first = assets.lock(keys, now, failure_hash=NOTHING)
    second = payments.lock(
        keys,
        now,
        seller=first.buyer,
        buyer=first.seller,
        amount=250,
        failure_hash=NOTHING,
        deadline=first.counter_deadline,
        counter_deadline=first.deadline,
        leads=True,
    )
    legs = [
        text(side.box.read("legOf", lock.abi))
        for side, lock in zip(sides, (first, second), strict=True)
    ]
    return first.but(counterpart=legs[1]), second.but(counterpart=legs[0])


def test_one_secret_moves_both(sides: tuple[Side, Side], swap: tuple[Lock, Lock]) -> None:
    for side, lock in zip(sides, swap, strict=True):
        side.binds(lock)
    claimed = sides[1].shows(swap[1], SECRET, by="alice")
    (shown,) = [
        args["key"] for name, args in sides[1].box.events(claimed) if name == "TransferClaimed"
    ]
    sides[0].shows(swap[0], bytes.fromhex(shown[2:]), by="bob")
    assert (sides[0].holdings(), sides[1].holdings()) == (DELIVERED, RECEIVED)


def test_a_secret_never_shown_moves_nothing(
    chains: TwoChains, sides: tuple[Side, Side], swap: tuple[Lock, Lock]
) -> None:
    for side, lock in zip(sides, swap, strict=True):
        side.binds(lock)
    chains.advance_to(swap[1].deadline)
    assert sides[1].refusal("transferWithKey", swap[1], SECRET, by="alice").startswith("Deadline")
    sides[1].sends("refundTransfer", swap[1])
    # The first lock is still open: its buyer had the time to use a secret shown at the last second.
    assert sides[0].refusal("refundTransfer", swap[0], by="alice").startswith("RefundAhead")
    chains.advance_to(swap[0].deadline)
    sides[0].sends("refundTransfer", swap[0])
    assert (sides[0].holdings(), sides[1].holdings()) == (UNCHANGED, UNCHANGED)


def test_a_secret_shown_in_vain_still_pays_both(
    chains: TwoChains, sides: tuple[Side, Side], swap: tuple[Lock, Lock]
) -> None:
    for side, lock in zip(sides, swap, strict=True):
        side.binds(lock)
    sides[1].bank.token.send("pause", PAUSE_SETTLE, by=sides[1].bank.guardian)
    sides[1].shows(swap[1], SECRET, by="alice")
    sides[0].shows(swap[0], SECRET, by="bob")
    chains.advance_to(swap[1].deadline + HOUR)
    sides[1].bank.token.send("unpause", PAUSE_SETTLE, by=sides[1].bank.admin)
    sides[1].sends("payOut", swap[1])
    assert (sides[0].holdings(), sides[1].holdings()) == (DELIVERED, RECEIVED)


def test_only_one_side_is_bound(
    chains: TwoChains, sides: tuple[Side, Side], swap: tuple[Lock, Lock]
) -> None:
    sides[0].binds(swap[0])
    chains.advance_to(swap[0].deadline)
    sides[0].sends("refundTransfer", swap[0])
    assert sides[0].holdings() == UNCHANGED


def test_a_hash_lock_has_no_failure_key(sides: tuple[Side, Side], swap: tuple[Lock, Lock]) -> None:
    sides[0].binds(swap[0])
    told = sides[0].refusal("transferWithKey", swap[0], bytes(32), by="alice")
    assert told == f"WrongKey(id: {sides[0].id(swap[0])}, keyHash: {hash_of(bytes(32))})"
