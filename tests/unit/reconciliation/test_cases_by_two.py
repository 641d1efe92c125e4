"""What two people decide about breaks, and that the records still add up after it."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from node.db.unit_of_work import read_only
from node.ledger import balances, chart
from node.reconciliation import store
from node.reconciliation.breaks import Cause
from node.reconciliation.cases.proposal import (
    CaseCommand,
)
from node.reconciliation.cases.service import Cases
from tests.support.recon_cases import (
    MAKER,
    WRITE_OFF_MAX,
    approved,
    done,
    open_breaks,
    uetr,
)
from tests.support.recon_records import NOSTRO, Records

C = CaseCommand


@pytest.fixture
def records(engine: Engine) -> Records:
    return Records(engine)


@pytest.fixture
def cases(records: Records) -> Cases:
    return Cases(records.engine, records.clock, WRITE_OFF_MAX)


def test_an_accepted_difference_stays_counted_and_waits_for_nobody(
    cases: Cases, records: Records
) -> None:
    payment = uetr()
    records.issue(500, payment)
    records.statement((300, payment))
    (found,) = open_breaks(records)
    (accepted,) = done(cases, records, C.ACCEPT, found)
    assert accepted.accepted
    assert (accepted.id, accepted.effect_bank) == (found.id, -200)
    cases.reopen(found.id, "the correspondent answers after all", by=MAKER)
    assert open_breaks(records)[0].accepted == ""


def test_an_accepted_difference_that_changes_is_open_again(cases: Cases, records: Records) -> None:
    payment = uetr()
    records.issue(500, payment)
    (found,) = open_breaks(records)
    done(cases, records, C.ACCEPT, found)
    records.statement((300, payment))
    (now,) = open_breaks(records)
    assert (now.accepted, now.cause) == ("", Cause.FEE)


def test_an_accepted_difference_closes_when_the_other_side_arrives(
    cases: Cases, records: Records
) -> None:
    payment = uetr()
    records.issue(500, payment)
    (found,) = open_breaks(records)
    done(cases, records, C.ACCEPT, found)
    records.statement((500, payment))
    assert open_breaks(records) == []


@pytest.mark.parametrize(("paid", "account"), [(480, "FEES"), (9_500, "WRITTEN_OFF")])
def test_a_write_off_lets_the_books_follow_the_bank(
    cases: Cases, records: Records, paid: int, account: str
) -> None:
    payment, booked = uetr(), 500
    records.issue(booked, payment)
    records.statement((paid, payment))
    (found,) = open_breaks(records)
    assert done(cases, records, C.WRITE_OFF, found) == []
    bears = chart.fees("EUR") if account == "FEES" else chart.written_off("EUR")
    with read_only(records.engine) as session:
        assert balances.balance(session, bears.code).posted(bears.normal_side) == booked - paid
        assert balances.balance(session, NOSTRO.code).posted(NOSTRO.normal_side) == paid
        match = store.match_by_uetr(session, payment)
    assert match is not None
    assert (match.complete, match.difference, len(match.items)) == (True, 0, 4)


def test_what_never_came_is_written_off(cases: Cases, records: Records) -> None:
    records.issue(500, uetr())
    (found,) = open_breaks(records)
    assert done(cases, records, C.WRITE_OFF, found) == []


def test_a_line_that_nobody_explains_is_written_off(cases: Cases, records: Records) -> None:
    records.mine()
    records.statement((700, ""))
    (found,) = open_breaks(records)
    assert found.cause is Cause.UNIDENTIFIED
    assert done(cases, records, C.WRITE_OFF, found) == []


def test_a_payment_and_its_line_without_reference_are_matched_by_hand(
    cases: Cases, records: Records
) -> None:
    payment = uetr()
    records.issue(500, payment)
    records.statement((250, ""), (250, ""))
    payment_break, first, second = sorted(open_breaks(records), key=lambda each: not each.uetr)
    assert done(cases, records, C.MATCH, first, payment_break, second) == []
    with read_only(records.engine) as session:
        match = store.match_by_uetr(session, payment)
    assert match is not None
    assert (match.complete, match.difference, len(match.items)) == (True, 0, 4)


def test_one_line_pays_several_payments(cases: Cases, records: Records) -> None:
    for amount in (100, 200, 300):
        records.issue(amount, uetr())
    records.statement((600, ""))
    line, *payments = sorted(open_breaks(records), key=lambda each: bool(each.uetr))
    assert done(cases, records, C.MATCH, line, *payments) == []


def test_what_was_matched_by_hand_and_leaves_a_difference_stays_a_break(
    cases: Cases, records: Records
) -> None:
    records.issue(500, uetr())
    records.statement((450, ""))
    line, payment = sorted(open_breaks(records), key=lambda each: bool(each.uetr))
    (left,) = done(cases, records, C.MATCH, line, payment)
    assert (left.cause, left.effect_bank) == (Cause.FEE, -50)


def test_what_people_put_together_is_taken_apart_again(cases: Cases, records: Records) -> None:
    payment = uetr()
    records.issue(500, payment)
    records.statement((250, ""), (250, ""))
    before = open_breaks(records)
    line, *others = sorted(before, key=lambda each: bool(each.uetr))
    assert done(cases, records, C.MATCH, line, *others) == []
    with read_only(records.engine) as session:
        match = store.match_by_uetr(session, payment)
    assert match is not None
    approved(cases, cases.ask(C.SPLIT, match.id, reason="mistaken", by=MAKER))
    after = open_breaks(records)
    assert {each.subject for each in after} == {each.subject for each in before}
    assert records.prove().agrees
