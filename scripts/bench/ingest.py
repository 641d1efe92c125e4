"""Events read from a chain into a database, end to end, beside what others do with the same chain.

In: a source of events, a way to get empty databases. Out: lines of figures, once every row was
compared with the truth. Called by: the benchmarks of ingest.

Ours fetches, decodes, stores, moves cursors and checks its fence. `raw` asks for the same logs over
one connection and reads the JSON, nothing more. Each is timed several times, in turns with the
others; the best time counts.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from itertools import zip_longest
from typing import Any, Final

import orjson
from sqlalchemy import Engine
from web3 import HTTPProvider, Web3

from node.chain.finality import FinalityPolicy
from node.chain.rpc import Rpc
from node.core.clock import SystemClock
from node.core.types import Address
from node.db.leases import acquire
from node.events.indexer import IndexerStage
from node.events.proof import Mode
from scripts.bench.measured import ROUNDS, Absent, Measured
from scripts.bench.workload import CHAIN_ID, Source, Transfer, catalog_of

UNIT: Final = "events/s"
WEB3_EVENTS: Final = 4_000  # a part is enough: at full length it would take minutes
_AT_ONCE: Final = FinalityPolicy(confirmations=0, final_depth=0, tag=None)
_BLOCKS_PER_REQUEST: Final = 200
_NANOSECONDS: Final = 10**9
_KEPT: Final = """
    SELECT block_number, block_hash, block_timestamp, tx_hash, log_index, name, args
    FROM chain_event ORDER BY id
"""
_FINAL: Final = "SELECT event_id FROM event_change WHERE change = 'FINAL' ORDER BY sequence"
Databases = Callable[[], AbstractContextManager[Engine]]
Lines = dict[str, Measured | Absent]


def against_raw(source: Source, databases: Databases) -> Lines:
    """Ours in both modes and the raw rate, in turns."""
    best = {"raw": 0, Mode.FAST: 0, Mode.PROVEN: 0}
    for turn in range(ROUNDS):
        found = {
            "raw": raw(source),
            Mode.FAST: ours(source, databases, Mode.FAST, check=turn == 0),
            Mode.PROVEN: ours(source, databases, Mode.PROVEN, check=turn == 0),
        }
        best = {each: max(best[each], found[each]) for each in best}
    fast, proven = best[Mode.FAST], best[Mode.PROVEN]
    return {
        "": Measured(fast, UNIT, best["raw"]),
        ".vs_raw": Measured(fast, UNIT, best["raw"]),
        ".proven": Measured(proven, UNIT, fast),
    }


def ours(source: Source, databases: Databases, mode: Mode, *, check: bool) -> int:
    """Events a second of the indexer, from an empty database to the head."""
    with databases() as engine:
        began = time.perf_counter_ns()
        index(source.url, source.contract, engine, mode)
        taken = time.perf_counter_ns() - began
        if check:
            compare(engine, source.truth())
        return source.workload.count * _NANOSECONDS // taken


def index(url: str, contract: Address, engine: Engine, mode: Mode) -> None:
    """Everything on the chain into an empty database."""
    fence = acquire(engine, "bench", "bench", seconds=3600)
    if fence is None:
        raise RuntimeError("an empty database has a leader")
    stage = IndexerStage(
        engine=engine,
        rpc=Rpc([url], chain_id=CHAIN_ID),
        catalog=catalog_of(contract),
        policy=_AT_ONCE,
        fence=fence.check,
        clock=SystemClock(),
        mode=mode,
    )
    while stage.run_once():
        pass


def raw(source: Source) -> int:
    """Events a second of `eth_getLogs` over one connection, read as JSON and let go of."""
    began, count = time.perf_counter_ns(), 0
    for low in range(source.first_block, source.last_block + 1, _BLOCKS_PER_REQUEST):
        high = min(low + _BLOCKS_PER_REQUEST - 1, source.last_block)
        asked = {"fromBlock": hex(low), "toBlock": hex(high), "address": source.contract}
        body = {"jsonrpc": "2.0", "id": 1, "method": "eth_getLogs", "params": [asked]}
        count += len(orjson.loads(source.wire.post(orjson.dumps(body)))["result"])
    if count != source.workload.count:
        raise RuntimeError(f"the chain has {count} events, not {source.workload.count}")
    return count * _NANOSECONDS // (time.perf_counter_ns() - began)


def web3(source: Source) -> int:
    """Events a second of web3.py's `get_logs`, fetched and decoded but not stored; of a part."""
    contract = Web3(HTTPProvider(source.url)).eth.contract(
        address=Web3.to_checksum_address(source.contract), abi=source.artifact.abi
    )
    blocks = WEB3_EVENTS // (source.workload.transactions * source.workload.events)
    first = source.first_block + 1
    began = time.perf_counter_ns()
    found = contract.events.Transfer().get_logs(from_block=first, to_block=first + blocks - 1)
    taken = time.perf_counter_ns() - began
    if len(list(found)) != WEB3_EVENTS:
        raise RuntimeError(f"web3.py gives {len(list(found))} events, not {WEB3_EVENTS}")
    return WEB3_EVENTS * _NANOSECONDS // taken


def compare(engine: Engine, truth: Iterable[Transfer]) -> None:
    """Raise unless every row is what it must be, in order, and each was told once to be final."""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(_KEPT).all()
        final = connection.exec_driver_sql(_FINAL).scalars().all()
    for row, wanted in zip_longest(rows, truth):
        if wanted is None or row is None or _transfer(tuple(row)) != wanted:
            raise RuntimeError(f"kept is {row}, true is {wanted}")
    if final != list(range(1, len(rows) + 1)):
        raise RuntimeError("not every event was told once, in order, to be final")


def _transfer(row: tuple[Any, ...]) -> Transfer:
    *place, name, kept = row
    number, block_hash, timestamp, tx_hash, log_index = place
    args: Mapping[str, str] = json.loads(kept) if isinstance(kept, str) else kept
    if name != "Transfer" or set(args) != {"from", "to", "value"}:
        raise RuntimeError(f"kept is {row}, which is no transfer")
    return Transfer(
        number, block_hash, timestamp, tx_hash, log_index, args["from"], args["to"], args["value"]
    )
