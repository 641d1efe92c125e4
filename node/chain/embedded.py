"""A chain inside the node: eth-tester's py-evm chain, kept in a file, answering JSON-RPC.

In: a folder's file (or none), accounts to fund. Out: an `Rpc`, and the levers a real chain does not
offer: mine, hold back, reorganise. Called by: app, demo, the deployment script, tests.

A transaction is mined into a block of its own at once, unless the chain is paused; what is sent
then waits and is mined together. One process writes the file; others may open it to read.
"""

from __future__ import annotations

import fcntl
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, Final

from eth.abc import BlockAPI, SignedTransactionAPI
from eth.db.atomic import AtomicDB
from eth_tester import PyEVMBackend
from eth_utils.address import to_canonical_address
from eth_utils.exceptions import ValidationError
from web3.providers.base import JSONBaseProvider

from node.chain.embedded_answers import Answers, NotTaken
from node.chain.embedded_pool import judged
from node.chain.embedded_store import BlockStore, ChainDamaged
from node.chain.finality import EMBEDDED_CHAIN_ID, embedded
from node.chain.rpc import Rpc
from node.core.errors import Rejected
from node.core.types import Address

FUNDS_WEI: Final = 10**6 * 10**18
GENESIS_TIME: Final = 1_700_000_000  # fixed, so that equal accounts make an equal genesis
GAS_LIMIT: Final = 30_000_000
FINAL_DEPTH: Final = embedded().final_depth or 0


# What py-evm needs for 1,024 nested calls. Its curve library asks for 100,000 frames, more than the
# C stack holds: a hostile peer's deeply nested JSON would then end the process, not be refused.
RECURSION_LIMIT: Final = 1_024 * 12
sys.setrecursionlimit(RECURSION_LIMIT)


class ChainInUse(Rejected):
    """Another process writes this chain; here it can only be read."""

    code = "EMBEDDED_CHAIN_IN_USE"
    title = "Embedded chain in use"


