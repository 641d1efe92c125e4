"""What readers of the store get: pages in order, without gaps, without what is not booked.

In: a few days of statements in both kinds of database. Run by pytest.
"""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date

import pytest
from sqlmodel import Session, SQLModel

from node.bank import store
from node.bank.importer import receive
from node.bank.statement import PENDING
from node.bank.writer import write_camt053
from node.core.money import Money
from node.db.engine import open_engine
from node.db.unit_of_work import read_only, unit_of_work
from node.ledger import chart, journal
from tests.support.bank_messages import CAD, NOW, UETR, statement
from tests.support.clock import Clock

DAYS = 3


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """Three days on account A and one on B; each day has two booked lines and a pending one."""
    engine = open_engine(database_url)
    with unit_of_work(engine) as writing:
        for number in "AB":
            journal.open_account(writing, chart.nostro("CAD", number), at=NOW)
    for number, day in (("A", 0), ("B", 0), ("A", 1), ("A", 2)):
        whole = statement(
            100 * day,
            [60, 40, 7],
            identifier=f"{number}{day}",
            number=number,
            on=date(2026, 10, 5 + day),
            uetr=UETR if day == 1 else "",
        )
        lines = (*whole.entries[:2], replace(whole.entries[2], status=PENDING))
        of = replace(whole, entries=lines, closing=Money(100 * day + 100, CAD))
        content = write_camt053(of, owner_bic="A" * 8, servicer_bic="B" * 8, created_at=NOW)
        receive(engine, content, f"{number}{day}.xml", received_by="b", clock=Clock(NOW))
    with read_only(engine) as reading:
        yield reading
    engine.dispose()


def test_nothing_is_found_under_what_does_not_exist(session: Session) -> None:
    assert store.file(session, 99) is None
    assert store.statement(session, "none") is None
    assert store.content(session, 99) is None
    assert store.accepted_file(session, "none") is None
    assert store.statement_entries(session, "none") == []
    assert store.last_statement(session, "NOSTRO:CAD:C") is None
    assert store.entries_by_uetr(session, "none") == []


def test_nothing_that_comes_out_is_a_row(session: Session) -> None:
    first = store.statements(session)[0]
    for each in (
        store.files(session)[0],
        first,
        store.statement_entries(session, first.id)[0],
    ):
        assert not isinstance(each, SQLModel)
        assert fields(each)


def test_statements_are_paged_by_sequence(session: Session) -> None:
    whole = store.statements(session)
    assert [each.statement_id for each in whole] == ["A0", "B0", "A1", "A2"]
    page = store.statements(session, after=whole[0].sequence, limit=2)
    assert page == whole[1:3]
    only_b = store.statements(session, account="NOSTRO:CAD:B")
    assert [each.statement_id for each in only_b] == ["B0"]


def test_files_are_paged_by_id(session: Session) -> None:
    whole = store.files(session)
    assert [each.name for each in whole] == ["A0.xml", "B0.xml", "A1.xml", "A2.xml"]
    assert store.files(session, after=whole[1].id, limit=1) == [whole[2]]
    assert store.file(session, whole[0].id) == whole[0]


def test_only_booked_lines_of_statements_are_items(session: Session) -> None:
    whole = store.entries_after(session, after=0)
    assert [(each.account[-1], each.amount) for each in whole] == [
        (account, amount) for account in "ABAA" for amount in (60, 40)
    ]
    assert store.entries_after(session, after=whole[2].id, limit=3) == whole[3:6]
    assert store.entries_after(session, after=whole[-1].id) == []


def test_lines_of_a_payment_are_found(session: Session) -> None:
    found = store.entries_by_uetr(session, UETR)
    assert [(each.amount, each.status) for each in found] == [
        (60, "BOOK"),
        (40, "BOOK"),
        (7, "PDNG"),
    ]


def test_the_last_statement_is_of_the_account(session: Session) -> None:
    for account, name in (("NOSTRO:CAD:A", "A2"), ("NOSTRO:CAD:B", "B0")):
        last = store.last_statement(session, account)
        assert last is not None
        assert last.statement_id == name
