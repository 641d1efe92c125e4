"""How much memory it takes to ingest a chain, in a process that does nothing else.

In: a source of events, the address of an empty database, a mode. Out: mebibytes before the work and
at most. Called by: the benchmark of ingest into PostgreSQL, which starts this file as a process.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from node.core.types import Address
from node.db.engine import open_engine
from node.db.migrate import upgrade_engine
from node.events.proof import Mode
from scripts.bench.ingest import index
from scripts.bench.workload import Source

_ROOT: Final = Path(__file__).resolve().parents[2]
_KIBIBYTES: Final = 1024


def peak_mebibytes(source: Source, database: str, mode: Mode) -> tuple[int, int]:
    """The most memory a process has held once all is imported, and once all is ingested."""
    command = [sys.executable, "-m", __name__, source.url, source.contract, database, mode]
    told = subprocess.run(command, cwd=_ROOT, check=True, capture_output=True, text=True).stdout
    before, after = told.split()
    return int(before), int(after)


def _peak() -> int:
    # Not `getrusage`: its peak is handed down from the process that started this one.
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    if found is None:
        raise RuntimeError("the system does not tell what a process holds")
    return int(found[1]) // _KIBIBYTES


def _main(url: str, contract: str, database: str, mode: str) -> None:
    before, engine = _peak(), open_engine(database)
    upgrade_engine(engine)
    index(url, Address(contract), engine, Mode(mode))
    engine.dispose()
    print(before, _peak())


if __name__ == "__main__":
    _main(*sys.argv[1:])
