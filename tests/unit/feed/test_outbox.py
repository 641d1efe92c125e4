"""The outbox: told if and only if it happened, and read without stepping over anything.

In: writers at the same moment on both kinds of database. Run by pytest.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from node.core.errors import Rejected
from node.db.unit_of_work import read_only, unit_of_work
from node.feed import store
from node.feed.outbox import Kind, tell
from node.feed.store import Message
from tests.support.ledger_books import NOW, new_entry, open_books, posted

WRITERS, EACH = 4, 6
on_postgres = pytest.mark.parametrize("database_url", ["postgres_database_url"], indirect=True)


def say(engine: Engine, subject: str) -> None:
    with unit_of_work(engine) as session:
        tell(session, kind=Kind.BLOCK_FINAL, subject=subject, at=NOW)


def messages(engine: Engine, after: int = 0, limit: int = 100) -> list[Message]:
    with read_only(engine) as session:
        return store.after(session, after, limit)


def subjects(engine: Engine) -> list[str]:
    return [each.subject for each in messages(engine)]


def last(engine: Engine) -> int:
    with read_only(engine) as session:
        return store.last(session)


def test_what_did_not_happen_is_not_told(engine: Engine) -> None:
    with pytest.raises(Rejected), unit_of_work(engine) as session:
        _tell_and_fail(session)
    assert messages(engine) == []


def test_nothing_has_happened_yet(engine: Engine) -> None:
    assert (last(engine), messages(engine)) == (0, [])


def test_a_message_is_read_as_it_was_told(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        tell(
            session,
            kind=Kind.BREAK_OPENED,
            subject="b-1",
            data={"amount": "5.00", "lines": [1]},
            at=NOW,
        )
    (told,) = messages(engine)
    assert (told.kind, told.subject, told.at) == ("break.opened", "b-1", NOW)
    assert told.data == {"amount": "5.00", "lines": [1]}
    assert told.sequence == last(engine)


def test_messages_are_read_behind_a_sequence_and_in_pages(engine: Engine) -> None:
    for subject in "abcd":
        say(engine, subject)
    whole = messages(engine)
    assert [each.subject for each in whole] == list("abcd")
    assert messages(engine, whole[0].sequence, 2) == whole[1:3]
    assert messages(engine, whole[-1].sequence) == []


def test_a_reader_among_writers_misses_nothing(engine: Engine) -> None:
    seen: list[Message] = []
    done = Event()

    def read() -> None:
        finished = False
        while not finished:
            finished = done.is_set()
            seen.extend(messages(engine, seen[-1].sequence if seen else 0))

    def write(writer: int) -> None:
        for number in range(EACH):
            say(engine, f"{writer}:{number}")

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        reading = pool.submit(read)
        for writing in [pool.submit(write, writer) for writer in range(WRITERS)]:
            writing.result(timeout=60)
        done.set()
        reading.result(timeout=60)
    assert seen == messages(engine)
    assert len(seen) == WRITERS * EACH


@pytest.mark.postgres
@on_postgres
def test_a_later_message_waits_for_the_earlier_one_to_commit(engine: Engine) -> None:
    with ThreadPoolExecutor(1) as pool:
        with unit_of_work(engine) as session:
            tell(session, kind=Kind.BLOCK_FINAL, subject="first", at=NOW)
            second = pool.submit(say, engine, "second")
            with pytest.raises(TimeoutError):
                second.result(timeout=0.3)
            assert messages(engine) == []
        second.result(timeout=20)
    assert subjects(engine) == ["first", "second"]


@pytest.mark.postgres
@on_postgres
def test_outbox_and_journal_hold_one_order_so_that_no_two_wait_in_a_circle(engine: Engine) -> None:
    open_books(engine)
    with ThreadPoolExecutor(1) as pool:
        with unit_of_work(engine) as session:
            tell(session, kind=Kind.BLOCK_FINAL, subject="first", at=NOW)
            entry = pool.submit(posted, engine, new_entry())
            with pytest.raises(TimeoutError):
                entry.result(timeout=0.3)
        assert entry.result(timeout=20).sequence


def _tell_and_fail(session: Session) -> None:
    tell(session, kind=Kind.BLOCK_FINAL, subject="7", at=NOW)
    raise Rejected("no")
