"""LockBox: its events move nothing by themselves, and the calls we make.

In: terms written by hand. Run by pytest.
"""

from collections.abc import Callable
from typing import Any

import pytest
from eth_abi.abi import decode
from eth_utils.abi import function_signature_to_4byte_selector

from node.bindings import lock_box, rulebook
from node.bindings.lock_box import KEY_LEAD_SECONDS, KeyTooLate, Lock, Payment
from node.chain.deployments import DeployedContract
from node.core.types import Address, BlockNumber, Hash32
from node.posting.rule import NoPosting
from node.submission.service import Call
from tests.support.ledger_events import chain_event

LOCK = "(address,address,address,uint256,bytes32,bytes32,uint64,uint64,bool,bytes32,bytes32)"
PAYMENT = "(address,address,address,uint256,bytes32,bytes32,uint64,bytes32)"
BOX = DeployedContract(
    label="lock_box",
    contract="LockBox",
    address=Address("0x" + "22" * 20),
    block_number=BlockNumber(1),
    tx_hash=Hash32("0x1"),
    constructor_args=(),
    artifact_hash="",
    currency="",
)
TOKEN, ALICE, BOB = (Address("0x" + digit * 40) for digit in "abc")
DEADLINE = 1_800_000_000
KEY = b"\5" * 32
LOCKED = Lock(
    token=TOKEN,
    seller=ALICE,
    buyer=BOB,
    amount=500,
    success_hash=b"\1" * 32,
    failure_hash=b"\2" * 32,
    deadline=DEADLINE,
    counter_deadline=DEADLINE - 3600,
    leads=False,
    counterpart=b"\3" * 32,
    ref=b"\4" * 32,
)
PAID = Payment(
    token=TOKEN,
    payer=BOB,
    payee=ALICE,
    amount=70,
    success_hash=b"\1" * 32,
    failure_hash=b"\2" * 32,
    deadline=DEADLINE - 3600,
    ref=b"\4" * 32,
)


def arguments(call: Call, function: str, *types: str) -> tuple[Any, ...]:
    """The arguments of a call, read without the node's own codec."""
    data = bytes.fromhex(call.calldata.removeprefix("0x"))
    assert call.target == BOX.address
    assert data[:4] == function_signature_to_4byte_selector(f"{function}({','.join(types)})")
    return decode(types, data[4:])


@pytest.mark.parametrize("now", [DEADLINE - KEY_LEAD_SECONDS + 1, DEADLINE, DEADLINE + 9])
def test_a_key_is_not_shown_when_it_may_come_too_late(now: int) -> None:
    with pytest.raises(KeyTooLate) as refused:
        lock_box.claim(BOX, LOCKED, KEY, now)
    assert refused.value.detail.startswith(f"{max(DEADLINE - now, 0)} seconds are left")


def test_a_key_shown_in_time_claims() -> None:
    call = lock_box.claim(BOX, LOCKED, KEY, DEADLINE - KEY_LEAD_SECONDS)
    assert arguments(call, "transferWithKey", LOCK, "bytes32") == (LOCKED.as_argument(), KEY)


def test_a_failure_key_is_never_too_late() -> None:
    call = lock_box.reclaim(BOX, LOCKED, KEY)
    assert arguments(call, "transferWithKey", LOCK, "bytes32") == (LOCKED.as_argument(), KEY)


@pytest.mark.parametrize(
    ("make", "function"),
    [
        (lock_box.lock_id, "lockId"),
        (lock_box.hold_of, "holdOf"),
        (lock_box.incept_transfer, "inceptTransfer"),
        (lock_box.confirm_transfer, "confirmTransfer"),
        (lock_box.cancel_transfer, "cancelTransfer"),
        (lock_box.pay_out, "payOut"),
        (lock_box.refund_transfer, "refundTransfer"),
    ],
)
def test_a_lock_is_called_by_all_of_its_terms(
    make: Callable[[DeployedContract, Lock], Call], function: str
) -> None:
    assert arguments(make(BOX, LOCKED), function, LOCK) == (LOCKED.as_argument(),)


@pytest.mark.parametrize(
    ("make", "function"),
    [(lock_box.payment_id, "paymentId"), (lock_box.payment_hold_of, "paymentHoldOf")],
)
def test_a_payment_is_asked_for_by_all_of_its_terms(
    make: Callable[[DeployedContract, Payment], Call], function: str
) -> None:
    assert arguments(make(BOX, PAID), function, PAYMENT) == (PAID.as_argument(),)


def test_a_payment_is_decided_with_documents() -> None:
    call = lock_box.transfer_and_decrypt(BOX, PAID, b"paid", b"not paid")
    found = arguments(call, "transferAndDecrypt", PAYMENT, "bytes", "bytes")
    assert found == (PAID.as_argument(), b"paid", b"not paid")
    call = lock_box.cancel_and_decrypt(BOX, PAID, b"not paid")
    found = arguments(call, "cancelAndDecrypt", PAYMENT, "bytes")
    assert found == (PAID.as_argument(), b"not paid")


def test_a_key_is_asked_for_again_and_published() -> None:
    call = lock_box.request_key(BOX, PAID, b"paid")
    assert arguments(call, "requestKey", PAYMENT, "bytes") == (PAID.as_argument(), b"paid")
    call = lock_box.release_key(BOX, PAID, KEY)
    assert arguments(call, "releaseKey", PAYMENT, "bytes32") == (PAID.as_argument(), KEY)


@pytest.mark.parametrize("name", ["TransferPaid", "TransferClaimed", "TransferKeyRequested"])
def test_what_the_box_says_moves_nothing(name: str) -> None:
    event = chain_event(name, {}, contract="LockBox")
    assert isinstance(rulebook().propose(event, (event,), None), NoPosting)
