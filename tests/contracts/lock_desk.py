"""Two chains with a bank on each, a LockBox on both, and an oracle that has the keys.

In: the committed artifacts. Out: `TwoChains`, its two `Side`s, builders for locks and payments.
Used by the tests of the LockBox beside this file. The boxes have one address, as they would have
when deployed alike; what tells them apart is the number of their chain.
"""

from __future__ import annotations

import hmac
from dataclasses import astuple, dataclass, replace
from hashlib import sha256
from typing import Any

from node.chain import artifacts
from tests.contracts.bank import HOUR, Bank, ref
from tests.contracts.chain import Receipt

NONE, INCEPTED, CONFIRMED, CLAIMED, PAID, RECLAIMED, REFUNDED, CANCELLED = range(8)
UNDECIDED, SETTLED, FAILED = range(3)
DAY = 24 * HOUR
NOTHING = "0x" + "0" * 64
SELLER, BUYER = "alice", "bob"
FUNDS = 10_000
ASSET_CHAIN, PAYMENT_CHAIN = 131_277_322_940_537, 4_711


def text(raw: bytes) -> str:
    """As the codec writes bytes."""
    return "0x" + raw.hex()


def hash_of(key: bytes) -> str:
    return text(sha256(key).digest())


@dataclass(frozen=True)
class Lock:
    """A delivery, as Solidity orders it."""

    token: str
    seller: str
    buyer: str
    amount: int
    success_hash: str
    failure_hash: str
    deadline: int
    counter_deadline: int
    leads: bool
    counterpart: str
    ref: str

    @property
    def abi(self) -> tuple[Any, ...]:
        return astuple(self)

    def but(self, **changes: object) -> Lock:
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Payment:
    """A payment, as Solidity orders it."""

    token: str
    payer: str
    payee: str
    amount: int
    success_hash: str
    failure_hash: str
    deadline: int
    ref: str

    @property
    def abi(self) -> tuple[Any, ...]:
        return astuple(self)

    def but(self, **changes: object) -> Payment:
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Keys:
    """Of one trade."""

    success: bytes
    failure: bytes


class Oracle:
    """Keeps one secret and no state: a document says for what it gives which key."""

    _SECRET = b"the oracle's own"

    def keys(self, trade: int) -> Keys:
        nonce = trade.to_bytes(32)
        return Keys(self._derive(nonce, b"\1"), self._derive(nonce, b"\0"))

    def document(self, trade: int, payment_id: str, *, success: bool) -> bytes:
        body = trade.to_bytes(32) + bytes.fromhex(payment_id[2:]) + bytes([success])
        return body + self._derive(body, b"document")

    def answer(self, asked: dict[str, Any]) -> bytes | None:
        """The key, if the document was made for exactly this payment and this outcome."""
        document = bytes.fromhex(asked["keyEncrypted"][2:])
        body, seal = document[:-32], document[-32:]
        if not hmac.compare_digest(seal, self._derive(body, b"document")):
            return None
        if body[32:] != bytes.fromhex(asked["id"][2:]) + bytes([asked["success"]]):
            return None
        return self._derive(body[:32], body[64:])

    def _derive(self, content: bytes, purpose: bytes) -> bytes:
        return hmac.digest(self._SECRET, purpose + content, "sha256")


