"""Signing a day: by two people, what was shown, once, each certificate after the one before."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from node.control.approvals import Approval, Decision, NotAsShown, SamePerson
from node.days.certificate import FIRST, as_file, verify
from node.days.paper import paper
from node.days.service import DayNotOver, Days, DaySigned, UnknownDay
from node.days.store import SignedDay
from node.days.tabulated import sheets_of
from node.reconciliation.cases.proposal import CaseCommand
from node.reconciliation.cases.service import Cases
from node.sheets.workbook import workbook
from tests.support.recon_cases import CHECKER, MAKER, open_breaks, uetr
from tests.support.recon_records import NOSTRO, TODAY, Records


def asked(days: Days) -> Approval:
    return days.ask(TODAY, reason="all seen", by=MAKER)


def signed(days: Days) -> SignedDay:
    question = asked(days)
    days.decide(question.id, Decision.APPROVED, by=CHECKER, shown=question.shown)
    return days.signed(TODAY)


def file_of(found: SignedDay) -> str:
    return as_file(found.certificate, found.made_by, found.signed_by, found.signed_at.isoformat())


def test_a_day_that_was_not_signed_is_not_there(days: Days) -> None:
    with pytest.raises(UnknownDay):
        days.signed(TODAY)


def test_a_day_that_lies_ahead_is_not_signed(days: Days) -> None:
    with pytest.raises(DayNotOver):
        days.ask(TODAY + timedelta(days=1), reason="r", by=MAKER)


def test_what_does_not_agree_is_not_signed(days: Days, records: Records) -> None:
    records.supply += 1  # what nobody has compared yet
    with pytest.raises(DayNotOver, match="do not agree"):
        asked(days)


def test_who_asked_does_not_sign_and_nobody_signs_what_was_not_shown(days: Days) -> None:
    question = asked(days)
    with pytest.raises(SamePerson):
        days.decide(question.id, Decision.APPROVED, by=MAKER, shown=question.shown)
    with pytest.raises(NotAsShown):
        days.decide(question.id, Decision.APPROVED, by=CHECKER, shown="")
    with pytest.raises(UnknownDay):
        days.signed(TODAY)


def test_a_signed_day_says_what_it_was_made_from(days: Days, records: Records) -> None:
    found = signed(days)
    content = found.certificate.content
    assert (content["day"], content["number"], content["before"]) == (str(TODAY), 1, FIRST)
    (line,) = content["accounts"]
    assert line == {
        "account": NOSTRO.code,
        "currency": "EUR",
        "books": 1200,
        "statement": 1180,
        "open_items": -20,
    }
    (left,) = content["breaks"]
    assert (left["cause"], left["effect_bank"], left["accounts"]) == (
        "FEE",
        -20,
        {NOSTRO.code: -20},
    )
    assert content["counts"]["items"] == {"bank": 2, "books": 2, "chain": 2}
    assert sum(content["counts"]["matches"].values()) == 2
    (given,) = content["inputs"]
    assert (given["account"], given["closing_date"]) == (NOSTRO.code, str(TODAY))
    assert len(given["sha256"]) == 64
    assert [each["rule"] for each in content["rules"]][:2] == ["same_event", "exact_reference"]
    assert len(content["seal"]) == 64
    assert (found.made_by, found.signed_by) == (MAKER, CHECKER)
    assert open_breaks(records)


def test_a_day_is_signed_once(days: Days) -> None:
    signed(days)
    with pytest.raises(DaySigned):
        asked(days)


def test_certificates_follow_each_other(days: Days, records: Records) -> None:
    first = signed(days)
    records.clock.later(days=1)
    records.issue(300, uetr())
    open_breaks(records)
    tomorrow = TODAY + timedelta(days=1)
    question = days.ask(tomorrow, reason="r", by=MAKER)
    days.decide(question.id, Decision.APPROVED, by=CHECKER, shown=question.shown)
    second = days.signed(tomorrow).certificate.content
    assert (second["number"], second["before"]) == (2, first.certificate.root)


def test_a_question_from_before_another_signature_is_not_signed(
    days: Days, records: Records
) -> None:
    question = asked(days)
    earlier = days.ask(TODAY - timedelta(days=1), reason="forgotten", by=MAKER)
    days.decide(earlier.id, Decision.APPROVED, by=CHECKER, shown=earlier.shown)
    with pytest.raises(DaySigned, match="since"):
        days.decide(question.id, Decision.APPROVED, by=CHECKER, shown=question.shown)
    assert records.prove().agrees


def test_what_happens_meanwhile_belongs_to_the_next_day(days: Days, records: Records) -> None:
    question = asked(days)
    records.issue(300, uetr())
    open_breaks(records)
    days.decide(question.id, Decision.APPROVED, by=CHECKER, shown=question.shown)
    assert days.signed(TODAY).certificate.root == question.shown


def test_its_file_holds_without_the_database(days: Days) -> None:
    found = signed(days)
    assert verify(file_of(found)).root == found.certificate.root


def test_a_write_off_by_two_leaves_a_day_without_breaks(days: Days, records: Records) -> None:
    cases = Cases(records.engine, records.clock, "1.00")
    (left,) = open_breaks(records)
    question = cases.ask(CaseCommand.WRITE_OFF, left.id, reason="fee", by=MAKER)
    cases.decide(question.id, Decision.APPROVED, by=CHECKER, shown=question.shown)
    open_breaks(records)
    content = signed(days).certificate.content
    assert content["breaks"] == []
    assert content["accounts"][0]["open_items"] == 0


def test_a_workbook_has_a_sheet_for_each_table_and_no_formula(days: Days, records: Records) -> None:
    cases = Cases(records.engine, records.clock, "1.00")
    (left,) = open_breaks(records)
    cases.assign(left.id, '=HYPERLINK("http://x","y")', by=MAKER)
    book = load_workbook(BytesIO(workbook(sheets_of(signed(days)))))
    assert book.sheetnames == [
        "Certificate",
        "Currencies",
        "Accounts at banks",
        "Open breaks",
        "Inputs",
        "Rules",
    ]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}  # n: an empty text
    owners = [cell.value for cell in cells if str(cell.value).startswith("=HYPERLINK")]
    assert len(owners) == 1
    assert book["Accounts at banks"]["E2"].value == "0.00"


def test_paper_is_a_document(days: Days) -> None:
    drawn = paper(signed(days))
    assert drawn.startswith(b"%PDF-")
    assert len(drawn) > 2_000
