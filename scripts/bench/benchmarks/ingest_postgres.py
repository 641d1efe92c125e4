"""Events read from a chain into PostgreSQL in a second, beside the raw rate, web3.py and Ponder.

Called by: scripts.bench. The server is a throwaway one on this machine; it does not wait for the
disk, for any of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from node.db.engine import open_engine
from node.db.migrate import upgrade_engine
from node.events.proof import Mode
from scripts.bench.ingest import UNIT, Databases, Lines, against_raw, web3
from scripts.bench.ingest_memory import peak_mebibytes
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
        lines[".memory"] = _memory(server, source_of(DENSE))
        sparse = _beside_all(server, source_of(SPARSE))
    return lines | {f".sparse{name}": line for name, line in sparse.items()}


def _beside_all(server: postgres.Server, source: Source) -> Lines:
    lines = against_raw(source, _databases(server))
    fast = lines[""]
    if isinstance(fast, Measured):
        lines |= {".vs_web3": Measured(fast.value, UNIT, web3(source))}
        lines |= _beside_ponder(server, source, fast.value)
    return lines


def _beside_ponder(server: postgres.Server, source: Source, value: int) -> Lines:
    endings, name = (".vs_ponder", ".vs_ponder_warm"), server.create()
    try:
        rates = ponder(source, server.url(name).replace("+psycopg", ""))
    except Absent as absent:
        return dict.fromkeys(endings, absent)
    finally:
        server.drop(name)
    return {
        ending: Measured(value, UNIT, rate) for ending, rate in zip(endings, rates, strict=True)
    }


def _memory(server: postgres.Server, source: Source) -> Measured:
    """The most memory in either mode, beside what the process takes before it works."""
    before, peaks = 0, []
    for mode in Mode:
        name = server.create()
        before, peak = peak_mebibytes(source, server.url(name), mode)
        peaks.append(peak)
        server.drop(name)
    return Measured(max(peaks), "MiB", before)


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
