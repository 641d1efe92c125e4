"""Writes many rows at once through the driver: COPY on PostgreSQL, executemany on SQLite.

In: a session, a table, rows as tuples of what the driver takes. Out: nothing; the rows commit with
the session's unit of work. Called by: stores that write many rows which are never edited.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session


def insert_many(
    session: Session, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Insert rows in their order; what the columns' types convert must be converted already."""
    connection, names = session.connection(), ", ".join(columns)
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {table} ({names}) FROM STDIN", rows)
        return
    taken = list(rows)
    marks = ", ".join(["?"] * len(columns))
    if taken:
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - our own names
        connection.exec_driver_sql(statement, taken)


def _copy(connection: Connection, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection.driver_connection
    dialect: Any = connection.dialect
    error_class = dialect.loaded_dbapi.Error
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except error_class as error:
        # The driver is spoken to past SQLAlchemy, which callers know the errors of.
        raise DBAPIError.instance(statement, None, error, error_class, dialect=dialect) from error
