"""The unit of work: one database transaction, committed whole or not at all.

In: an Engine. Out: a session inside a transaction. Called by: stages, services, reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlmodel import Session

from node.core.errors import Retryable


class DatabaseUnavailable(Retryable):
    """The database did not answer or is locked by another writer."""

    code = "DATABASE_UNAVAILABLE"
    title = "Database unavailable"


@contextmanager
def unit_of_work(engine: Engine) -> Iterator[Session]:
    """A session whose changes commit together at the end, or roll back on any error."""
    try:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session
    except OperationalError as error:
        raise unavailable(error) from error


@contextmanager
def read_only(engine: Engine) -> Iterator[Session]:
    """A session over one consistent snapshot; nothing is written."""
    options: dict[str, object] = {"read_only": True}
    if engine.dialect.name == "postgresql":
        options = {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
    reader = engine.execution_options(**options)
    try:
        with Session(reader, expire_on_commit=False) as session:
            yield session
            session.rollback()
    except OperationalError as error:
        raise unavailable(error) from error


def unavailable(error: DatabaseError) -> DatabaseUnavailable:
    """The driver's error as ours, with what it said."""
    return DatabaseUnavailable(
        f"The database refused the work: {error.orig}",
        remedy="Check that it runs, has space and is not locked; then try again.",
    )
