"""A chain full of transfers, made anew for each run, and what every event on it must be.

In: how many blocks, and how many transactions and events in each. Out: `Source`: a development
chain that serves them, and the truth about them, known from how they were made and from the blocks
alone. Called by: ingest, its benchmarks. Made in seconds, so nothing is kept from run to run.
"""

from __future__ import annotations

import atexit
import itertools
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, NamedTuple

import httpx
import orjson
from eth_utils.crypto import keccak

from node.chain import codec
from node.chain.artifacts import Artifact, load
from node.chain.deployments import DeployedContract, checksummed
from node.core.types import Address, BlockNumber, Hash32
from node.events.catalog import Catalog
from scripts.bench.compiled import compiled
from scripts.bench.measured import Absent
from tests.support import anvil

CHAIN_ID: Final = 20260
CONTRACT: Final = "Transfers"
FIRST_BLOCK: Final = 1
_GAS: Final = hex(1_000_000)
_OPTIONS: Final = (
    "--no-mining", "--order", "fifo", "--gas-limit", "300000000", "--block-base-fee-per-gas", "0",
)  # fmt: skip
_CHAINS: Final = ExitStack()
atexit.register(_CHAINS.close)
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Workload:
    """So many blocks, each of so many transactions, each of so many events."""

    blocks: int
    transactions: int
    events: int

    @property
    def count(self) -> int:
        """All events."""
        return self.blocks * self.transactions * self.events


DENSE: Final = Workload(2_000, 5, 20)
SPARSE: Final = Workload(10_000, 1, 2)


class Transfer(NamedTuple):
    """One event as it must be kept."""

    block_number: int
    block_hash: str
    block_timestamp: int
    tx_hash: str
    log_index: int
    payer: str
    payee: str
    value: str


class Wire:
    """One connection to the chain, spoken to in batches."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = httpx.Client(timeout=120, headers={"Content-Type": "application/json"})
        self._ids = itertools.count(1)

    def ask(self, method: str, *params: object) -> Any:  # noqa: ANN401 - JSON
        """The result of one question."""
        return self.ask_all([(method, *params)])[0]

    def ask_all(self, questions: Sequence[tuple[object, ...]]) -> list[Any]:
        """The results of several, sent as one batch, in their order."""
        body = [
            {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": params}
            for method, *params in questions
        ]
        answers = orjson.loads(self.post(orjson.dumps(body)))
        by_id = {each["id"]: each for each in answers}
        return [by_id[each["id"]]["result"] for each in body]

    def post(self, body: bytes) -> bytes:
        """What is answered to a request, byte for byte."""
        return self._client.post(self._url, content=body).raise_for_status().content

    def close(self) -> None:
        """Hang up."""
        self._client.close()


@dataclass(frozen=True)
class Source:
    """A chain that serves a workload."""

    url: str
    workload: Workload
    contract: Address
    artifact: Artifact
    wire: Wire = field(repr=False)

    @property
    def first_block(self) -> int:
        """The block of the contract itself; events begin in the next one."""
        return FIRST_BLOCK

    @property
    def last_block(self) -> int:
        """The newest block."""
        return self.first_block + self.workload.blocks

    def truth(self) -> Iterator[Transfer]:
        """Every event, in chain order."""
        numbers = itertools.count()
        per_block = self.workload.transactions * self.workload.events
        for block in self._blocks():
            for place in range(per_block):
                number, sent_by = next(numbers), place // self.workload.events
                yield Transfer(
                    int(block["number"], 16),
                    block["hash"],
                    int(block["timestamp"], 16),
                    block["transactions"][sent_by],
                    place,
                    "0x" + keccak(number.to_bytes(32, "big"))[-20:].hex(),
                    f"0x{number + 1:040x}",
                    str(number * 10**18 + 7),
                )

    def _blocks(self) -> Iterator[Json]:
        numbers = range(self.first_block + 1, self.last_block + 1)
        for at in range(0, len(numbers), 100):
            part = numbers[at : at + 100]
            yield from self.wire.ask_all([("eth_getBlockByNumber", hex(n), False) for n in part])


def catalog_of(contract: Address) -> Catalog:
    """The node's view of the contract: a deposit token has the same event."""
    token = DeployedContract(
        label="CAD.token",
        contract="DepositToken",
        address=contract,
        block_number=BlockNumber(FIRST_BLOCK),
        tx_hash=Hash32("0x" + "00" * 32),
        constructor_args=(),
        artifact_hash=load("DepositToken").hash,
        currency="CAD",
    )
    return Catalog([token])


@cache
def source_of(workload: Workload) -> Source:
    """The workload on a chain that lives as long as this process. Raises `Absent`."""
    return _CHAINS.enter_context(served(workload))


@contextmanager
def served(workload: Workload) -> Iterator[Source]:
    """The workload on a chain of its own, until the block ends. Raises `Absent`."""
    reason = anvil.why_absent()
    if reason is not None:
        raise Absent(reason)
    artifact = compiled(CONTRACT)[CONTRACT]
    keeper = ("--transaction-block-keeper", str(workload.blocks + 10))
    with anvil.anvil(CHAIN_ID, (*_OPTIONS, *keeper)) as chain:
        wire = Wire(chain.url)
        try:
            yield _filled(Source(chain.url, workload, Address(""), artifact, wire))
        finally:
            wire.close()


def _filled(empty: Source) -> Source:
    wire, workload = empty.wire, empty.workload
    sender = wire.ask("eth_accounts")[0]
    creation = {"from": sender, "data": empty.artifact.bytecode, "gas": _GAS}
    deployed = wire.ask("eth_sendTransaction", creation)
    wire.ask("evm_mine")
    contract = wire.ask("eth_getTransactionReceipt", deployed)["contractAddress"]
    orders = [
        {
            "from": sender,
            "to": contract,
            "gas": _GAS,
            "nonce": hex(place + 1),
            "data": codec.encode_call(
                empty.artifact, "write", (place * workload.events, workload.events)
            ),
        }
        for place in range(workload.blocks * workload.transactions)
    ]
    for at in range(0, len(orders), workload.transactions):
        part = orders[at : at + workload.transactions]
        wire.ask_all([("eth_sendTransaction", order) for order in part])
        wire.ask("evm_mine")  # not in the same batch: what stands in one is done in any order
    return Source(empty.url, workload, checksummed(contract), empty.artifact, wire)
