"""The CSV of a core banking system: its columns, its rows in their place, exact amounts.

In: files written here. Out: statements, or the refusal. Run by pytest.
"""

from __future__ import annotations

from datetime import date

import pytest

from node.bank.reader import read
from node.bank.refusal import FileRefused
from node.bank.statement import BOOKED, PENDING, Statement

UETR = "7a562c67-ca16-48ba-b074-65581be6f001"
HEAD = (
    "record,statement,account,currency,booking_date,value_date,amount,direction,status,id,"
    "reference,uetr,counterparty,description\n"
)
ROWS = (
    "opening,S-1,ACC-1,EUR,2026-10-01,,1000.00,credit,,,,,,\n"
    f'entry,S-1,ACC-1,EUR,2026-10-01,2026-10-02,10.50,debit,,B-1,E2E-1,{UETR},"Acme, BV",Rent\n'
    "entry,S-1,ACC-1,EUR,2026-10-01,2026-10-01,3.00,credit,pending,B-2,,,,\n"
    "closing,S-1,ACC-1,EUR,2026-10-01,,989.50,credit,,,,,,\n"
)
GOOD = HEAD + ROWS


def statements(text: str) -> tuple[Statement, ...]:
    return read(text.encode(), "day.csv").statements


def refused(text: str) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        statements(text)
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("10.50", '"1,010.50"', "INVALID_AMOUNT", 3),
        ("10.50", "10,50", "FIELD_INVALID", 3),
        ("10.50", "-10.50", "INVALID_AMOUNT", 3),
        ("10.50", "10.505", "AMOUNT_TOO_PRECISE", 3),
        ("10.50", "1e1", "INVALID_AMOUNT", 3),
        ("10.50", "9" * 20, "INVALID_AMOUNT", 3),
        ("debit", "out", "FIELD_INVALID", 3),
        ("pending", "maybe", "FIELD_INVALID", 4),
        ("entry", "line", "FIELD_INVALID", 3),
        ("2026-10-02", "02.10.2026", "FIELD_INVALID", 3),
        (UETR, UETR[:-1], "FIELD_INVALID", 3),
        ("EUR", "E1R", "FIELD_INVALID", 2),
        (",ACC-1", ",", "FIELD_MISSING", 2),
        ("description", "remarks", "FIELD_INVALID", 1),
        ("description", "reference", "FIELD_INVALID", 1),
        ('"Acme, BV"', '"Acme', "FIELD_INVALID", 3),
        (HEAD, HEAD + ROWS, "FIELD_INVALID", 6),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(
    old: str, new: str, code: str, line: int
) -> None:
    assert old in GOOD
    found = refused(GOOD.replace(old, new, 1))
    assert (found.code, found.line, found.format) == (code, line, "core.csv")


def test_a_statement_with_its_balances() -> None:
    (found,) = statements(GOOD)
    assert (found.account_number, found.currency, found.statement_id) == ("ACC-1", "EUR", "S-1")
    assert (str(found.opening), str(found.closing)) == ("EUR 1000.00", "EUR 989.50")
    first, second = found.entries
    assert (first.amount.minor_units, first.status, first.line) == (-1_050, BOOKED, 3)
    assert (first.booking_date, first.value_date) == (date(2026, 10, 1), date(2026, 10, 2))
    assert (first.servicer_reference, first.end_to_end_id, first.uetr) == ("B-1", "E2E-1", UETR)
    assert (first.counterparty, first.narrative) == ("Acme, BV", "Rent")
    assert (second.amount.minor_units, second.status) == (300, PENDING)


def test_a_byte_order_mark_other_line_ends_and_columns_in_another_order() -> None:
    (plain,) = statements(GOOD)
    (marked,) = read(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode(), "x").statements
    assert marked == plain
    turned = "\n".join(
        ",".join(reversed(row.split(","))) for row in GOOD.replace('"Acme, BV"', "Acme").split("\n")
    )
    (found,) = statements(turned)
    assert [each.amount for each in found.entries] == [each.amount for each in plain.entries]


def test_several_statements_in_one_file() -> None:
    other = ROWS.replace("ACC-1", "ACC-2").replace("S-1", "S-9")
    found = statements(GOOD + other)
    assert [(each.account_number, len(each.entries)) for each in found] == [
        ("ACC-1", 2), ("ACC-2", 2),
    ]  # fmt: skip
