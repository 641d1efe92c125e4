"""Events read from a chain into SQLite in a second, beside the raw rate and web3.py.

Called by: scripts.bench.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from node.db.engine import open_engine
from node.db.migrate import upgrade_engine
from scripts.bench.ingest import UNIT, Lines, against_raw, web3
from scripts.bench.measured import Measured
from scripts.bench.workload import DENSE, SPARSE, source_of


def measure() -> Lines:
    """Both workloads. Raises `Absent` without a chain."""
    source = source_of(DENSE)
    lines = against_raw(source, databases)
    fast = lines[""]
    if isinstance(fast, Measured):
        lines[".vs_web3"] = Measured(fast.value, UNIT, web3(source))
    sparse = against_raw(source_of(SPARSE), databases)
    return lines | {f".sparse{name}": line for name, line in sparse.items()}


@contextmanager
def databases() -> Iterator[Engine]:
    with TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'concord.db'}")
        upgrade_engine(engine)
        yield engine
        engine.dispose()
