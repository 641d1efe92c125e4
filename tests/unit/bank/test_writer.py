"""What is written is read back unchanged, and what cannot be written is refused.

In: statements of every kind. Run by pytest.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.bank.reader import read
from node.bank.statement import (
    BOOKED,
    INFORMATION,
    NOTIFICATION,
    PENDING,
    STATEMENT,
    Statement,
    StatementEntry,
)
from node.bank.writer import StatementUnwritable, write_camt053
from node.core.money import Asset, Money, currency
from tests.support.bank_messages import CAD, NOW, UETR, statement

DATES = st.dates(date(2000, 1, 1), date(2099, 12, 31))
WORDS = st.text("abcXYZ019-/&<>\"'é…漢", min_size=1, max_size=12)
IDENTIFIERS = st.text("abcXYZ019-/.&<é", max_size=35)
NARRATIVES = st.lists(WORDS, max_size=40).map(" ".join)
UNITS = st.integers(-(10**15), 10**15)


@st.composite
def entries(draw: st.DrawFn, of: Asset, position: int) -> StatementEntry:
    return StatementEntry(
        position=position,
        amount=Money(draw(UNITS), of),
        status=draw(st.sampled_from([BOOKED, PENDING, INFORMATION])),
        booking_date=draw(DATES),
        value_date=draw(DATES),
        uetr=draw(st.sampled_from(["", UETR]) | st.uuids(version=4).map(str)),
        end_to_end_id=draw(IDENTIFIERS),
        instruction_id=draw(IDENTIFIERS),
        servicer_reference=draw(IDENTIFIERS),
        counterparty=draw(st.lists(WORDS, max_size=8).map(" ".join)),
        narrative=draw(NARRATIVES),
        reversal=draw(st.booleans()),
        line=1,
    )


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    of = currency(draw(st.sampled_from(["CAD", "JPY", "KWD", "CLF"])))
    lines = draw(st.integers(0, 4))
    return Statement(
        kind=STATEMENT,
        message_id=draw(IDENTIFIERS),
        statement_id=draw(IDENTIFIERS.filter(bool)),
        number=draw(st.none() | st.integers(0, 2**31 - 1)),
        account_number=draw(st.sampled_from(["DE02100100109307118603", "9875687", "A:B/7"])),
        currency=of.code,
        opening=Money(draw(UNITS), of),
        closing=Money(draw(UNITS), of),
        opening_date=draw(DATES),
        closing_date=draw(DATES),
        entries=tuple(draw(entries(of, place)) for place in range(1, lines + 1)),
        line=1,
        page=draw(st.integers(1, 3)),
    )


def written(of: Statement, at: datetime = NOW) -> bytes:
    return write_camt053(of, owner_bic="NWBKGB2L", servicer_bic="ROYCCAT2", created_at=at)


def without_lines(of: Statement) -> Statement:
    return replace(of, line=1, entries=tuple(replace(each, line=1) for each in of.entries))


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": NOTIFICATION},
        {"opening": None},
        {"closing": None},
        {"closing_date": None},
        {"statement_id": "x" * 36},
        {"statement_id": "a\x00b"},
        {"message_id": "two\nlines"},
        {"account_number": "9" * 36},
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(StatementUnwritable):
        written(replace(statement(0, [5]), **changes))  # type: ignore[arg-type]


@given(statements())
def test_what_is_written_is_read_back_unchanged(of: Statement) -> None:
    message = read(written(of), "x")
    assert message.format == "camt.053.001.08"
    (found,) = message.statements
    assert without_lines(found) == of


def test_the_same_statement_makes_the_same_bytes() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5)))
    assert written(statement(5, [1])) == written(statement(5, [1]), elsewhere)
    assert written(statement(5, [1])) != written(statement(5, [2]))


def test_both_banks_and_the_time_are_named() -> None:
    text = written(statement(), datetime(2026, 10, 5, 18, tzinfo=UTC)).decode()
    for each in ("NWBKGB2L", "ROYCCAT2", "2026-10-05T18:00:00+00:00", "camt.053.001.08"):
        assert each in text


def test_a_text_that_xml_cannot_carry_is_cleaned() -> None:
    dirty = statement(0, [5])
    entry = replace(dirty.entries[0], counterparty="a\x00b" + "c" * 200, narrative="x\x1fy")
    (found,) = read(written(replace(dirty, entries=(entry,))), "x").statements
    assert (found.entries[0].narrative, len(found.entries[0].counterparty)) == ("x y", 140)


def test_lines_point_into_the_file() -> None:
    content = written(statement(0, [5, 6]))
    (found,) = read(content, "x").statements
    for each in found.entries:
        assert b"<Ntry>" in content.split(b"\n")[each.line - 1]
    assert found.opening == Money(0, CAD)
