"""Breaks as cases: what one person may do, and what is refused even to two."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from node.control import store as control
from node.control.approvals import Decision, NotAsShown, SamePerson
from node.core.errors import NotFound
from node.core.ids import sha256_hex
from node.db.unit_of_work import read_only, unit_of_work
from node.reconciliation import store
from node.reconciliation.cases import store as cases_store
from node.reconciliation.cases.proposal import (
    CaseClosed,
    CaseCommand,
    CommandHasNoSense,
    WriteOffTooLarge,
)
from node.reconciliation.cases.service import Cases
from tests.support.recon_cases import (
    CHECKER,
    MAKER,
    WRITE_OFF_MAX,
    approved,
    open_breaks,
    uetr,
)
from tests.support.recon_records import Records

C = CaseCommand


@pytest.fixture
def records(engine: Engine) -> Records:
    return Records(engine)


@pytest.fixture
def cases(records: Records) -> Cases:
    return Cases(records.engine, records.clock, WRITE_OFF_MAX)


@pytest.mark.parametrize("command", [C.MATCH, C.WRITE_OFF, C.ACCEPT, C.SPLIT])
def test_what_is_not_there_cannot_be_worked_on(cases: Cases, command: CaseCommand) -> None:
    with pytest.raises(NotFound):
        cases.ask(command, "nothing", reason="r", by=MAKER)


def test_who_asked_does_not_approve(cases: Cases, records: Records) -> None:
    records.issue(500, uetr())
    (found,) = open_breaks(records)
    asked = cases.ask(C.ACCEPT, found.id, reason="r", by=MAKER)
    with pytest.raises(SamePerson):
        cases.decide(asked.id, Decision.APPROVED, by=MAKER, shown=asked.shown)
    assert open_breaks(records)[0].accepted == ""


def test_the_database_itself_wants_two_people(cases: Cases, records: Records) -> None:
    records.issue(500, uetr())
    (found,) = open_breaks(records)
    cases.ask(C.ACCEPT, found.id, reason="r", by=MAKER)
    with pytest.raises(IntegrityError), unit_of_work(records.engine) as session:
        session.execute(text("UPDATE approval SET state = 'APPROVED', decided_by = asked_by"))


def test_an_approval_names_what_was_shown(cases: Cases, records: Records) -> None:
    records.issue(500, uetr())
    (found,) = open_breaks(records)
    asked = cases.ask(C.ACCEPT, found.id, reason="r", by=MAKER)
    for shown in ("", "00" * 32):
        with pytest.raises(NotAsShown):
            cases.decide(asked.id, Decision.APPROVED, by=CHECKER, shown=shown)
    assert open_breaks(records)[0].accepted == ""


def test_what_changed_after_it_was_shown_is_not_approved(cases: Cases, records: Records) -> None:
    payment = uetr()
    records.issue(500, payment)
    (found,) = open_breaks(records)
    asked = cases.ask(C.ACCEPT, found.id, reason="r", by=MAKER)
    records.statement((400, payment))
    (now,) = open_breaks(records)
    assert now.id == found.id
    with pytest.raises(NotAsShown, match="no longer"):
        approved(cases, asked)
    assert open_breaks(records)[0].accepted == ""


def test_what_was_declined_changes_nothing(cases: Cases, records: Records) -> None:
    records.issue(500, uetr())
    (found,) = open_breaks(records)
    asked = cases.ask(C.ACCEPT, found.id, reason="r", by=MAKER)
    cases.decide(asked.id, Decision.DECLINED, by=CHECKER, shown="")
    assert open_breaks(records) == [found]


def test_a_closed_break_is_not_worked_on(cases: Cases, records: Records) -> None:
    payment = uetr()
    records.issue(500, payment)
    (found,) = open_breaks(records)
    records.statement((500, payment))
    assert open_breaks(records) == []
    refused: list[Callable[[], object]] = [
        lambda: cases.ask(C.ACCEPT, found.id, reason="r", by=MAKER),
        lambda: cases.assign(found.id, "somebody", by=MAKER),
        lambda: cases.reopen(found.id, "r", by=MAKER),
    ]
    for each in refused:
        with pytest.raises(CaseClosed):
            each()


def test_more_than_the_limit_is_not_written_off(cases: Cases, records: Records) -> None:
    payment = uetr()
    records.issue(50_000, payment)
    records.statement((39_999, payment))
    (found,) = open_breaks(records)
    with pytest.raises(WriteOffTooLarge, match="may be written off at once"):
        cases.ask(C.WRITE_OFF, found.id, reason="r", by=MAKER)


def test_what_the_chain_moved_is_not_written_off(cases: Cases, records: Records) -> None:
    records.supply += 70
    records.mine()
    (found,) = open_breaks(records)
    for command in (C.WRITE_OFF, C.MATCH):
        with pytest.raises(CommandHasNoSense):
            cases.ask(command, found.id, reason="r", by=MAKER)


def test_a_match_needs_other_breaks_and_each_once(cases: Cases, records: Records) -> None:
    records.issue(500, uetr())
    (found,) = open_breaks(records)
    for others in ((), (found.id,)):
        with pytest.raises(CommandHasNoSense):
            cases.ask(C.MATCH, found.id, reason="r", by=MAKER, others=others)


def test_what_a_rule_matched_is_not_taken_apart(cases: Cases, records: Records) -> None:
    payment = uetr()
    records.issue(500, payment)
    records.statement((500, payment))
    open_breaks(records)
    with read_only(records.engine) as session:
        match = store.match_by_uetr(session, payment)
    assert match is not None
    with pytest.raises(CommandHasNoSense, match="by the rule exact_reference"):
        cases.ask(C.SPLIT, match.id, reason="r", by=MAKER)


# ------------------------------------------------------------------------------- what one may do


def test_a_case_has_an_owner_notes_and_files(cases: Cases, records: Records) -> None:
    records.issue(500, uetr())
    (found,) = open_breaks(records)
    cases.assign(found.id, "nostro desk", by=MAKER)
    cases.note(found.id, "asked the correspondent", by=MAKER)
    cases.note(found.id, "their answer", by=MAKER, file=("answer.txt", b"tomorrow"))
    assert open_breaks(records)[0].owner == "nostro desk"
    with read_only(records.engine) as session:
        first, second = cases_store.notes(session, found.id)
        trail = [each.action for each in control.audit_trail(session, found.id)]
        kept = cases_store.attachment(session, found.id, second.id)
        assert cases_store.attachment(session, found.id, first.id) is None
        assert cases_store.attachment(session, "another", second.id) is None
    assert (first.text, first.file_name, second.sha256) == (
        "asked the correspondent",
        "",
        sha256_hex(b"tomorrow"),
    )
    assert kept == ("answer.txt", b"tomorrow")
    assert trail == ["break.opened", "break.assigned", "break.noted", "break.noted"]
