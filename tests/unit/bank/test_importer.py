"""What becomes of a file that is accepted: all of it is on record, with everything it opens.

In: files against both kinds of database. Run by pytest.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from node.bank import importer, store
from node.bank.importer import Received, receive
from node.bank.profile import Closing
from node.bank.refusal import FileRefused
from node.bank.writes import store as writes
from node.core.errors import Retryable
from node.core.money import Money
from node.core.types import Side
from node.db.unit_of_work import read_only, unit_of_work
from node.ledger import balances
from node.ledger import store as books
from tests.support.bank_import import NOSTRO, counts, refused, take, written
from tests.support.bank_messages import (
    CAD,
    NOW,
    NUMBER,
    UETR,
    balance,
    camt053,
    camt054,
    entry,
    report,
    statement,
)
from tests.support.clock import Clock

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples"
MONDAY, TUESDAY = date(2026, 10, 5), date(2026, 10, 6)


def test_what_is_accepted_is_kept_whole(engine: Engine) -> None:
    of = statement(100, [5, -7], uetr=UETR)
    content = written(of)
    received = take(engine, content)
    assert (received.accepted, received.format, received.entries) == (True, "camt.053.001.08", 2)
    with read_only(engine) as session:
        (statement_id,) = received.statements
        kept = store.statement(session, statement_id)
        lines = store.statement_entries(session, statement_id)
        file = store.file(session, received.file_id)
        assert store.content(session, received.file_id) == content
    assert kept is not None
    assert file is not None
    assert (kept.account, kept.account_number, kept.file_id) == (NOSTRO, NUMBER, file.id)
    assert (kept.opening, kept.closing, kept.closing_date) == (100, 98, MONDAY)
    assert (file.accepted, file.error_code, file.error_line) == (True, "", None)
    assert [(each.position, each.amount, each.account) for each in lines] == [
        (1, 5, NOSTRO),
        (2, -7, NOSTRO),
    ]
    assert {each.uetr for each in lines} == {UETR}
    assert lines[0].narrative == "Invoice 1"


@pytest.mark.parametrize(("opening", "side"), [(12345, Side.DEBIT), (-9654400, Side.CREDIT)])
def test_the_first_statement_opens_the_books(engine: Engine, opening: int, side: Side) -> None:
    received = take(engine, written(statement(opening, [5])))
    take(engine, written(statement(opening + 5, [6], identifier="TUE", on=TUESDAY)))
    with read_only(engine) as session:
        (booked,) = books.entries(session)
        nostro = balances.balance(session, NOSTRO).posted(Side.DEBIT)
        forward = balances.balance(session, "BROUGHT_FORWARD:CAD").posted(Side.CREDIT)
    assert (nostro, forward) == (opening, opening)
    assert (booked.rule, booked.value_date) == ("opening-balance", MONDAY)
    assert booked.postings[0].side is side
    assert booked.evidence["statement"] == received.statements[0]
    assert booked.evidence["file"] == received.file_id


def test_an_account_that_opens_at_zero_needs_no_entry(engine: Engine) -> None:
    take(engine, written(statement(0, [5])))
    assert counts(engine) == (1, 1, 0)


def test_a_notification_is_evidence_only(engine: Engine) -> None:
    def notice(name: str) -> bytes:
        body = report(entry("5"), identifier=name, tag="Ntfctn")
        return camt054(body, message_id=name)

    take(engine, notice("N1"))
    take(engine, notice("N2"))
    repeated = notice("N1").replace(b"</Document>", b"</Document>\n")
    assert refused(engine, repeated).code == "STATEMENT_DUPLICATE"
    with read_only(engine) as session:
        assert store.last_statement(session, NOSTRO) is None
        assert store.entries_after(session, after=0) == []
        assert len(store.statements(session)) == 2
    assert counts(engine) == (2, 2, 0)
    take(engine, written(statement(700, [5])))
    assert counts(engine) == (3, 3, 1)


def test_days_in_one_file_are_taken_oldest_first(engine: Engine) -> None:
    days = [
        report(
            balance("OPBD", str(n), on=f"2026-10-0{n}")
            + balance("CLBD", str(n + 1), on=f"2026-10-0{n}")
            + entry("1"),
            identifier=f"D{n}",
        )
        for n in (3, 1, 2)
    ]
    received = take(engine, camt053(*days))
    with read_only(engine) as session:
        found = store.statements(session)
    assert [each.statement_id for each in found] == ["D1", "D2", "D3"]
    assert tuple(each.id for each in found) == received.statements


def test_pages_in_files_of_their_own_continue_each_other(engine: Engine) -> None:
    def page(number: int, first: tuple[str, str], last: tuple[str, str], more: str) -> bytes:
        pages = f"<StmtPgntn><PgNb>{number}</PgNb></StmtPgntn>"
        body = balance(*first) + balance(*last) + entry(more)
        return camt053(report(body, before=pages), message_id="ONE")

    take(engine, page(1, ("OPBD", "1"), ("ITBD", "3"), "2"))
    assert refused(engine, page(3, ("ITBD", "7"), ("CLBD", "8"), "1")).code == "STATEMENT_GAP"
    take(engine, page(2, ("ITBD", "3"), ("ITBD", "7"), "4"))
    take(engine, page(3, ("ITBD", "7"), ("CLBD", "8"), "1"))
    with read_only(engine) as session:
        last = store.last_statement(session, NOSTRO)
    assert last is not None
    assert last.closing == 800


def test_a_bank_that_closes_by_value_date_is_proved_as_one_that_closes_by_booking(
    engine: Engine,
) -> None:
    """PostFinance leaves what it books today and values tomorrow out of today's balance."""
    monday, tuesday, friday = (date(2026, 10, n) for n in (5, 6, 9))

    def day(on: date, opening: int, closing: int, *lines: tuple[int, date]) -> bytes:
        made = statement(opening, [amount for amount, _ in lines], identifier=f"{on}", on=on)
        entries = tuple(
            replace(each, value_date=valued)
            for each, (_, valued) in zip(made.entries, lines, strict=True)
        )
        return written(replace(made, entries=entries, closing=Money(closing, CAD)))

    first = day(monday, 1000, 1250, (250, monday), (70, tuesday), (9, friday))
    assert refused(engine, first).code == "STATEMENT_SUM_WRONG"
    with unit_of_work(engine) as session:
        writes.set_closing(session, NOSTRO, Closing.VALUED)
    take(engine, first)
    assert booked(engine) == 1329
    assert refused(engine, day(tuesday, 1250, 1255, (5, tuesday))).code == "STATEMENT_SUM_WRONG"
    take(engine, day(tuesday, 1250, 1325, (5, tuesday)))
    assert booked(engine) == 1334
    with unit_of_work(engine) as session:
        writes.set_closing(session, NOSTRO, Closing.BOOKED)
    take(engine, day(friday, 1325, 1335, (1, friday)))
    assert booked(engine) == 1335


