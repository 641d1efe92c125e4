"""A chain as a tree of forks, in memory: any branch may be the canonical one, at any moment.

In: signed transactions, and what the simulator wants of the chain. Out: JSON-RPC answers of an
honest endpoint. Used by the simulator. A block is its parent, its transactions and a salt; the
state of the contracts belongs to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from eth_account import Account
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from eth_utils.crypto import keccak
from hexbytes import HexBytes

from tests.contracts.model.world import Refusal
from tests.simulation.contracts import Contracts

Json = dict[str, Any]


@dataclass(frozen=True)
class Sent:
    """A signed transaction, read."""

    hash: str
    sender: str
    nonce: int
    to: str
    data: str
    fee_max: int


@dataclass(frozen=True)
class Done:
    """What became of a transaction in a block."""

    sent: Sent
    status: bool
    logs: Sequence[Json]


@dataclass(frozen=True)
class Block:
    """A block with the state behind it; `nonces` counts what each account has had mined."""

    number: int
    hash: str
    parent: Block | None
    time: int
    done: tuple[Done, ...]
    contracts: Contracts
    nonces: dict[str, int]

    def ancestor(self, number: int) -> Block:
        """The block at a height on this branch."""
        at = self
        while at.number > number and at.parent is not None:
            at = at.parent
        return at


def read(raw: str) -> Sent:
    """The transaction in signed bytes."""
    fields = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
    return Sent(
        hash="0x" + keccak(hexstr=raw).hex(),
        sender=str(Account.recover_transaction(raw)).lower(),
        nonce=int(fields["nonce"]),
        to="0x" + bytes(fields["to"]).hex(),
        data="0x" + bytes(fields["data"]).hex(),
        fee_max=int(fields["maxFeePerGas"]),
    )


@dataclass
class Forks:
    """The tree, the canonical head, and the transactions that wait."""

    contracts: Contracts
    now: Callable[[], int]
    head: Block = field(init=False)
    pool: dict[str, Sent] = field(default_factory=dict)
    known: dict[str, Block] = field(default_factory=dict)  # canonical: by hash
    salt: int = 0

    def __post_init__(self) -> None:
        first = "0x" + keccak(text="genesis").hex()
        self.head = Block(0, first, None, self.now(), (), self.contracts, {})
        self.canonical = [self.head]
        self.places: dict[str, Block] = {}
        self.known[first] = self.head

    def nonce(self, account: str) -> int:
        """How many transactions of an account are mined."""
        return self.head.nonces.get(account.lower(), 0)

    def take(self, raw: str) -> str:
        """Let a transaction wait; raises `Refusal` with the words of an endpoint."""
        sent = read(raw)
        if sent.hash in self.pool:
            raise Refusal("already known")
        if sent.nonce < self.nonce(sent.sender):
            raise Refusal("nonce too low")
        rivals = [
            each
            for each in self.pool.values()
            if (each.sender, each.nonce) == (sent.sender, sent.nonce)
        ]
        for each in rivals:
            if sent.fee_max * 10 < each.fee_max * 11:
                raise Refusal("replacement transaction underpriced")
            del self.pool[each.hash]
        self.pool[sent.hash] = sent
        return sent.hash

    def mine(self, order: Random, most: int = 20) -> Block:
        """One more block of what waits, in an order of the miner's own."""
        chosen: list[Sent] = []
        nonces = dict(self.head.nonces)
        waiting = list(self.pool.values())
        order.shuffle(waiting)
        while len(chosen) < most:
            ready = [each for each in waiting if nonces.get(each.sender, 0) == each.nonce]
            if not ready:
                break
            chosen.append(ready[0])
            waiting.remove(ready[0])
            nonces[ready[0].sender] = ready[0].nonce + 1
        return self.append(chosen)

    def append(self, chosen: Sequence[Sent]) -> Block:
        """One more block with exactly these, as far as their nonces allow."""
        parent, self.salt = self.head, self.salt + 1
        contracts = parent.contracts.copy() if chosen else parent.contracts
        nonces, time, done = dict(parent.nonces), max(parent.time + 1, self.now()), []
        for each in chosen:
            if nonces.get(each.sender, 0) != each.nonce:
                continue
            nonces[each.sender] = each.nonce + 1
            try:
                done.append(Done(each, True, contracts.run(each.sender, each.to, each.data, time)))
            except Refusal:
                done.append(Done(each, False, ()))
        told = f"{parent.hash} {self.salt} {[each.sent.hash for each in done]}"
        block = Block(
            parent.number + 1,
            "0x" + keccak(text=told).hex(),
            parent,
            time,
            tuple(done),
            contracts,
            nonces,
        )
        self.become(block)
        return block

    def become(self, head: Block) -> None:
        """Let that branch be the canonical one; what it has mined no longer waits."""
        self.head = head
        at: Block | None = head
        new: list[Block] = []
        while at is not None and not (
            at.number < len(self.canonical) and self.canonical[at.number] is at
        ):
            new.append(at)
            at = at.parent
        kept = 0 if at is None else at.number + 1
        for dropped in self.canonical[kept:]:
            del self.known[dropped.hash]
            for each in dropped.done:
                self.places.pop(each.sent.hash, None)
        del self.canonical[kept:]
        for block in reversed(new):
            self.canonical.append(block)
            self.known[block.hash] = block
            for each in block.done:
                self.places[each.sent.hash] = block
        self.pool = {
            key: each for key, each in self.pool.items() if each.nonce >= self.nonce(each.sender)
        }
