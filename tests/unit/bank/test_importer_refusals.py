"""What becomes of a file that is refused: it is kept with its reason, and nothing else is.

In: files against both kinds of database. Run by pytest.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from node.bank import store
from node.bank.refusal import FileRefused
from node.core.errors import Rejected
from node.db.unit_of_work import read_only, unit_of_work
from node.ledger import chart, journal
from node.ledger import store as books
from tests.support.bank_import import counts, refused, take, written
from tests.support.bank_messages import (
    NOW,
    UETR,
    balance,
    camt053,
    document,
    entry,
    one_day,
    report,
    statement,
)


def test_a_refused_file_is_kept_with_line_and_reason(engine: Engine) -> None:
    content = one_day("10.00", "\n" + entry("5.00"), "16.00")
    error = refused(engine, content, "../day\n1.xml")
    assert isinstance(error, FileRefused)
    with read_only(engine) as session:
        (kept,) = store.files(session)
        assert store.content(session, kept.id) == content
    assert (kept.accepted, kept.error_code, kept.error_line) == (False, "STATEMENT_SUM_WRONG", 2)
    assert kept.error_detail == error.detail
    assert (kept.name, kept.received_by, kept.received_at) == ("../day 1.xml", "bank-a", NOW)
    assert (kept.format, kept.size_bytes) == ("camt.053.001.08", len(content))
    assert error.problem()["refused_file"] == str(kept.id)
    assert counts(engine) == (0, 0, 0)


@pytest.mark.parametrize(
    ("content", "code", "form"),
    [
        (b"", "FILE_MALFORMED", ""),
        (b"a\x00\x01", "ENCODING_REFUSED", ""),
        (b"no bank says so", "FORMAT_UNKNOWN", ""),
        (b"<!DOCTYPE a><a/>", "DOCTYPE_REFUSED", ""),
        (b"<a/>", "FORMAT_UNKNOWN", ""),
        (one_day("1", entry("-2"), "3"), "INVALID_AMOUNT", "camt.053.001.08"),
        (camt053(report(balance("OPBD", "1"))), "BALANCE_MISSING", "camt.053.001.08"),
    ],
)
def test_every_refusal_is_kept(engine: Engine, content: bytes, code: str, form: str) -> None:
    assert refused(engine, content).code == code
    with read_only(engine) as session:
        (kept,) = store.files(session)
    assert (kept.error_code, kept.format, kept.accepted) == (code, form, False)


@pytest.mark.parametrize("name", ["a\x00b.xml", "x" * 5000, "\udcff.xml", "", "\u202e\U0001f600"])
def test_no_name_is_too_odd(engine: Engine, name: str) -> None:
    assert take(engine, written(statement(0, [1])), name).accepted
    assert refused(engine, b"<a", name).code == "FILE_MALFORMED"
    with read_only(engine) as session:
        assert all(len(each.name) <= 255 for each in store.files(session))


def test_a_file_too_large_is_noted_but_not_kept(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.bank.reader.SIZE_BYTES_MAX", 10)
    assert refused(engine, b"<a>" + b" " * 50).code == "FILE_TOO_LARGE"
    with read_only(engine) as session:
        (kept,) = store.files(session)
        assert store.content(session, kept.id) is None
    assert kept.size_bytes == 53


def test_the_same_bad_file_is_kept_once(engine: Engine) -> None:
    for _ in range(3):
        refused(engine, b"<a>")
    with read_only(engine) as session:
        found = store.files(session)
        assert [store.content(session, each.id) for each in found] == [b"<a>"] * 3
    with Session(engine) as session:
        sizes = session.connection().exec_driver_sql("SELECT length(content) FROM bank_file")
        assert sorted(row[0] for row in sizes) == [0, 0, 3]


def test_the_same_file_twice_is_refused(engine: Engine) -> None:
    content = written(statement(100, [5]))
    first = take(engine, content)
    error = refused(engine, content, "again.xml")
    assert (error.code, error.status) == ("STATEMENT_DUPLICATE", 409)
    assert f"file {first.file_id}" in error.detail
    assert counts(engine) == (1, 1, 1)


def test_a_payment_file_twice_is_refused(engine: Engine) -> None:
    tx = (
        f"<CdtTrfTxInf><PmtId><UETR>{UETR}</UETR></PmtId>"
        "<IntrBkSttlmAmt Ccy='CAD'>7</IntrBkSttlmAmt></CdtTrfTxInf>"
    )
    content = document("pacs.009.001.08", f"<FICdtTrf>{tx}</FICdtTrf>")
    (payment,) = take(engine, content).payments
    assert payment.uetr == UETR
    assert refused(engine, content).code == "STATEMENT_DUPLICATE"


def test_a_refused_file_may_come_again_once_its_cause_is_gone(engine: Engine) -> None:
    content = written(statement(0, [5], number="NEW-1"))
    assert refused(engine, content).code == "ACCOUNT_UNKNOWN"
    with unit_of_work(engine) as session:
        journal.open_account(session, chart.nostro("CAD", "NEW-1"), at=NOW)
    assert take(engine, content).accepted


def test_the_same_statement_in_another_file_is_refused(engine: Engine) -> None:
    take(engine, written(statement(100, [5])))
    renamed = replace(statement(100, [5]), statement_id="OTHER", message_id="OTHER")
    assert refused(engine, written(renamed)).code == "STATEMENT_DUPLICATE"
    changed = replace(statement(105, [1]), statement_id="STMT-1")
    assert refused(engine, written(changed)).code == "STATEMENT_DUPLICATE"


def test_a_gap_is_refused_until_it_is_closed(engine: Engine) -> None:
    days = [
        statement(100 + 5 * n, [5], identifier=f"D{n}", on=date(2026, 10, 5 + n)) for n in range(3)
    ]
    take(engine, written(days[0]))
    assert refused(engine, written(days[2])).code == "STATEMENT_GAP"
    take(engine, written(days[1]))
    take(engine, written(days[2]))
    assert counts(engine) == (3, 3, 1)


def test_a_file_is_accepted_wholly_or_not_at_all(engine: Engine) -> None:
    good = report(balance("OPBD", "1") + balance("CLBD", "3") + entry("2"), identifier="A")
    bad = report(
        balance("OPBD", "3", on="2026-10-06") + balance("CLBD", "9", on="2026-10-06") + entry("2"),
        identifier="B",
    )
    assert refused(engine, camt053(good, bad)).code == "STATEMENT_SUM_WRONG"
    assert counts(engine) == (0, 0, 0)
    with read_only(engine) as session:
        assert books.account(session, "BROUGHT_FORWARD:CAD") is None


def test_a_fault_while_writing_leaves_nothing(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(journal, "post", broken)
    with pytest.raises(OSError, match="disk full"):
        take(engine, written(statement(100, [5])))
    monkeypatch.undo()
    with read_only(engine) as session:
        assert store.files(session) == []
    assert take(engine, written(statement(100, [5]))).accepted


def test_a_statement_in_another_currency_is_refused(engine: Engine) -> None:
    text = written(statement(0, [5])).decode().replace("CAD", "USD")
    assert refused(engine, text.encode()).code == "STATEMENT_CURRENCY_WRONG"


def test_an_account_that_is_no_nostro_is_unknown(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        journal.open_account(session, chart.vostro("CAD", "555"), at=NOW)
    assert refused(engine, written(statement(0, [5], number="555"))).code == "ACCOUNT_UNKNOWN"


@pytest.mark.parametrize("threads", [2, 6])
def test_of_the_same_file_at_once_one_is_accepted(engine: Engine, threads: int) -> None:
    content, barrier = written(statement(100, [5, 6])), Barrier(threads)

    def one(_: int) -> str:
        barrier.wait()
        try:
            return str(take(engine, content).accepted)
        except Rejected as error:
            return error.code

    with ThreadPoolExecutor(threads) as pool:
        results = sorted(pool.map(one, range(threads)))
    assert results == ["STATEMENT_DUPLICATE"] * (threads - 1) + ["True"]
    assert counts(engine) == (1, 1, 1)


def test_of_two_days_at_once_both_arrive_or_one_waits_its_turn(engine: Engine) -> None:
    days = [
        written(statement(100 + n, [1], identifier=f"D{n}", on=date(2026, 10, 5 + n)))
        for n in range(4)
    ]
    take(engine, days[0])
    barrier = Barrier(3)

    def one(content: bytes) -> str:
        barrier.wait()
        try:
            return str(take(engine, content).accepted)
        except Rejected as error:
            return error.code

    with ThreadPoolExecutor(3) as pool:
        results = set(pool.map(one, days[1:]))
    assert results <= {"True", "STATEMENT_GAP"}
    with read_only(engine) as session:
        found = store.statements(session)
    assert [each.sequence for each in found] == list(range(1, len(found) + 1))
    assert [each.opening for each in found] == list(range(100, 100 + len(found)))
