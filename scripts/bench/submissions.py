"""Calls submitted by the node's own stages to a chain in another process, and what that costs.

In: a number of calls. Out: seconds until each was accepted, and until each was final; what signing
alone takes, and what the chain takes of bytes signed before. Called by: the benchmarks of submit.

A call is counted as accepted once its nonce, its bytes and its hash are on disk (fenced, with its
history), its simulation has passed and an endpoint has taken it. The database waits for the disk.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from eth_utils.address import to_checksum_address
from sqlalchemy import Engine

from node.chain.finality import embedded
from node.chain.rpc import Rpc
from node.core.clock import SystemClock
from node.core.ids import wallet_key
from node.core.types import Address, ChainId
from node.db.engine import open_engine
from node.db.leases import acquire
from node.db.migrate import upgrade_engine
from node.db.unit_of_work import read_only, unit_of_work
from node.submission import store
from node.submission.intent import IntentState
from node.submission.monitor import MonitorStage
from node.submission.sender import SenderStage
from node.submission.service import Call, prepare
from node.submission.signer import KeystoreSigner
from scripts.bench.measured import Absent
from tests.support import anvil as anvils
from tests.support.anvil import CHAIN_ID, Anvil
from tests.support.chain_keys import account

CALLS: Final = 2_000
LANES: Final = 4
BATCH: Final = 50
Keys = list[Any]  # accounts of eth-account, whose signing is the reference
PAYEE: Final = Address("0x" + "e5" * 20)
_PATIENCE_SECONDS: Final = 120
_NANOSECONDS: Final = 10**9


@dataclass(frozen=True, slots=True)
class Rates:
    """Calls a second: of ours until accepted and final, of signing alone, of the chain alone."""

    accepted: int
    final: int
    signing: int
    chain: int
    chain_final: int
    requests: int  # that the sender made for all its calls


@cache
def rates() -> Rates:
    """Measured once for all benchmarks of submit. Raises `Absent` without anvil."""
    reason = anvils.why_absent()
    if reason is not None:
        raise Absent(reason)
    keys = [account(f"lane {each}") for each in range(LANES)]
    signing = _per_second(CALLS // 4, _seconds_of_signing(keys, CALLS // 4))
    with _chain(keys) as chain:
        taken, mined = _chain_alone(chain, keys)
    with _chain(keys) as chain, TemporaryDirectory() as folder:
        accepted, final, requests = _ours(chain, keys, Path(folder))
    # Before and after: a busy moment of the machine must not make the reference slow.
    signing = max(signing, _per_second(CALLS // 4, _seconds_of_signing(keys, CALLS // 4)))
    return Rates(
        _per_second(CALLS, accepted),
        _per_second(CALLS, final),
        signing,
        _per_second(CALLS, taken),
        _per_second(CALLS, mined),
        requests,
    )


@contextmanager
def _chain(keys: Keys) -> Iterator[Anvil]:
    """Blocks of a second, large enough that they are not what is measured."""
    with anvils.anvil(options=("--block-time", "1", "--gas-limit", "3000000000")) as chain:
        for each in keys:
            chain.fund(each.address)
        yield chain


def _seconds_of_signing(keys: Keys, count: int) -> int:
    fields = [_fields(each // LANES) for each in range(count)]
    began = time.perf_counter_ns()
    for each, one in enumerate(fields):
        keys[each % LANES].sign_transaction(one)
    return time.perf_counter_ns() - began


def _chain_alone(chain: Anvil, keys: Keys) -> tuple[int, int]:
    """What the chain takes of bytes signed before, over one connection, in batches."""
    signed = [keys[each % LANES].sign_transaction(_fields(each // LANES)) for each in range(CALLS)]
    raws = ["0x" + bytes(each.raw_transaction).hex() for each in signed]
    rpc = Rpc([chain.url], chain_id=CHAIN_ID)
    began = time.perf_counter_ns()
    for start in range(0, CALLS, BATCH):
        rpc.send_many(raws[start : start + BATCH])
    taken = time.perf_counter_ns() - began
    _until(lambda: all(rpc.nonce(each.address) >= CALLS // LANES for each in keys))
    return taken, time.perf_counter_ns() - began


def _ours(chain: Anvil, keys: Keys, folder: Path) -> tuple[int, int, int]:
    engine = open_engine(f"sqlite:///{folder / 'bench.db'}")
    upgrade_engine(engine)
    fence = acquire(engine, "submission", "bench")
    if fence is None:
        raise AssertionError("the bench does not lead")
    rpc, clock = Rpc([chain.url], chain_id=CHAIN_ID), SystemClock()
    sender = SenderStage(
        engine=engine, rpc=rpc, signer=_keystore(folder, keys), fence=fence.check, clock=clock
    )
    monitor = MonitorStage(
        engine=engine, rpc=rpc, policy=embedded(), fence=fence.check, clock=clock
    )
    _prepare(engine, keys, clock)
    asked = _counted(rpc)
    began = time.perf_counter_ns()
    while sender.run_once():
        pass
    accepted, requests = time.perf_counter_ns() - began, len(asked)
    if _count(engine, IntentState.SENT) != CALLS:
        raise AssertionError("not every call was accepted")

    def all_final() -> bool:
        monitor.run_once()
        return _count(engine, IntentState.FINAL) == CALLS

    _until(all_final)
    final = time.perf_counter_ns() - began
    if rpc.balance(PAYEE) != CALLS:
        raise AssertionError("not every call was mined once")
    engine.dispose()
    return accepted, final, requests


def _prepare(engine: Engine, keys: Keys, clock: SystemClock) -> None:
    with unit_of_work(engine) as session:
        for each in range(CALLS):
            prepare(
                session,
                id=f"call-{each}",
                instruction_id="",
                purpose="PAY",
                chain_id=ChainId(CHAIN_ID),
                signer=wallet_key(keys[each % LANES].address),
                call=Call(PAYEE, "0x", 1),
                at=clock.now(),
            )


def _keystore(folder: Path, keys: Keys) -> KeystoreSigner:
    made = KeystoreSigner(folder / "keys", "bench")
    for number, each in enumerate(keys):
        file = folder / f"{number}.key"
        file.write_text(bytes(each.key).hex())
        made.take(f"lane{number}", file)
    return made


def _counted(rpc: Rpc) -> list[int]:
    """One entry for each request that goes over the wire."""
    asked: list[int] = []
    (endpoint,) = rpc._pool.endpoints  # noqa: SLF001 - what is counted goes past it
    wire = endpoint.wire
    one, many = wire.ask, wire.ask_all

    def ask(call: object) -> object:
        asked.append(1)
        return one(call)  # type: ignore[arg-type]

    def ask_all(calls: list[object]) -> list[object]:
        asked.append(len(calls))
        return many(calls)  # type: ignore[arg-type]

    wire.ask, wire.ask_all = ask, ask_all  # type: ignore[method-assign,assignment]
    return asked


def _count(engine: Engine, state: IntentState) -> int:
    with read_only(engine) as session:
        return len(store.intents(session, state=state, limit=CALLS + 1))


def _until(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not ready():
        if time.monotonic() > deadline:
            raise AssertionError("the chain did not come to its end in time")
        time.sleep(0.05)


def _fields(nonce: int) -> dict[str, object]:
    return {
        "type": 2, "chainId": CHAIN_ID, "nonce": nonce, "gas": 25_200, "value": 1, "data": "0x",
        "maxFeePerGas": 10**10, "maxPriorityFeePerGas": 10**9, "to": to_checksum_address(PAYEE),
    }  # fmt: skip


def _per_second(count: int, nanoseconds: int) -> int:
    return count * _NANOSECONDS // max(nanoseconds, 1)