class Side:
    """One chain: its bank, its box, and money of both parties."""

    def __init__(self, chain_id: int) -> None:
        self.bank = Bank()
        self.bank.chain._tester.backend.chain.chain_id = chain_id
        self.chain = self.bank.chain
        self.token = self.bank.token
        artifact = artifacts.load("LockBox")
        self.box = self.chain.deploy(artifact, by=self.bank.admin)
        for party in (SELLER, BUYER):
            self.bank.mint(self.address(party), FUNDS)

    def address(self, party: str) -> str:
        return str(getattr(self.bank, party))

    def lock(self, keys: Keys, now: int, **changes: object) -> Lock:
        """The seller delivers 100: the other leg within an hour, and two more to show the key."""
        return Lock(
            token=self.token.address,
            seller=self.address(SELLER),
            buyer=self.address(BUYER),
            amount=100,
            success_hash=hash_of(keys.success),
            failure_hash=hash_of(keys.failure),
            deadline=now + 3 * HOUR,
            counter_deadline=now + HOUR,
            leads=False,
            counterpart=ref(7, 7),
            ref=ref(1, 1),
        ).but(**changes)

    def payment(self, keys: Keys, now: int, **changes: object) -> Payment:
        """The buyer pays 250 within an hour."""
        return Payment(
            token=self.token.address,
            payer=self.address(BUYER),
            payee=self.address(SELLER),
            amount=250,
            success_hash=hash_of(keys.success),
            failure_hash=hash_of(keys.failure),
            deadline=now + HOUR,
            ref=ref(1, 2),
        ).but(**changes)

    def id(self, terms: Lock | Payment) -> str:
        function = "lockId" if isinstance(terms, Lock) else "paymentId"
        return text(self.box.read(function, terms.abi))

    def state(self, terms: Lock | Payment) -> int:
        function = "lockState" if isinstance(terms, Lock) else "paymentState"
        return int(self.box.read(function, self.id(terms)))

    def hold(self, terms: Lock | Payment) -> tuple[Any, ...]:
        """The terms of its hold, as the box gives them."""
        function = "holdOf" if isinstance(terms, Lock) else "paymentHoldOf"
        return tuple(self.box.read(function, terms.abi).values())

    def opens(self, terms: Lock | Payment) -> str:
        """The holder opens the hold; its id."""
        hold = self.hold(terms)
        self.token.send("createHold", hold, by=hold[0])
        return text(self.token.read("holdId", hold))

    def incepts(self, lock: Lock) -> Receipt:
        return self.box.send("inceptTransfer", lock.abi, by=lock.buyer)

    def confirms(self, lock: Lock) -> Receipt:
        return self.box.send("confirmTransfer", lock.abi, by=lock.seller)

    def binds(self, lock: Lock) -> Lock:
        """Incept, hold and confirm."""
        self.incepts(lock)
        self.opens(lock)
        self.confirms(lock)
        return lock

    def shows(self, lock: Lock, key: bytes, by: str = "stranger") -> Receipt:
        return self.box.send("transferWithKey", lock.abi, key, by=self.address(by))

    def sends(self, function: str, terms: Lock | Payment, by: str = "stranger") -> Receipt:
        return self.box.send(function, terms.abi, by=self.address(by))

    def refusal(self, function: str, terms: Lock | Payment, *more: object, by: str) -> str:
        return self.box.refusal(function, terms.abi, *more, by=self.address(by))

    def names(self, receipt: Receipt) -> list[str]:
        return [name for name, _ in self.box.events(receipt)]

    def holdings(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Balance and held amount of seller and buyer, beyond what they began with."""
        positions = [self.bank.position(self.address(party)) for party in (SELLER, BUYER)]
        seller, buyer = [(balance - FUNDS, held) for balance, held in positions]
        return seller, buyer


UNCHANGED = ((0, 0), (0, 0))


@dataclass(frozen=True)
class Trade:
    """One delivery against one payment: terms of both legs, and the oracle's documents."""

    keys: Keys
    lock: Lock
    payment: Payment
    if_paid: bytes
    if_not: bytes


class TwoChains:
    """A delivery on one chain, a payment on the other; either bank may have either part."""

    def __init__(self) -> None:
        self.one, self.other = Side(ASSET_CHAIN), Side(PAYMENT_CHAIN)
        self.oracle = Oracle()

    @property
    def now(self) -> int:
        return max(self.one.chain.now, self.other.chain.now)

    def trade(self, assets: Side, payments: Side, number: int = 1) -> Trade:
        keys, now = self.oracle.keys(number), self.now
        payment = payments.payment(keys, now)
        paid = payments.id(payment)
        return Trade(
            keys=keys,
            lock=assets.lock(keys, now, counterpart=paid, counter_deadline=payment.deadline),
            payment=payment,
            if_paid=self.oracle.document(number, paid, success=True),
            if_not=self.oracle.document(number, paid, success=False),
        )

    def advance_to(self, time: int) -> None:
        """Both chains have at least this time."""
        for side in (self.one, self.other):
            if side.chain.now < time:
                side.chain.advance(time - side.chain.now)


def asked(side: Side, receipt: Receipt) -> dict[str, Any]:
    """What the payment asks the oracle for."""
    (found,) = [args for name, args in side.box.events(receipt) if name == "TransferKeyRequested"]
    return found
