"""A prepared database to copy, of either kind: what each life of a kill matrix begins with.

In: a pytest request, for the servers and templates that this machine has. Out: the URL of a fresh
migrated database, and a way to copies of it. Used by tests of crashes.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.kill_matrix import Copies
from tests.support.postgres import Server


def fresh(request: pytest.FixtureRequest, kind: str, folder: Path) -> tuple[str, Copies]:
    """A migrated, empty database of the kind, and copies of what it has become since."""
    if kind == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        return sqlite(template, folder)
    server: Server = request.getfixturevalue("postgres_server")
    name: str = request.getfixturevalue("postgres_template")
    return postgres(server, server.create(name))


def sqlite(template: Path, folder: Path) -> tuple[str, Copies]:
    """A file, copied with all that stands in its log."""
    prepared, numbers = folder / "prepared.db", itertools.count()
    _copy(template, prepared)

    def copies() -> Iterator[str]:
        path = folder / f"life_{next(numbers)}.db"
        _copy(prepared, path)
        yield f"sqlite:///{path}"
        for left in folder.glob(f"{path.name}*"):
            left.unlink()

    return f"sqlite:///{prepared}", copies


def postgres(server: Server, prepared: str) -> tuple[str, Copies]:
    """A database, copied by the server."""

    def copies() -> Iterator[str]:
        name = server.create(prepared)
        yield server.url(name)
        server.drop(name)

    return server.url(prepared), copies


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
