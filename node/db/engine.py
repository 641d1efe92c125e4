"""Opens the database: SQLite in WAL mode with foreign keys, or PostgreSQL.

In: a database URL. Out: an Engine. Called by: app and cli, once per process.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url
from sqlmodel import create_engine

_SQLITE_BUSY_MS = 15_000
# A process that stands still in a unit of work keeps its locks, the lease's too: not for ever.
_POSTGRES_OPTIONS = "-c idle_in_transaction_session_timeout=60s"


def open_engine(url: str) -> Engine:
    """An engine for `url`; a SQLite file's folder is created. PostgreSQL runs on psycopg 3."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if parsed.get_driver_name() != "psycopg":
        parsed = parsed.set(drivername="postgresql+psycopg")
    options = {"options": _POSTGRES_OPTIONS}
    return create_engine(
        parsed, pool_pre_ping=True, pool_size=10, max_overflow=10, connect_args=options
    )


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own BEGIN is late and deferred: two writers could both read, then one would fail.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={_SQLITE_BUSY_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    # A deferred transaction would still write when told to; PostgreSQL's read only one refuses.
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if read_only else 'OFF'}")
    connection.exec_driver_sql("BEGIN DEFERRED" if read_only else "BEGIN IMMEDIATE")
