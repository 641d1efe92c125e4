"""Migrations: from nothing to what the code expects, and no step on a newer database.

In: empty databases of both kinds, and databases of this version. Run by pytest.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from node.core.errors import Fatal
from node.db.engine import open_engine
from node.db.migrate import NewerDatabase, schema_version, upgrade, upgrade_engine
from node.db.unit_of_work import DatabaseUnavailable
from node.ledger import tables as ledger_tables
from tests.support import postgres

PACKAGES = Path(ledger_tables.__file__).parents[1]
LATER = "9999"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/new/folder/concord.db"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    name = server.create()
    yield server.url(name)
    server.drop(name)


def tables_of(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def say_version(engine: Engine, version: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})


def test_a_database_of_a_newer_version_is_refused(engine: Engine) -> None:
    say_version(engine, LATER)
    with pytest.raises(NewerDatabase, match=LATER) as caught:
        upgrade_engine(engine)
    assert isinstance(caught.value, Fatal)
    assert caught.value.code == "DATABASE_NEWER"
    assert caught.value.remedy


def test_a_database_of_a_newer_version_is_left_untouched(engine: Engine) -> None:
    say_version(engine, LATER)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE outbox"))
    before = tables_of(engine)
    with pytest.raises(NewerDatabase):
        upgrade_engine(engine)
    assert tables_of(engine) == before
    assert schema_version(engine) == LATER


def test_a_file_that_is_no_database_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "concord.db"
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(DatabaseUnavailable, match="not a database") as caught:
        upgrade(f"sqlite:///{path}")
    assert caught.value.remedy


def test_a_server_that_does_not_answer_is_told_as_such() -> None:
    with pytest.raises(DatabaseUnavailable):
        upgrade("postgresql://nobody@127.0.0.1:1/none")


def test_replicas_that_start_at_once_migrate_once(empty_url: str) -> None:
    start = [sys.executable, "-c", f"from node.db.migrate import upgrade; upgrade({empty_url!r})"]
    replicas = [subprocess.Popen(start, cwd=PACKAGES.parent) for _ in range(2)]
    assert [replica.wait(timeout=60) for replica in replicas] == [0, 0]


def test_an_empty_database_gets_every_table(empty_url: str) -> None:
    upgrade(empty_url)
    engine = open_engine(empty_url)
    found = tables_of(engine)
    engine.dispose()
    assert found == set(SQLModel.metadata.tables) | {"alembic_version"}


def test_an_empty_database_has_no_version(empty_url: str) -> None:
    engine = open_engine(empty_url)
    assert schema_version(engine) == ""
    engine.dispose()


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    before = (schema_version(engine), tables_of(engine))
    upgrade_engine(engine)
    assert (schema_version(engine), tables_of(engine)) == before


def test_the_migrated_schema_is_what_the_code_expects(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_what_was_announced_before_is_found_under_its_reference(empty_url: str) -> None:
    engine = open_engine(empty_url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(PACKAGES / "db" / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with engine.begin() as connection:
        connection.execute(text(ACCOUNT))
        connection.execute(text(EXPECTATION))
    upgrade_engine(engine)
    with engine.connect() as connection:
        refs = connection.execute(text("SELECT ref FROM expectation")).scalars().all()
    engine.dispose()
    assert refs == ["0x" + "7a562c67ca1648bab07465581be6f001" + "0f" * 16]


def test_every_package_with_tables_is_migrated() -> None:
    named = {path.parent.name for path in PACKAGES.glob("*/tables.py")}
    owners = {mapper.class_.__module__ for mapper in SQLModel._sa_registry.mappers}
    assert {f"node.{name}.tables" for name in named} == {
        each for each in owners if each.startswith("node.")
    }


@pytest.mark.parametrize(
    "values",
    [
        {"side": "DEBIT", "amount": 0},
        {"side": "DEBIT", "amount": -1},
        {"side": "debit", "amount": 1},
    ],
)
def test_the_database_itself_refuses_a_posting_that_is_none(
    engine: Engine, values: dict[str, object]
) -> None:
    with engine.begin() as connection:
        connection.execute(text(ACCOUNT))
        connection.execute(text(ENTRY), {"phase": "POSTED"})
    insert = text(
        "INSERT INTO posting (entry_sequence, account, side, amount)"
        " VALUES (1, 'SUSPENSE:EUR', :side, :amount)"
    )
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(insert, values)


def test_the_database_itself_refuses_a_phase_that_is_none(engine: Engine) -> None:
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text(ENTRY), {"phase": "DELETED"})


ACCOUNT = (
    "INSERT INTO account (code, kind, currency, normal_side, label, opened_at)"
    " VALUES ('SUSPENSE:EUR', 'SUSPENSE', 'EUR', 'CREDIT', '', '2026-10-05 00:00:00')"
)
ENTRY = (
    "INSERT INTO journal_entry (sequence, id, phase, rule, currency, uetr, expectation_id,"
    " event_key, value_date, recorded_at, narrative, evidence)"
    " VALUES (1, 'e', :phase, '', 'EUR', '', '', '', '2026-10-05', '2026-10-05 00:00:00', '', '{}')"
)
EXPECTATION = (
    "INSERT INTO expectation (id, uetr, kind, currency, amount, debit_account, credit_account,"
    ' value_date, "references", created_at)'
    " VALUES ('0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f', '7a562c67-ca16-48ba-b074-65581be6f001',"
    " 'ISSUE', 'EUR', 100, 'SUSPENSE:EUR', 'SUSPENSE:EUR', '2026-10-05', '[]',"
    " '2026-10-05 00:00:00')"
)
