"""A chain that does what a test's script says: blocks and forks by name, without an EVM.

In: names of transactions per block, forks. Out: JSON-RPC answers, the catalog of its one contract.
Used by tests of the indexer. A block is its parent and its transactions, so a branch that returns
has the hashes it had before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from eth_utils.crypto import keccak

from node.chain.artifacts import load
from node.chain.codec import event_topics
from node.chain.deployments import DeployedContract, checksummed
from node.core.types import BlockNumber, Hash32
from node.events.catalog import Catalog
from tests.support.fault_proxy import Faults

CHAIN_ID = 131277322940537
TOKEN = checksummed("0x" + "70" * 20)
START_TIME = 1_800_000_000
_TRANSFER_REF = event_topics(load("DepositToken"))["TransferRef"]


def hash_of(*parts: object) -> Hash32:
    """The hash of some names."""
    return Hash32("0x" + keccak(text="|".join(map(str, parts))).hex())


def catalog(first_block: int = 1) -> Catalog:
    """The catalog that names the one token of the script."""
    token = DeployedContract(
        label="CAD.token",
        contract="DepositToken",
        address=TOKEN,
        block_number=BlockNumber(first_block),
        tx_hash=hash_of("deployment"),
        constructor_args=(),
        artifact_hash=load("DepositToken").hash,
        currency="CAD",
    )
    return Catalog([token])


@dataclass(frozen=True)
class Block:
    """One block of the script; `salt` tells two empty ones apart."""

    number: int
    parent: str
    names: tuple[str, ...]
    salt: str

    @property
    def hash(self) -> Hash32:
        return hash_of(self.number, self.parent, self.names, self.salt)


def _genesis() -> list[Block]:
    return [Block(0, hash_of("nothing"), (), "")]


@dataclass
class ScriptedChain:
    """The branch that is canonical now. A transaction is its name; it writes one log, or more.

    `two:x` writes two logs, `odd:x` one that the contract does not explain.
    """

    branch: list[Block] = field(default_factory=_genesis)
    finalized: int | None = None

    @property
    def head(self) -> Block:
        return self.branch[-1]

    def mine(self, *names: str, salt: str = "") -> None:
        """One more block with these transactions."""
        self.branch.append(Block(self.head.number + 1, self.head.hash, names, salt))

    def reorg(self, depth: int, *blocks: Iterable[str], salt: str = "fork") -> list[Block]:
        """Replace the newest blocks by these; gives the blocks that were dropped."""
        dropped = self.branch[len(self.branch) - depth :]
        del self.branch[len(self.branch) - depth :]
        for names in blocks:
            self.mine(*names, salt=salt)
        return dropped

    def restore(self, blocks: Sequence[Block]) -> None:
        """Bring a branch back, block for block."""
        del self.branch[blocks[0].number :]
        self.branch.extend(blocks)

    def faults(self) -> Faults:
        """The chain as an endpoint that may be made to fail."""
        return Faults(self.answer)

    def answer(self, method: str, params: list[Any]) -> dict[str, Any]:
        """One JSON-RPC answer."""
        try:
            return {"jsonrpc": "2.0", "id": 1, "result": getattr(self, f"_{method}")(*params)}
        except LookupError:
            error = {"code": -32000, "message": "unknown block"}
            return {"jsonrpc": "2.0", "id": 1, "error": error}

    def _eth_chainId(self) -> str:  # noqa: N802 - named as the method it answers
        return hex(CHAIN_ID)

    def _eth_getBlockByNumber(self, at: str, _full: object) -> dict[str, Any] | None:  # noqa: N802
        tags = {"latest": self.head.number, "finalized": self.finalized or 0}
        number = tags[at] if at in tags else int(at, 16)
        return _header(self.branch[number]) if number < len(self.branch) else None

    def _eth_getLogs(self, query: dict[str, Any]) -> list[dict[str, Any]]:  # noqa: N802
        if "blockHash" in query:
            by_hash = {block.hash: block for block in self.branch}
            return logs(by_hash[query["blockHash"]])
        low, high = int(query["fromBlock"], 16), int(query["toBlock"], 16)
        return [each for block in self.branch[low : high + 1] for each in logs(block)]


def logs(block: Block) -> list[dict[str, Any]]:
    """Every log of a block."""
    written = [name for name in block.names for _ in range(2 if name.startswith("two:") else 1)]
    return [
        {
            "address": TOKEN,
            "topics": _topics(name),
            "data": f"0x{int.from_bytes(keccak(text=name)[:4], 'big'):064x}",
            "blockNumber": hex(block.number),
            "blockHash": block.hash,
            "transactionHash": hash_of("transaction", name),
            "logIndex": hex(at),
        }
        for at, name in enumerate(written)
    ]


def _topics(name: str) -> list[str]:
    if name.startswith("odd:"):
        return [hash_of("no event of ours")]
    payer, payee = (f"0x{at:064x}" for at in (1, 2))
    return [_TRANSFER_REF, payer, payee, hash_of("ref", name)]


def _header(block: Block) -> dict[str, Any]:
    return {
        "number": hex(block.number),
        "hash": block.hash,
        "parentHash": block.parent,
        "timestamp": hex(START_TIME + 12 * block.number),
        "logsBloom": "0x" + "ff" * 256,
        "receiptsRoot": hash_of("receipts", block.number, block.names),
        "transactions": [hash_of("transaction", name) for name in block.names],
    }
