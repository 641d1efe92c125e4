"""Two writers at the same moment: one wins, and the books add up.

In: two threads against both kinds of database. Run by pytest.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine

from node.core.errors import ConcordError
from node.db.unit_of_work import read_only, unit_of_work
from node.ledger import balances, chart, journal
from node.ledger.entry import Entry
from node.ledger.journal import AlreadyResolved, AlreadyReversed
from tests.support.ledger_books import (
    ALICE,
    NOW,
    OTHER_UETR,
    all_entries,
    amounts,
    counters,
    expectation,
    new_entry,
    open_books,
    pending,
    post_pending,
    posted,
    reverse,
    void_pending,
)

NEWCOMER = chart.wallet("EUR", "0x" + "cc" * 20)
Answer = Entry | ConcordError


def at_once(*calls: Callable[[], Entry]) -> list[Answer]:
    """Start all calls together and give what each got."""
    together = Barrier(len(calls))

    def run(call: Callable[[], Entry]) -> Answer:
        together.wait()
        try:
            return call()
        except ConcordError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def outcome(answers: list[Answer]) -> tuple[list[Entry], list[type[ConcordError]]]:
    won = [each for each in answers if isinstance(each, Entry)]
    lost = [type(each) for each in answers if isinstance(each, ConcordError)]
    return won, lost


def test_of_two_that_resolve_a_pending_entry_one_wins(books: Engine) -> None:
    announced = pending(books, new_entry())
    won, lost = outcome(
        at_once(
            lambda: post_pending(books, announced.id), lambda: void_pending(books, announced.id)
        )
    )
    assert lost == [AlreadyResolved]
    assert all_entries(books) == [announced, *won]
    _proved(books)


def test_of_two_that_post_a_pending_entry_one_wins(books: Engine) -> None:
    announced = pending(books, new_entry())
    _, lost = outcome(at_once(*[lambda: post_pending(books, announced.id)] * 2))
    assert lost == [AlreadyResolved]
    assert counters(books, ALICE) == amounts(ALICE, cr=(0, 100))


def test_of_two_that_reverse_an_entry_one_wins(books: Engine) -> None:
    first = posted(books, new_entry())
    _, lost = outcome(at_once(*[lambda: reverse(books, first.id)] * 2))
    assert lost == [AlreadyReversed]
    assert counters(books, ALICE) == amounts(ALICE, dr=(0, 100), cr=(0, 100))


def test_two_that_write_the_same_entry_get_the_same_row(books: Engine) -> None:
    won, lost = outcome(at_once(*[lambda: posted(books, new_entry())] * 2))
    assert lost == []
    assert won[0] == won[1]
    assert counters(books, ALICE) == amounts(ALICE, cr=(0, 100))


def test_counters_keep_every_one_of_many_writers(books: Engine) -> None:
    calls = [lambda n=n: posted(books, new_entry(f"e{n}", 10 + n)) for n in range(8)]
    won, lost = outcome(at_once(*calls))
    assert (len(won), lost) == (8, [])
    assert counters(books, ALICE) == amounts(ALICE, cr=(0, sum(range(10, 18))))
    _proved(books)


def test_two_that_open_the_same_account_open_one(engine: Engine) -> None:
    together = Barrier(2)

    def run(_: int) -> None:
        together.wait()
        open_books(engine, ALICE)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, range(2)))
    assert counters(engine, ALICE) == amounts(ALICE)


def test_one_uetr_announced_twice_at_once_is_announced_once(books: Engine) -> None:
    together = Barrier(2)

    def run(name: str) -> str:
        together.wait()
        try:
            with unit_of_work(books) as session:
                journal.expect(session, expectation(name, uetr=OTHER_UETR), NOW)
        except ConcordError as error:
            return error.code
        return "announced"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, ["x-1", "x-2"])) == ["UETR_ALREADY_USED", "announced"]


@pytest.mark.parametrize("database_url", ["postgres_database_url"], indirect=True)
@pytest.mark.postgres
def test_a_later_sequence_waits_for_the_earlier_one_to_commit(books: Engine) -> None:
    with ThreadPoolExecutor(1) as pool:
        with unit_of_work(books) as session:
            first = journal.post(session, new_entry("first"), NOW)
            second = pool.submit(posted, books, new_entry("second"))
            with pytest.raises(TimeoutError):
                second.result(timeout=0.3)
            assert all_entries(books) == []
        assert second.result(timeout=20).sequence > first.sequence


@pytest.mark.parametrize("database_url", ["postgres_database_url"], indirect=True)
@pytest.mark.postgres
def test_who_opens_an_account_and_who_books_on_it_do_not_wait_in_a_circle(books: Engine) -> None:
    def book_on_it() -> Entry:
        with unit_of_work(books) as session:
            journal.post(session, new_entry("first"), NOW)
            journal.open_account(session, NEWCOMER, at=NOW)
            return journal.post(session, new_entry("second"), NOW)

    with ThreadPoolExecutor(1) as pool:
        with unit_of_work(books) as session:
            journal.open_account(session, NEWCOMER, at=NOW)
            other = pool.submit(book_on_it)
            with pytest.raises(TimeoutError):
                other.result(timeout=0.3)
            journal.post(session, new_entry("third"), NOW)
        assert other.result(timeout=20).sequence
    assert len(all_entries(books)) == 3


def _proved(engine: Engine) -> None:
    with read_only(engine) as session:
        assert balances.prove_counters(session) == []
