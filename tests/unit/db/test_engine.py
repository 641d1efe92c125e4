"""The engine: how each database is opened, before anything is asked of it.

In: URLs. Run by pytest.
"""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from node.db.engine import open_engine


def pragma(engine: Engine, name: str) -> object:
    with engine.connect() as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar_one()


@pytest.mark.parametrize(
    ("name", "value"),
    [("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 2), ("busy_timeout", 15_000)],
)
def test_a_sqlite_file_is_opened_safely(tmp_path: Path, name: str, value: object) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/concord.db")
    assert pragma(engine, name) == value
    engine.dispose()


def test_the_folder_of_a_sqlite_file_is_made(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/a/b/concord.db")
    engine.connect().close()
    engine.dispose()
    assert (tmp_path / "a" / "b" / "concord.db").is_file()


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg2", "postgresql+psycopg"])
def test_postgresql_is_spoken_to_by_psycopg_3_however_it_is_named(scheme: str) -> None:
    engine = open_engine(f"{scheme}://bank@127.0.0.1:1/concord")
    assert engine.dialect.driver == "psycopg"
    engine.dispose()


@pytest.mark.postgres
def test_a_session_that_stands_still_in_a_unit_of_work_does_not_keep_its_locks_for_ever(
    postgres_database_url: str,
) -> None:
    engine = open_engine(postgres_database_url)
    with engine.connect() as connection:
        asked = text("SHOW idle_in_transaction_session_timeout")
        assert connection.execute(asked).scalar_one() == "1min"
    engine.dispose()
