"""BAI2: balances, transactions by type code, continuations, and totals that must be right.

In: files written here. Out: statements, or the refusal. Run by pytest.
"""

from __future__ import annotations

from datetime import date

import pytest

from node.bank.reader import read
from node.bank.refusal import FileRefused
from node.bank.statement import STATEMENT, Statement
from tests.support.bank_samples import sample

UETR = "7a562c67-ca16-48ba-b074-65581be6f001"
GOOD = f"""\
01,BANKUS33,CONCORD,261002,0600,1,80,1,2/
02,CONCORD,BANKUS33,1,261001,,USD,2/
03,123456789,USD,010,100000,,,015,104500,,/
16,195,5000,V,261002,,B-1,E2E-1,WIRE IN UETR {UETR}/
16,475,500,0,B-2,,CHECK
88,NUMBER 7/
16,890,,,,,A REMARK/
49,210000,6/
98,210000,1,8/
99,210000,1,10/
"""


def statements(text: str) -> tuple[Statement, ...]:
    return read(text.encode(), "day.bai").statements


def refused(text: str) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        statements(text)
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("49,210000,6", "49,210001,6", "BAI2_TOTAL_WRONG", 8),
        ("49,210000,6", "49,210000,7", "BAI2_TOTAL_WRONG", 8),
        ("98,210000,1,8", "98,210000,2,8", "BAI2_TOTAL_WRONG", 9),
        ("99,210000,1,10", "99,1,1,10", "BAI2_TOTAL_WRONG", 10),
        ("99,210000,1,10/\n", "", "FIELD_MISSING", 9),
        ("99,210000,1,10/\n", "99,210000,1,10/\n16,195,1,,,,/\n", "FIELD_INVALID", 11),
        ("02,CONCORD,BANKUS33,1,261001,,USD,2/\n", "", "FIELD_MISSING", 2),
        ("261001", "261301", "FIELD_INVALID", 2),
        ("5000,V", "50.00,V", "FIELD_INVALID", 4),
        ("16,195", "17,195", "FIELD_INVALID", 4),
        ("16,195", "16,²", "FIELD_INVALID", 4),
        ("USD,010", "U5D,010", "FIELD_INVALID", 3),
        ("5000,V", "9" * 19 + ",V", "FIELD_INVALID", 4),
    ],
)
def test_what_is_not_whole_is_refused(old: str, new: str, code: str, line: int) -> None:
    assert old in GOOD
    found = refused(GOOD.replace(old, new, 1))
    assert (found.code, found.line, found.format) == (code, line, "BAI2")


def test_an_account_with_balances_and_transactions() -> None:
    (found,) = statements(GOOD)
    assert (found.kind, found.account_number, found.currency) == (STATEMENT, "123456789", "USD")
    assert (str(found.opening), str(found.closing)) == ("USD 1000.00", "USD 1045.00")
    assert found.closing_date == date(2026, 10, 1)
    credit, debit = found.entries  # what moves no money is no line
    assert (credit.amount.minor_units, credit.value_date) == (5_000, date(2026, 10, 2))
    assert (credit.servicer_reference, credit.end_to_end_id, credit.uetr) == ("B-1", "E2E-1", UETR)
    assert (debit.amount.minor_units, debit.value_date) == (-500, date(2026, 10, 1))
    assert debit.narrative == "CHECK,NUMBER 7"


@pytest.mark.parametrize(
    ("funds", "day"),
    [
        ("S,1,2,3", date(2026, 10, 1)),
        ("D,2,0,100,1,4900", date(2026, 10, 1)),
        ("V,261003,0930", date(2026, 10, 3)),
        ("1", date(2026, 10, 1)),
        ("", date(2026, 10, 1)),
    ],
)
def test_every_funds_type_ends_where_it_does(funds: str, day: date) -> None:
    (found,) = statements(GOOD.replace("V,261002,,B-1", f"{funds},B-1"))
    assert (found.entries[0].servicer_reference, found.entries[0].value_date) == ("B-1", day)


def test_a_currency_without_decimals_counts_whole_units() -> None:
    (found,) = statements(GOOD.replace("USD", "JPY"))
    assert str(found.closing) == "JPY 104500"


def test_the_genuine_sample() -> None:
    found = read(sample("bai2_cad_unnamed.bai"), "x").statements
    assert [(each.page, len(each.entries)) for each in found] == [(1, 11), (2, 6)]
    for each in found:
        assert sum(entry.amount.minor_units for entry in each.entries) == 0
        assert (each.opening, each.closing) == (each.closing, each.opening)
