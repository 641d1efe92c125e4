"""The audit trail: what was written is kept, and what was changed after it is found.

In: rows changed by SQL in both kinds of database. Run by pytest.
"""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session

from node.control import audit, store
from node.control.audit import leaf_of
from node.control.store import AuditRecord
from node.core.errors import Rejected
from node.db.unit_of_work import read_only, unit_of_work
from tests.support.ledger_books import NOW

DETAIL = {"amount": "5.00", "lines": [1, 2], "to": {"name": "Zoë"}}
WHOLE: dict[str, Any] = {
    "actor": "treasurer",
    "action": "issue",
    "subject": "in-1",
    "detail": DETAIL,
    "at": NOW,
}


def record(engine: Engine, subject: str = "in-1", **detail: object) -> None:
    with unit_of_work(engine) as session:
        audit.record(
            session,
            actor="treasurer",
            action="issue",
            subject=subject,
            detail=detail or DETAIL,
            at=NOW,
        )


def trail(engine: Engine, subject: str | None = None) -> list[AuditRecord]:
    with read_only(engine) as session:
        return list(store.audit_trail(session, subject))


def changed(engine: Engine) -> list[int]:
    with read_only(engine) as session:
        return audit.verify(session)


def tamper(engine: Engine, change: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE audit SET {change} WHERE sequence = 2"))  # noqa: S608


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'nobody'",
        "action = 'redeem'",
        "subject = 'in-2'",
        "at = '2026-10-05 09:30:00.000001+00:00'",
        """detail = '{"amount": "6.00"}'""",
        """detail = '{}'""",
        "leaf = ''",
        "leaf = upper(leaf)",
    ],
)
def test_a_row_changed_by_hand_is_found(engine: Engine, change: str) -> None:
    for subject in ("in-1", "in-2", "in-3"):
        record(engine, f"{subject}x")
    tamper(engine, change)
    assert changed(engine) == [2]


def test_a_trail_that_nobody_touched_is_proved(engine: Engine) -> None:
    record(engine)
    record(
        engine, amount="1.00", note='ünïcode  and "quotes"', empty=None, nested={"b": 1, "a": []}
    )
    assert changed(engine) == []


def test_an_empty_trail_is_proved(engine: Engine) -> None:
    assert changed(engine) == []


def test_an_action_that_fails_leaves_no_trail(engine: Engine) -> None:
    with pytest.raises(Rejected), unit_of_work(engine) as session:
        _record_and_fail(session)
    assert trail(engine) == []


def test_the_trail_says_who_did_what_and_when(engine: Engine) -> None:
    record(engine)
    (row,) = trail(engine)
    assert (row.actor, row.action, row.subject, row.at) == ("treasurer", "issue", "in-1", NOW)
    assert row.detail == DETAIL
    assert row.leaf == leaf_of(**WHOLE)


def test_the_trail_of_one_subject_is_read_in_order(engine: Engine) -> None:
    for subject in ("a", "b", "a"):
        record(engine, subject)
    assert [row.sequence for row in trail(engine, "a")] == [1, 3]
    assert [row.subject for row in trail(engine)] == ["a", "b", "a"]


def test_detail_is_sealed_as_the_database_gives_it_back(engine: Engine) -> None:
    record(engine, pair=(1, 2), keys={1: "one"})
    assert changed(engine) == []
    assert trail(engine)[0].detail == {"pair": [1, 2], "keys": {"1": "one"}}


@pytest.mark.parametrize(
    "other",
    [
        {"actor": "approver"},
        {"action": "redeem"},
        {"subject": "in-2"},
        {"detail": {}},
        {"at": NOW + timedelta(microseconds=1)},
        {"actor": "treasurerissue", "action": ""},
    ],
)
def test_every_part_of_a_row_is_in_its_leaf(other: dict[str, Any]) -> None:
    assert leaf_of(**WHOLE) != leaf_of(**{**WHOLE, **other})


def test_the_zone_in_which_a_time_is_told_is_not_in_the_leaf() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=-5)))
    assert leaf_of(**WHOLE) == leaf_of(**{**WHOLE, "at": there})


def test_a_leaf_is_the_same_in_every_release() -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    leaf = leaf_of(actor="a", action="b", subject="c", detail={"z": 1, "a": "é"}, at=at)
    assert leaf == "b5957b7dd79389d692b62aaa6ba6dfd014f21ddc50238dfd8f0e6ff864a09422"


@given(st.dictionaries(st.text(max_size=4), st.integers(), max_size=4))
def test_the_order_of_detail_is_not_in_the_leaf(detail: dict[str, int]) -> None:
    turned = dict(reversed(detail.items()))
    assert leaf_of(**{**WHOLE, "detail": detail}) == leaf_of(**{**WHOLE, "detail": turned})


def _record_and_fail(session: Session) -> None:
    audit.record(session, actor="a", action="b", subject="c", at=NOW)
    raise Rejected("no")
