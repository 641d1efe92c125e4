"""Events read from a chain into PostgreSQL in a second, beside the raw rate, web3.py and Ponder.

Called by: scripts.bench. The server is a throwaway one on this machine; it does not wait for the
disk, for any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from node.db.engine import open_engine
from node.db.migrate import upgrade_engine
from scripts.bench.ingest import UNIT, Databases, Lines, against_raw, web3
from scripts.bench.measured import Absent, Measured
from scripts.bench.ponder import ponder
from scripts.bench.workload import DENSE, SPARSE, Source, source_of
from tests.support import postgres


def measure() -> Lines:
    """Both workloads. Raises `Absent` without a server or a chain."""
    reason = postgres.why_absent()
    if reason is not None:
        raise Absent(reason)
    with postgres.server() as server:
        lines = _beside_all(server, source_of(DENSE))
        sparse = _beside_all(server, source_of(SPARSE))
    return lines | {f".sparse{name}": line for name, line in sparse.items()}


def _beside_all(server: postgres.Server, source: Source) -> Lines:
    lines = against_raw(source, _databases(server))
    fast = lines[""]
    if isinstance(fast, Measured):
        others: dict[str, Callable[[], int]] = {
            ".vs_web3": lambda: web3(source),
            ".vs_ponder": lambda: _ponder(server, source),
        }
        lines |= {name: _beside(fast.value, other) for name, other in others.items()}
    return lines


def _beside(value: int, other: Callable[[], int]) -> Measured | Absent:
    try:
        return Measured(value, UNIT, other())
    except Absent as absent:
        return absent


def _ponder(server: postgres.Server, source: Source) -> int:
    name = server.create()
    try:
        return ponder(source, server.url(name).replace("+psycopg", ""))
    finally:
        server.drop(name)


def _databases(server: postgres.Server) -> Databases:
    @contextmanager
    def database() -> Iterator[Engine]:
        name = server.create()
        engine = open_engine(server.url(name))
        upgrade_engine(engine)
        yield engine
        engine.dispose()
        server.drop(name)

    return database