def booked(engine: Engine) -> int:
    """What the bank has booked by now, whether or not its closing balance counts it."""
    with read_only(engine) as session:
        return store.closing_total(session, "CAD", store.last_sequence(session))


def test_whoever_is_told_commits_with_the_file(engine: Engine) -> None:
    told: list[Received] = []

    def tell(session: Session, received: Received) -> None:
        assert store.file(session, received.file_id) is not None
        told.append(received)

    content = written(statement(0, [5]))
    receive(engine, content, "a", received_by="b", clock=Clock(NOW), tell=tell)
    with pytest.raises(FileRefused):
        receive(engine, content, "a", received_by="b", clock=Clock(NOW), tell=tell)
    assert [(each.accepted, each.error_code) for each in told] == [
        (True, ""),
        (False, "STATEMENT_DUPLICATE"),
    ]


def test_a_busy_database_is_no_refusal(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise Retryable("busy")

    monkeypatch.setattr(importer, "hold_order", busy)
    with pytest.raises(Retryable):
        take(engine, written(statement(0, [5])))
    with read_only(engine) as session:
        assert store.files(session) == []


def test_a_file_of_many_lines_is_kept(engine: Engine) -> None:
    received = take(engine, written(statement(0, [1] * 4500)))
    with read_only(engine) as session:
        lines = store.statement_entries(session, received.statements[0])
    assert (received.entries, len(lines), lines[-1].position) == (4500, 4500, 4500)


def test_the_linked_case_arrives(engine: Engine) -> None:
    case = SAMPLES / "cbpr_c5641"
    if not case.is_dir():
        pytest.skip("the sample bank files are not beside the repository")
    for name in ("1_pacs009_BtoC.xml", "3_camt054_DtoE.xml", "4_camt053_DtoE.xml"):
        assert take(engine, (case / name).read_bytes(), name).accepted
    with read_only(engine) as session:
        last = store.last_statement(session, NOSTRO)
        found = store.entries_by_uetr(session, UETR)
        nostro = balances.balance(session, NOSTRO).posted(Side.DEBIT)
    assert last is not None
    assert (last.opening, last.closing, nostro) == (-9_654_400, 246_942_800, -9_654_400)
    assert [each.amount for each in found] == [256_597_200, 256_597_200]