class EmbeddedChain:
    """The chain, its file and its levers; every method may be called from any thread."""

    def __init__(
        self,
        path: Path | None,
        funded: Iterable[Address] = (),
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._lock = threading.RLock()
        self._now = now
        self._paused = False
        self._waiting: list[SignedTransactionAPI] = []
        self._path = path
        self._chain: Any  # eth-tester builds its class at run time
        with ExitStack() as files:
            lock = _lock_file(path)
            if lock is not None:
                files.enter_context(lock)
            self.read_only = path is not None and lock is None
            self._store = BlockStore(path, writes=not self.read_only)
            files.callback(self._store.close)
            self._open(funded)
            self._files = files.pop_all()
        self._last_busy = self._last_busy_block()

    def rpc(self) -> Rpc:
        """The chain as everyone else sees one."""
        return Rpc(_Provider(self.answer), chain_id=EMBEDDED_CHAIN_ID)

    def answer(self, method: str, params: list[Any]) -> dict[str, Any]:
        """One JSON-RPC request; the answer carries `result` or `error`."""
        with self._lock:
            self._catch_up()
            return Answers(self._chain, self._waiting, self._take, self._now).answer(method, params)

    @property
    def height(self) -> int:
        """Number of the newest block."""
        with self._lock:
            self._catch_up()
            return int(self._chain.get_canonical_head().block_number)

    def mine(self, count: int = 1) -> None:
        """Mine blocks; the first takes what waits."""
        with self._lock:
            self.refuse_reader()
            for _ in range(count):
                self._mine_block()

    def pause(self) -> None:
        """Hold back: what is sent waits until `resume` or `mine`."""
        with self._lock:
            self._paused = True

    def resume(self) -> None:
        """Mine what waits into one block, and mine at once from now on."""
        with self._lock:
            self._paused = False
            if self._waiting:
                self._mine_block()

    def reorg(self, depth: int) -> None:
        """Drop the newest blocks and mine as many empty ones in their place, and one more."""
        with self._lock:
            self.refuse_reader()
            if not 0 < depth <= self.height:
                raise ValueError(f"{depth} of {self.height} blocks cannot be dropped")
            target = self._chain.get_canonical_block_by_number(self.height - depth)
            self._waiting.clear()
            chaindb = self._chain.chaindb
            set_head = chaindb._set_as_canonical_chain_head  # noqa: SLF001 - as eth-tester does
            set_head(chaindb.db, target.header, b"\0" * 32)
            self._chain = self._found()
            for _ in range(depth + 1):
                self._mine_block()

    def heartbeat(self) -> None:
        """Mine an empty block while the newest transactions are not final: time must pass."""
        with self._lock:
            waits = self.height - self._last_busy < FINAL_DEPTH + 1
            if not (self._paused or self.read_only) and waits:
                self._mine_block()

    def close(self) -> None:
        """Let go of the file; whole blocks only are in it."""
        with self._lock:
            self._files.close()

    def _open(self, funded: Iterable[Address]) -> None:
        state = {
            to_canonical_address(each): {
                "balance": FUNDS_WEI,
                "nonce": 0,
                "code": b"",
                "storage": {},
            }
            for each in sorted(funded)
        }
        params = PyEVMBackend.generate_genesis_params(
            {"timestamp": GENESIS_TIME, "gas_limit": GAS_LIMIT}
        )
        template = PyEVMBackend(genesis_parameters=params, genesis_state=state or None)
        self._kind = type(template.chain)
        if not self._store.is_empty():
            self._chain = self._found()
            return
        if self.read_only:
            raise ChainInUse(
                "another process is just creating this chain",
                remedy="Wait until it runs, then try again.",
            )
        self._chain = self._kind.from_genesis(AtomicDB(self._store), params, state)
        self._store.commit()

    def _catch_up(self) -> None:
        """A reader looks at what the writer has written since."""
        if self.read_only and self._store.refresh():
            self._chain = self._found()

    def _found(self) -> Any:  # noqa: ANN401 - eth-tester builds its chain class at run time
        try:
            return self._kind(AtomicDB(self._store))
        except Exception as error:  # py-evm says a missing head in several ways
            raise ChainDamaged(self._path, f"{type(error).__name__}: {error}") from error

    def _take(self, raw: bytes) -> bytes:
        """Check a signed transaction and mine it, or let it wait."""
        if self.read_only:
            raise NotTaken("the chain belongs to another process, here it is read only")
        transaction = judged(self._chain, self._waiting, raw)
        self._waiting.append(transaction)
        if not self._paused:
            self._mine_block()
        return bytes(transaction.hash)

    def _mine_block(self) -> BlockAPI:
        parent = self._chain.get_canonical_head()
        at = max(int(self._now()), parent.timestamp + 1)
        self._chain.header = self._chain.header.copy(timestamp=at)
        taken, self._waiting = self._waiting, []
        for transaction in sorted(taken, key=lambda each: each.nonce):
            try:
                self._chain.apply_transaction(transaction)
            except ValidationError:
                self._waiting.append(transaction)  # the block is full: it waits for the next one
        block: BlockAPI = self._chain.mine_block(coinbase=b"\0" * 20, blob_gas_used=0)
        self._store.commit()
        if taken:
            self._last_busy = block.number
        return block

    def _last_busy_block(self) -> int:
        for number in range(self.height, max(self.height - FINAL_DEPTH - 2, 0), -1):
            if self._chain.get_canonical_block_by_number(number).transactions:
                return number
        return self.height - FINAL_DEPTH - 1

    def refuse_reader(self) -> None:
        """Raise `ChainInUse` where another process writes this chain."""
        if self.read_only:
            raise ChainInUse(
                "another process writes this chain",
                remedy="Stop `concord run` or `concord demo` first, or use its API.",
            )


class _Provider(JSONBaseProvider):
    """What `Rpc` asks instead of an HTTP endpoint."""

    def __init__(self, answer: Callable[[str, list[Any]], dict[str, Any]]) -> None:
        super().__init__()
        self._answer = answer

    def make_request(self, method: Any, params: Any) -> Any:  # noqa: ANN401 - web3's signature
        return self._answer(str(method), list(params))


def in_use(path: Path) -> bool:
    """Whether a process writes the chain in that file at this moment."""
    if not path.with_suffix(".lock").exists():
        return False
    lock = _lock_file(path)
    if lock is None:
        return True
    lock.close()
    return False


def _lock_file(path: Path | None) -> IO[str] | None:
    """The writer's lock, held by the operating system until the process ends."""
    if path is None:
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.with_suffix(".lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file
