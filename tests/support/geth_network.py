"""Two nodes of go-ethereum on one chain, which agree, part and come together again.

In: the program, a folder, who holds money at the start. Out: `Network`: where both listen, how
blocks come about, how the nodes are parted. Used by tests of the chain suite.

What a validator does is done here: it has one node build a block, hands it to every node that hears
it, and says which block is the head and which is final (execution-apis, the Engine API of Cancun).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.request import Request, urlopen

from tests.support.anvil import Anvil
from tests.support.rpc_process import free_port, running

CHAIN_ID: Final = 20_261
FINAL_DEPTH: Final = 3
_BUILD_SECONDS: Final = 0.15
_TICK_SECONDS: Final = 0.2
_ZERO: Final = "0x" + "00" * 32
_SECRET: Final = bytes(range(32))
_FORKS: Final = (
    *("homestead", "eip150", "eip155", "eip158", "byzantium", "constantinople"),
    *("petersburg", "istanbul", "berlin", "london"),
)


@dataclass(frozen=True)
class Node:
    """One that runs: what users ask it, and what its validator tells it."""

    spoken: Anvil
    engine_port: int

    def tell(self, method: str, *params: object) -> dict[str, Any]:
        """One call of the Engine API; its result."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        request = Request(
            f"http://127.0.0.1:{self.engine_port}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {_token()}"},
        )
        with urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
            found: dict[str, Any] = json.load(answer)
        assert "error" not in found, found
        result: dict[str, Any] = found["result"]
        return result

    def take(self, block: dict[str, Any]) -> None:
        """Let the node run a block."""
        verdict = self.tell("engine_newPayloadV3", block, [], _ZERO)
        assert verdict["status"] == "VALID", verdict


@dataclass
class Network:
    """Two nodes; while they are parted each hears only its own blocks."""

    nodes: tuple[Node, Node]
    chains: tuple[list[str], list[str]] = field(default_factory=lambda: ([], []))
    parted: bool = False
    _blocks: dict[str, dict[str, Any]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        for node, chain in zip(self.nodes, self.chains, strict=True):
            chain.append(node.spoken.ask("eth_getBlockByNumber", "0x0", False)["hash"])

    @property
    def urls(self) -> list[str]:
        return [node.spoken.url for node in self.nodes]

    def mine(self, count: int) -> None:
        """Blocks built by the nodes in turn."""
        for _ in range(count):
            with self._lock:  # or two threads at once might leave all turns to one node
                self._build(len(self.chains[0]) % len(self.nodes))

    @contextmanager
    def ticking(self) -> Iterator[None]:
        """Let blocks come by themselves until the end of the block."""
        ended = threading.Event()

        def tick() -> None:
            while not ended.wait(_TICK_SECONDS):
                self.mine(1)

        thread = threading.Thread(target=tick)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def build(self, by: int) -> None:
        """One block built by a node on what it believes."""
        with self._lock:
            self._build(by)

    def _build(self, by: int) -> None:
        block = self._built(by)
        self._blocks[block["blockHash"]] = block
        for which in (by,) if self.parted else range(len(self.nodes)):
            self.chains[which].append(block["blockHash"])
            self.nodes[which].take(block)
            self._choose(which)

    def part(self) -> None:
        """From now on neither hears of the other's blocks."""
        self.parted = True

    def heal(self) -> int:
        """Both follow the longer chain again; how many blocks the other one lost."""
        self.parted = False
        lost, kept = sorted((0, 1), key=lambda which: len(self.chains[which]))
        assert len(self.chains[lost]) < len(self.chains[kept]), "neither chain is longer"
        common = len([1 for a, b in zip(*self.chains, strict=False) if a == b])
        dropped = len(self.chains[lost]) - common
        for known in self.chains[kept][common:]:
            self.nodes[lost].take(self._blocks[known])
        self.chains[lost][:] = self.chains[kept]
        self._choose(lost)
        return dropped

    def _built(self, by: int) -> dict[str, Any]:
        chain = self.chains[by]
        parent = int(self._blocks[chain[-1]]["timestamp"], 16) if chain[-1] in self._blocks else 0
        wanted = {
            "timestamp": hex(max(parent + 1, int(time.time()))),
            "prevRandao": _ZERO,
            "suggestedFeeRecipient": "0x" + "00" * 20,
            "withdrawals": [],
            "parentBeaconBlockRoot": _ZERO,
        }
        building = self._choose(by, wanted)["payloadId"]
        time.sleep(_BUILD_SECONDS)  # a block is filled beside; at once it would be empty
        block: dict[str, Any] = self.nodes[by].tell("engine_getPayloadV3", building)
        built: dict[str, Any] = block["executionPayload"]
        return built

    def _choose(self, which: int, wanted: dict[str, Any] | None = None) -> dict[str, Any]:
        """Tell a node its head, and what is final: so far back that no parting reaches it."""
        chain = self.chains[which]
        final = chain[-1 - FINAL_DEPTH] if len(chain) > FINAL_DEPTH + 1 else _ZERO
        heads = {"headBlockHash": chain[-1], "safeBlockHash": final, "finalizedBlockHash": final}
        said = self.nodes[which].tell("engine_forkchoiceUpdatedV3", heads, wanted)
        assert said["payloadStatus"]["status"] == "VALID", said
        return said


@contextmanager
def network(program: Path, folder: Path, rich: Iterable[str]) -> Iterator[Network]:
    """Start both on the same first block."""
    genesis = folder / "genesis.json"
    genesis.write_text(json.dumps(_genesis(rich)), "utf-8")
    secret = folder / "secret"
    secret.write_text(_SECRET.hex(), "utf-8")
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(_node(program, folder / name, genesis, secret))
            for name in ("first", "second")
        )
        yield Network((first, second))


