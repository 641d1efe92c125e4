"""Fixtures for every test: fresh databases, and no way out to the network.

In: what the machine has (PostgreSQL or not). Out: `database_url`, once per kind of database, each
time a migrated and empty database of the test's own. Used by pytest alone.
"""

import importlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import hypothesis
import pytest

# Before they are imported: so that what they assert shows what differs.
pytest.register_assert_rewrite("tests.support")

from tests.support import postgres, sockets  # noqa: E402 - see above
from tests.support.optional import absent  # noqa: E402 - see above

sockets.install()

# Timings on a shared machine say nothing; what is found is printed and replayed by its blob.
hypothesis.settings.register_profile("default", deadline=None, print_blob=True)
hypothesis.settings.register_profile("verify", deadline=None, print_blob=True, max_examples=2000)
hypothesis.settings.load_profile("default")


def _migrate(url: str) -> None:
    # Late, so that tests without a database do not depend on the database layer.
    upgrade: Callable[[str], None] = importlib.import_module("node.db.migrate").upgrade
    upgrade(url)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """One server per test process, so parallel processes never meet."""
    reason = postgres.why_absent()
    if reason is not None:
        absent(reason)
    with postgres.server() as running:
        yield running


@pytest.fixture(scope="session")
def postgres_url(postgres_server: postgres.Server) -> str:
    """Give the URL of the server's maintenance database."""
    return postgres_server.url()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: postgres.Server) -> str:
    """Name a migrated database; copying it is far faster than migrating again."""
    name = postgres_server.create()
    _migrate(postgres_server.url(name))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "concord.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Give a migrated, empty SQLite database of the test's own."""
    path = tmp_path / "concord.db"
    with (
        closing(sqlite3.connect(sqlite_template)) as source,
        closing(sqlite3.connect(path)) as ours,
    ):
        source.backup(ours)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_database_url(
    postgres_server: postgres.Server, postgres_template: str
) -> Iterator[str]:
    """Give a migrated, empty PostgreSQL database of the test's own."""
    name = postgres_server.create(postgres_template)
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture(
    params=[
        pytest.param("sqlite_url", id="sqlite"),
        pytest.param("postgres_database_url", id="postgres", marks=pytest.mark.postgres),
    ]
)
def database_url(request: pytest.FixtureRequest) -> str:
    """Run the test once per kind of database, each time on a migrated, empty one."""
    url: str = request.getfixturevalue(request.param)
    return url
