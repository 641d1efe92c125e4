"""Journal entries posted in a second on PostgreSQL, against the bare driver on the same server.

Called by: scripts.bench. The server is a throwaway one on this machine; it does not wait for the
disk, for neither of the two.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import psycopg
from psycopg.types.json import JsonDumper
from sqlalchemy import Engine

from node.db.engine import open_engine
from node.db.migrate import upgrade_engine
from scripts.bench.books import against_bare, open_books
from scripts.bench.measured import Absent, Measured
from tests.support import postgres


def measure() -> Measured:
    """Two databases of the same schema. Raises `Absent` without a server."""
    reason = postgres.why_absent()
    if reason is not None:
        raise Absent(reason)
    with postgres.server() as server:
        ours, bare = server.url(server.create()), server.url(server.create())
        engine = _books(ours)
        _books(bare).dispose()
        with _connected(ours) as reader, _connected(bare) as writer:
            measured = against_bare(engine, reader, writer, partial(_insert, writer))
        engine.dispose()
    return measured


def _books(url: str) -> Engine:
    engine = open_engine(url)
    upgrade_engine(engine)
    open_books(engine)
    return engine


def _insert(
    connection: psycopg.Connection, table: str, columns: list[str], rows: list[tuple[Any, ...]]
) -> None:
    into = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            copy.write_row(row)


def _connected(url: str) -> psycopg.Connection:
    connection = psycopg.connect(url.replace("+psycopg", ""))
    connection.adapters.register_dumper(dict, JsonDumper)
    return connection
