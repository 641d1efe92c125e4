"""Journal entries posted in a second on SQLite, against the bare driver inserting the same rows.

Called by: scripts.bench.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine

from node.db.engine import open_engine
from node.db.migrate import upgrade_engine
from scripts.bench.books import against_bare, open_books
from scripts.bench.measured import Measured


def measure() -> Measured:
    """Two files of the same schema, both as safe against a crash."""
    with TemporaryDirectory() as folder:
        ours, bare = Path(folder) / "ours.db", Path(folder) / "bare.db"
        engine = _books(ours)
        _books(bare).dispose()
        with closing(_connected(ours)) as reader, closing(_connected(bare)) as writer:
            measured = against_bare(engine, reader, writer, partial(_insert, writer))
        engine.dispose()
    return measured


def _books(path: Path) -> Engine:
    engine = open_engine(f"sqlite:///{path}")
    upgrade_engine(engine)
    open_books(engine)
    return engine


def _insert(
    connection: sqlite3.Connection, table: str, columns: list[str], rows: list[tuple[Any, ...]]
) -> None:
    marks = ", ".join("?" * len(columns))
    into = f"INSERT INTO {table} ({', '.join(columns)})"
    connection.executemany(f"{into} VALUES ({marks})", rows)


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection
