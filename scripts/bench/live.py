"""A node that follows a chain of one block a second, and Ponder beside it on the same blocks.

In: anvil, a PostgreSQL server. Out: `Delays`: milliseconds from block to committed row, to the row
in the API's answer, and from a start after a SIGKILL to the first new row. Called by: the
benchmarks of live.

Both hear of blocks by WebSocket. Each block holds an event of a contract of the node's and one that
Ponder follows. When a block was mined is what a third client saw that asks all the time.
"""

from __future__ import annotations

import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

import httpx
import psycopg

from node.api.auth import issue_token
from node.chain import codec
from node.chain.artifacts import load
from node.control.roles import Role
from scripts.bench import ponder
from scripts.bench.compiled import compiled
from scripts.bench.measured import Absent
from scripts.soak.ground import CURRENCY, SECRET, Bank, open_bank
from tests.support import anvil as anvils
from tests.support import postgres
from tests.support.anvil import Anvil

BLOCKS: Final = 40  # that are followed before anything is killed
_OPTIONS: Final = ("--block-time", "1", "--gas-limit", "300000000")
_LOOK_SECONDS: Final = 0.003
_POLL_SECONDS: Final = 0.02  # how often a client of the API asks
_START_SECONDS_MAX: Final = 120
_OURS: Final = "SELECT max(block_number) FROM chain_event WHERE chain_id = %s"
_PONDERS: Final = "SELECT max(block) FROM bench.transfer"
Newest = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Delays:
    """Milliseconds, in rising order, of each block; and of one start after a kill."""

    committed: list[int]
    visible: list[int]
    ponder_committed: list[int]
    restart: int
    ponder_restart: int


