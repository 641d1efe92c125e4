"""The unit of work: whole or nothing; and a reader that cannot write.

In: cursors as something to write, both kinds of database. Run by pytest.
"""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from node.core.errors import Rejected, Retryable
from node.db.cursors import all_cursors, move_cursor, read_cursor
from node.db.engine import open_engine
from node.db.unit_of_work import DatabaseUnavailable, read_only, unit_of_work


def cursors(engine: Engine) -> dict[str, int]:
    with read_only(engine) as session:
        return all_cursors(session)


def test_an_error_takes_back_all_that_was_written(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        move_cursor(session, "kept", 1)
    with pytest.raises(Rejected, match="no"), unit_of_work(engine) as session:
        _write_and_fail(session)
    assert cursors(engine) == {"kept": 1}


def test_a_reader_cannot_write(engine: Engine) -> None:
    with pytest.raises((DBAPIError, DatabaseUnavailable)), read_only(engine) as session:
        _commit(session)
    assert cursors(engine) == {}


def test_a_reader_cannot_write_by_statement(engine: Engine) -> None:
    with pytest.raises((DBAPIError, DatabaseUnavailable)), read_only(engine) as session:
        session.connection().execute(text("DELETE FROM cursor"))


def test_after_a_reader_the_same_connection_may_write(engine: Engine) -> None:
    cursors(engine)
    with unit_of_work(engine) as session:
        move_cursor(session, "new", 1)
    assert cursors(engine) == {"new": 1}


def test_a_reader_sees_one_moment(engine: Engine) -> None:
    with read_only(engine) as reading:
        assert read_cursor(reading, "stage") == 0
        with unit_of_work(engine) as writing:
            move_cursor(writing, "stage", 5)
        reading.expire_all()
        assert read_cursor(reading, "stage") == 0
    assert cursors(engine) == {"stage": 5}


def test_what_was_read_stays_readable_after_the_commit(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        move_cursor(session, "stage", 7)
    with unit_of_work(engine) as session:
        found = all_cursors(session)
    assert found == {"stage": 7}


def test_a_database_that_does_not_answer_is_told_as_such() -> None:
    engine = open_engine("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(DatabaseUnavailable) as caught, unit_of_work(engine) as session:
        read_cursor(session, "stage")
    assert isinstance(caught.value, Retryable)
    assert caught.value.remedy
    engine.dispose()


def test_foreign_keys_hold_on_both_databases(engine: Engine) -> None:
    orphan = text(
        "INSERT INTO expectation_end (expectation_id, reason, at)"
        " VALUES ('none', 'x', '2026-10-05 00:00:00')"
    )
    with pytest.raises(DBAPIError), unit_of_work(engine) as session:
        session.connection().execute(orphan)


def _write_and_fail(session: Session) -> None:
    for stage in ("kept", "new"):
        move_cursor(session, stage, 2)
        session.flush()
    raise Rejected("no")


def _commit(session: Session) -> None:
    move_cursor(session, "new", 1)
    session.commit()