@contextmanager
def _node(program: Path, folder: Path, genesis: Path, secret: Path) -> Iterator[Node]:
    folder.mkdir()
    data = ["--datadir", str(folder / "data")]
    subprocess.run([str(program), *data, "init", str(genesis)], check=True, capture_output=True)
    port, engine_port = free_port(), free_port()
    command = [
        *(str(program), *data, "--http", "--http.port", str(port), "--http.api", "eth,net,web3"),
        *("--authrpc.port", str(engine_port), "--authrpc.jwtsecret", str(secret)),
        *("--nodiscover", "--maxpeers", "0", "--port", "0", "--ipcdisable"),
        *("--syncmode", "full", "--nat", "none", "--datadir.minfreedisk", "0"),
    ]
    with running(command, folder, port) as spoken:
        yield Node(spoken, engine_port)


def _genesis(rich: Iterable[str]) -> dict[str, Any]:
    """A chain that is Cancun and proof of stake from its first block."""
    config: dict[str, Any] = {f"{name}Block": 0 for name in _FORKS}
    config |= {"chainId": CHAIN_ID, "terminalTotalDifficulty": 0}
    config |= {"shanghaiTime": 0, "cancunTime": 0}
    blobs = {"target": 3, "max": 6, "baseFeeUpdateFraction": 3_338_477}
    return {
        "config": config | {"blobSchedule": {"cancun": blobs}},
        "alloc": {each: {"balance": hex(10**20)} for each in rich},
        "gasLimit": hex(60_000_000),
        "baseFeePerGas": hex(10**9),
        "difficulty": "0x0",
    }


def _token() -> str:
    """What the Engine API asks of who speaks to it: HS256 over the time (RFC 7519)."""
    head, claims = {"alg": "HS256", "typ": "JWT"}, {"iat": int(time.time())}
    signed = ".".join(_base64(json.dumps(part).encode()) for part in (head, claims))
    return f"{signed}.{_base64(hmac.digest(_SECRET, signed.encode(), hashlib.sha256))}"


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