@dataclass
class Watch:
    """When each block was first seen somewhere; asks that place all the time in a thread."""

    newest: Newest
    pause_seconds: float
    seen: dict[int, float] = field(default_factory=dict)
    _ended: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def looking(self) -> Iterator[Watch]:
        """Look until the end of the block."""
        thread = threading.Thread(target=self._look, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._ended.set()
            thread.join()

    def _look(self) -> None:
        while not self._ended.wait(self.pause_seconds):
            try:
                number = self.newest()
            except (OSError, httpx.HTTPError):
                continue  # it is being started
            self.seen.setdefault(number, time.monotonic())


@dataclass
class Scene:
    """What runs: the chain, the node's bank, where things listen, both databases."""

    chain: Anvil
    bank: Bank
    port: int
    ours: str
    theirs: str
    transfers: str
    first_block: int  # of what Ponder follows

    @property
    def wire(self) -> dict[str, str]:
        return {"rpc_ws_urls": self.chain.url.replace("http", "ws")}

    @contextmanager
    def node(self) -> Iterator[None]:
        """Ours, killed at the end of the block."""
        process = self.bank.start(self.chain.url, self.port, **self.wire)
        try:
            yield
        finally:
            process.kill()
            process.wait()

    @contextmanager
    def ponder(self) -> Iterator[None]:
        """Ponder, killed at the end of the block."""
        more = {"WS_URL": self.wire["rpc_ws_urls"], "START_BLOCK": str(self.first_block)}
        with ponder.running(self.chain.url, self.transfers, self.theirs, **more):
            yield

    def head(self) -> int:
        return int(self.chain.ask("eth_blockNumber"), 16)


@cache
def delays() -> Delays:
    """Measured once for all benchmarks of live. Raises `Absent`."""
    for reason in (anvils.why_absent(), postgres.why_absent()):
        if reason is not None:
            raise Absent(reason)
    ponder.install()
    with ExitStack() as stack:
        scene = _scene(stack)
        stack.enter_context(_writing(scene))
        mined = stack.enter_context(Watch(scene.head, _LOOK_SECONDS).looking())
        committed = stack.enter_context(_rows(scene.ours, _OURS, anvils.CHAIN_ID).looking())
        theirs = stack.enter_context(_rows(scene.theirs, _PONDERS).looking())
        visible = stack.enter_context(Watch(_answered(scene), _POLL_SECONDS).looking())
        with scene.node(), scene.ponder():
            _until(lambda: bool(visible.seen and max(theirs.seen, default=0)), "show a block")
            first = scene.head() + 2
            _until(lambda: scene.head() > first + BLOCKS, "mine")
        with scene.node():
            restart = _first_row(committed)
        with scene.ponder():
            ponder_restart = _first_row(theirs)
        numbers = range(first, first + BLOCKS)
        return Delays(
            _since(mined, committed, numbers), _since(mined, visible, numbers),
            _since(mined, theirs, numbers), restart, ponder_restart,
        )  # fmt: skip


def middle(found: list[int], per_mille: int = 500) -> int:
    """The delay that so many of a thousand do not exceed."""
    return found[min(len(found) * per_mille // 1000, len(found) - 1)]


def _scene(stack: ExitStack) -> Scene:
    chain = stack.enter_context(anvils.anvil(options=_OPTIONS))
    server = stack.enter_context(postgres.server())
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    ours, theirs = (server.url(server.create()).replace("+psycopg", "") for _ in range(2))
    bank = open_bank(chain, folder, ours)
    sender = chain.ask("eth_accounts")[0]
    creation = {"from": sender, "data": compiled("Transfers")["Transfers"].bytecode}
    sent = chain.ask("eth_sendTransaction", creation)
    _until(lambda: chain.ask("eth_getTransactionReceipt", sent) is not None, "mine")
    created = chain.ask("eth_getTransactionReceipt", sent)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    at = int(created["blockNumber"], 16)
    return Scene(chain, bank, port, ours, theirs, created["contractAddress"], at)


@contextmanager
def _writing(scene: Scene) -> Iterator[None]:
    """Into each block one event of the node's token and one of the contract of Ponder's."""
    sender, ended = scene.chain.ask("eth_accounts")[0], threading.Event()
    (token,) = scene.bank.contracts(f"{CURRENCY}.token")
    approve = codec.encode_call(load("DepositToken"), "approve", (sender, 1))
    write = codec.encode_call(compiled("Transfers")["Transfers"], "write", (0, 1))

    def send() -> None:
        while not ended.wait(0.5):
            for to, data in ((token, approve), (scene.transfers, write)):
                scene.chain.ask("eth_sendTransaction", {"from": sender, "to": to, "data": data})

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _rows(database: str, query: str, *given: object) -> Watch:
    connection = psycopg.connect(database, autocommit=True)

    def newest() -> int:
        try:
            found = connection.execute(query.encode(), given).fetchone()
        except psycopg.errors.UndefinedTable:
            return 0
        return int(found[0] or 0) if found else 0

    return Watch(newest, _LOOK_SECONDS)


def _answered(scene: Scene) -> Newest:
    """The newest block of an event that the API shows, by a client that pages behind it."""
    client = httpx.Client(base_url=f"http://127.0.0.1:{scene.port}", timeout=10)
    token = issue_token("bench", Role.AUDITOR, SECRET.encode(), datetime.now(UTC)).text
    place: dict[str, str] = {}
    newest = 0

    def ask() -> int:
        nonlocal newest
        headers = {"Authorization": f"Bearer {token}"}
        said = client.get("/v1/events", params={"limit": "100", **place}, headers=headers)
        page = said.raise_for_status().json()
        if page["next"]:
            place["after"] = page["next"]
        newest = max([newest, *(int(each["block_number"]) for each in page["items"])])
        return newest

    return ask


def _first_row(watch: Watch) -> int:
    """Milliseconds from now to the first row of a block that was not there before."""
    before, began = max(watch.seen), time.monotonic()
    _until(lambda: max(watch.seen) > before, "write a new row")
    first = min(each for each in watch.seen if each > before)
    return round((watch.seen[first] - began) * 1000)


def _since(mined: Watch, seen: Watch, numbers: range) -> list[int]:
    """Sorted delays of these blocks, where one that was never newest counts by the next."""
    found = []
    for number in numbers:
        later = [at for block, at in seen.seen.items() if block >= number]
        found.append(max(round((min(later) - mined.seen[number]) * 1000), 0))
    return sorted(found)


def _until(done: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _START_SECONDS_MAX
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"nobody came to {what} in {_START_SECONDS_MAX} s")
        time.sleep(0.005)
