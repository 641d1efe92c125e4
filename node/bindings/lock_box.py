"""LockBox: what its events mean for the books, and the calls we make on it.

In: terms of deliveries and payments over two chains, keys. Out: `RULES`, calls. Called by: the
rulebook of all bindings, settlement.

The box never has money: it lies in holds on the tokens, and each token has an event for what moves.
Those are booked, under the id of the lock or payment as reference.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any, Final

from node.chain.artifacts import load
from node.chain.codec import encode_call
from node.chain.deployments import DeployedContract
from node.core.errors import Rejected
from node.core.types import Address
from node.posting.rule import silent
from node.submission.service import Call

CONTRACT: Final = "LockBox"
NO_FAILURE_KEY: Final = bytes(32)
# A key in a transaction that comes too late is public and pays nobody.
KEY_LEAD_SECONDS: Final = 600


class KeyTooLate(Rejected):
    """So near to the deadline the key might become public without paying."""

    code = "KEY_TOO_LATE"
    title = "Too late to show the key"


@dataclass(frozen=True, slots=True)
class Lock:
    """A delivery on this chain; its id on chain is the hash of this. Times in Unix seconds.

    Without failure key (`NO_FAILURE_KEY`) it is a hash-lock; `leads` says that its buyer has the
    secret. `counterpart` names the other leg.
    """

    token: Address
    seller: Address
    buyer: Address
    amount: int
    success_hash: bytes
    failure_hash: bytes
    deadline: int
    counter_deadline: int
    leads: bool
    counterpart: bytes
    ref: bytes

    def as_argument(self) -> tuple[Any, ...]:
        """As the contract takes it."""
        return astuple(self)


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment on this chain that decides which key of a delivery elsewhere becomes known."""

    token: Address
    payer: Address
    payee: Address
    amount: int
    success_hash: bytes
    failure_hash: bytes
    deadline: int
    ref: bytes

    def as_argument(self) -> tuple[Any, ...]:
        """As the contract takes it."""
        return astuple(self)


def lock_id(box: DeployedContract, lock: Lock) -> Call:
    """Ask for the id of a lock."""
    return _call(box, "lockId", lock.as_argument())


def hold_of(box: DeployedContract, lock: Lock) -> Call:
    """Ask for the hold that the seller opens."""
    return _call(box, "holdOf", lock.as_argument())


def payment_id(box: DeployedContract, payment: Payment) -> Call:
    """Ask for the id of a payment."""
    return _call(box, "paymentId", payment.as_argument())


def payment_hold_of(box: DeployedContract, payment: Payment) -> Call:
    """Ask for the hold that the payer opens."""
    return _call(box, "paymentHoldOf", payment.as_argument())


def incept_transfer(box: DeployedContract, lock: Lock) -> Call:
    """Agree to a delivery, as its buyer."""
    return _call(box, "inceptTransfer", lock.as_argument())


def confirm_transfer(box: DeployedContract, lock: Lock) -> Call:
    """Bind what is held to the keys, as the seller."""
    return _call(box, "confirmTransfer", lock.as_argument())


def cancel_transfer(box: DeployedContract, lock: Lock) -> Call:
    """Leave while nothing is bound, as either party."""
    return _call(box, "cancelTransfer", lock.as_argument())


def claim(box: DeployedContract, lock: Lock, key: bytes, now: int) -> Call:
    """Show the success key. Raises `KeyTooLate` where that is not safe any more."""
    if now + KEY_LEAD_SECONDS > lock.deadline:
        raise KeyTooLate(
            f"{max(lock.deadline - now, 0)} seconds are left to show the key of a lock",
            remedy=f"Show keys {KEY_LEAD_SECONDS} seconds before the deadline at the latest; now"
            " ask the other party, or wait for the refund.",
        )
    return _call(box, "transferWithKey", lock.as_argument(), key)


def reclaim(box: DeployedContract, lock: Lock, key: bytes) -> Call:
    """Show the failure key, which can never be too late."""
    return _call(box, "transferWithKey", lock.as_argument(), key)


def pay_out(box: DeployedContract, lock: Lock) -> Call:
    """Try again to pay what was claimed."""
    return _call(box, "payOut", lock.as_argument())


def refund_transfer(box: DeployedContract, lock: Lock) -> Call:
    """Give back what was not claimed in time."""
    return _call(box, "refundTransfer", lock.as_argument())


def transfer_and_decrypt(
    box: DeployedContract, payment: Payment, if_paid: bytes, if_not: bytes
) -> Call:
    """Pay what is held, as the payer; asks with the document of what came of it."""
    return _call(box, "transferAndDecrypt", payment.as_argument(), if_paid, if_not)


def cancel_and_decrypt(box: DeployedContract, payment: Payment, if_not: bytes) -> Call:
    """Decide that it will not be paid."""
    return _call(box, "cancelAndDecrypt", payment.as_argument(), if_not)


def request_key(box: DeployedContract, payment: Payment, document: bytes) -> Call:
    """Ask again for the key of a decided payment."""
    return _call(box, "requestKey", payment.as_argument(), document)


def release_key(box: DeployedContract, payment: Payment, key: bytes) -> Call:
    """Publish the key of the outcome."""
    return _call(box, "releaseKey", payment.as_argument(), key)


def _call(box: DeployedContract, function: str, *args: object) -> Call:
    return Call(box.address, encode_call(load(CONTRACT), function, args))


RULES: Final = (
    silent(CONTRACT, "TransferIncepted", "what is to be delivered has not moved yet"),
    silent(CONTRACT, "TransferConfirmed", "held money stays the holder's"),
    silent(CONTRACT, "TransferClaimed", "a claim moves nothing until it is paid"),
    silent(CONTRACT, "TransferPaid", "what was paid has an event of its token"),
    silent(CONTRACT, "TransferReclaimed", "what was held is free again; nothing moved"),
    silent(CONTRACT, "TransferRefunded", "what was held is free again; nothing moved"),
    silent(CONTRACT, "TransferCancelled", "what was held is free again; nothing moved"),
    silent(CONTRACT, "PayoutFailed", "nothing moved, and the event says why"),
    silent(CONTRACT, "TransferKeyRequested", "a payment has an event of its token"),
    silent(CONTRACT, "TransferKeyReleased", "a key moves no money"),
)
