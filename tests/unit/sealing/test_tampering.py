"""Whatever is changed by SQL is found, and the place is named."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text
from sqlmodel import Session

from node.db import migrate
from node.db.unit_of_work import read_only, unit_of_work
from node.ledger import store as ledger
from node.ledger.link import FIRST, link_of
from node.sealing import store
from node.sealing.verification import Verified, verify

# Every column that says something, with what somebody might write there instead.
ENTRY = {
    "id": "'00000000-0000-5000-8000-000000000001'",
    "phase": "'VOIDED'",
    "rule": "'another'",
    "currency": "'CAD'",
    "uetr": "'another'",
    "expectation_id": "'another'",
    "event_key": "'another'",
    "reversal_of": "(SELECT id FROM journal_entry WHERE sequence = 1)",
    "value_date": "'2020-01-01'",
    "recorded_at": "'2020-01-01 00:00:00.000000'",
    "narrative": "'another'",
    "evidence": "'{\"page\": 4}'",
    "link": "'00'",
}
POSTING = {"account": "'WALLET:EUR:x'", "side": "'DEBIT'", "amount": "99"}
AUDIT = {
    "at": "'2020-01-01 00:00:00.000000'",
    "actor": "'somebody'",
    "action": "'another'",
    "subject": "'another'",
    "detail": "'{}'",
    "leaf": "'00'",
}
SEAL = {
    "book": "'OTHER'",
    "first": "first + 1",
    "last": "last - 1",
    "count": "count + 1",
    "root": "'00'",
    "before": "'11'",
    "hash": "'22'",
    "at": "'2020-01-01 00:00:00.000000'",
}


def tampered(engine: Engine, *statements: str) -> Verified:
    """What is found after somebody wrote into the database, past every constraint."""
    off = "PRAGMA foreign_keys = OFF"
    if engine.dialect.name == "postgresql":
        off = "SET session_replication_role = replica"
    with engine.connect() as connection:
        connection.execute(text("COMMIT" if engine.dialect.name == "sqlite" else "SELECT 1"))
        connection.exec_driver_sql(off)
        for each in statements:
            connection.exec_driver_sql(each)
        if engine.dialect.name == "postgresql":
            connection.commit()
        connection.invalidate()  # with what was switched off on it
    return seen(engine)


def seen(engine: Engine) -> Verified:
    with read_only(engine) as session:
        return verify(session)


def named(verified: Verified) -> set[str]:
    return {each.where for each in verified.found}


def test_what_is_as_it_was_written_is_proved(written: Engine) -> None:
    found = seen(written)
    assert found.found == ()
    assert (found.entries, found.actions, found.seals) == (5, 3, 2)
    with read_only(written) as session:
        newest = store.last_seal(session)
    assert newest is not None
    assert found.newest_seal == newest.hash


def test_entries_from_before_there_were_links_are_linked(written: Engine) -> None:
    with written.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE journal_entry DROP COLUMN link")
        connection.exec_driver_sql("DROP TABLE seal")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0004'")
        config = Config()
        config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
    found = seen(written)
    assert (found.entries, found.seals, found.found) == (5, 0, ())


def test_an_empty_database_is_as_it_was_written(engine: Engine) -> None:
    assert seen(engine) == Verified(0, 0, 0, "", ())


@pytest.mark.parametrize("column", ENTRY)
def test_each_column_of_an_entry_is_covered(written: Engine, column: str) -> None:
    change = f"UPDATE journal_entry SET {column} = {ENTRY[column]} WHERE sequence = 2"  # noqa: S608
    assert "journal_entry 2" in named(tampered(written, change))


@pytest.mark.parametrize("column", ["id", "resolves", "value_date", "evidence", "phase"])
def test_a_row_that_can_no_longer_be_read_is_named(written: Engine, column: str) -> None:
    if written.dialect.name == "postgresql" and column in {"value_date", "evidence"}:
        pytest.skip("its type does not take it")
    drop = "ALTER TABLE journal_entry DROP CONSTRAINT IF EXISTS journal_entry_phase_check"
    if written.dialect.name == "sqlite":
        drop = "PRAGMA ignore_check_constraints = ON"
    change = f"UPDATE journal_entry SET {column} = 'nonsense' WHERE sequence = 2"  # noqa: S608
    found = tampered(written, drop, change)
    assert "journal_entry 2" in named(found)
    assert found.entries == 5


@pytest.mark.parametrize("column", POSTING)
def test_each_column_of_a_posting_is_covered(written: Engine, column: str) -> None:
    change = f"UPDATE posting SET {column} = {POSTING[column]} WHERE id = 4"  # noqa: S608
    found = named(tampered(written, change))
    assert "journal_entry 2" in found
    assert "JOURNAL under seal 1".lower() in {each.lower() for each in found}


def test_a_posting_put_in_is_found(written: Engine) -> None:
    more = (
        "INSERT INTO posting (id, entry_sequence, account, side, amount)"
        " SELECT 900, 2, account, side, amount FROM posting WHERE id = 4"
    )
    assert {"journal_entry 2", "account_counter"} <= named(tampered(written, more))


def test_a_posting_taken_out_is_found(written: Engine) -> None:
    assert "journal_entry 2" in named(tampered(written, "DELETE FROM posting WHERE id = 4"))


def test_a_counter_that_was_moved_is_found(written: Engine) -> None:
    more = "UPDATE account_counter SET credits_posted = credits_posted + 1"
    assert named(tampered(written, more)) == {"account_counter"}


@pytest.mark.parametrize("column", ["kind = 'FEES'", "currency = 'CAD'", "normal_side = 'CREDIT'"])
def test_an_account_that_became_another_is_found(written: Engine, column: str) -> None:
    change = f"UPDATE account SET {column} WHERE kind = 'NOSTRO'"  # noqa: S608
    assert any(each.startswith("account NOSTRO:EUR") for each in named(tampered(written, change)))


def test_an_entry_taken_out_breaks_the_link_behind_it_and_its_seal(written: Engine) -> None:
    out = [
        f"DELETE FROM {table} WHERE {key} = 2"  # noqa: S608
        for table, key in (("posting", "entry_sequence"), ("journal_entry", "sequence"))
    ]
    found = tampered(written, *out)
    assert {"journal_entry 3", "journal under seal 1"} <= named(found)
    assert any("4 were, 3 are there" in each.what for each in found.found)


def test_whoever_links_all_anew_is_found_by_the_seals(written: Engine) -> None:
    tampered(written, "UPDATE journal_entry SET narrative = 'another' WHERE sequence = 2")
    with unit_of_work(written) as session:
        _link_anew(session)
    assert named(seen(written)) == {"journal under seal 1"}


def test_whoever_forgets_the_newest_entries_is_found_by_the_seals(written: Engine) -> None:
    out = [
        f"DELETE FROM {table} WHERE {key} >= 4"  # noqa: S608
        for table, key in (("posting", "entry_sequence"), ("journal_entry", "sequence"))
    ]
    assert "journal under seal 1" in named(tampered(written, *out))


@pytest.mark.parametrize("column", AUDIT)
def test_each_column_of_an_action_is_covered(written: Engine, column: str) -> None:
    change = f"UPDATE audit SET {column} = {AUDIT[column]} WHERE sequence = 2"  # noqa: S608
    assert "audit 2" in named(tampered(written, change))


def test_an_action_taken_out_breaks_its_seal(written: Engine) -> None:
    found = named(tampered(written, "DELETE FROM audit WHERE sequence = 2"))
    assert found == {"audit under seal 2"}


@pytest.mark.parametrize("column", SEAL)
def test_each_column_of_a_seal_is_covered(written: Engine, column: str) -> None:
    change = f"UPDATE seal SET {column} = {SEAL[column]} WHERE number = 1"  # noqa: S608
    assert "seal 1" in named(tampered(written, change))


def test_a_seal_taken_out_breaks_the_one_behind_it(written: Engine) -> None:
    assert "seal 2" in named(tampered(written, "DELETE FROM seal WHERE number = 1"))


def _link_anew(session: Session) -> None:
    entries = ledger.entries(session)
    links = [FIRST]
    for each in entries:
        links.append(link_of(links[-1], each))
    for each, (_, link) in zip(entries, pairwise(links), strict=True):
        keep = text("UPDATE journal_entry SET link = :link WHERE sequence = :sequence")
        session.execute(keep, {"link": link, "sequence": each.sequence})
