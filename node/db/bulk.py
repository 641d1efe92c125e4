"""Writes many rows at once through the driver: COPY on PostgreSQL, executemany on SQLite.

In: a session, a table, rows as tuples of what the driver takes. Out: nothing; the rows commit with
the session's unit of work. Called by: stores that write many rows which are never edited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel

_Turn = tuple[int, Callable[[Any], Any]]  # the place of a value, what its type makes of it


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


def insert_values(
    session: Session, model: type[SQLModel], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows as the columns' types take them: times with their zone, JSON as it is read.

    Where a type converts nothing, the value goes to the driver: text and numbers, no enums.
    """
    table: Table = model.__table__  # type: ignore[attr-defined]
    dialect = session.connection().dialect
    types = (table.c[name].type.dialect_impl(dialect) for name in columns)
    turns = [(n, turn) for n, each in enumerate(types) if (turn := each.bind_processor(dialect))]
    quote = dialect.identifier_preparer.quote
    converted = (_converted(row, turns) for row in rows)
    insert_many(session, table.name, list(map(quote, columns)), converted)


def _converted(row: Sequence[Any], turns: Sequence[_Turn]) -> tuple[Any, ...]:
    values = list(row)
    for place, turn in turns:
        values[place] = turn(values[place])
    return tuple(values)


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
