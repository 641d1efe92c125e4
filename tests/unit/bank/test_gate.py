"""What the gate refuses: duplicates, sums, gaps, unknown accounts, wrong currencies.

In: statements and what is on record. Run by pytest; no database.
"""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.bank import gate
from node.bank.record import StoredFile, StoredStatement
from node.bank.refusal import FileRefused
from node.bank.statement import INFORMATION, NOTIFICATION, PENDING, STATEMENT, Statement
from node.core.money import Money, currency
from tests.support.bank_messages import CAD, NOW, statement

NOSTRO = "NOSTRO:CAD:9875687"


def on_record(of: Statement, **changes: object) -> StoredStatement:
    stored = StoredStatement(
        id="s",
        sequence=1,
        file_id=4,
        kind=of.kind,
        message_id=of.message_id,
        statement_id=of.statement_id,
        number=of.number,
        account=NOSTRO,
        account_number=of.account_number,
        currency=of.currency,
        opening=None if of.opening is None else of.opening.minor_units,
        closing=None if of.closing is None else of.closing.minor_units,
        opening_date=of.opening_date,
        closing_date=of.closing_date,
        ahead=0,
        received_at=NOW,
    )
    return replace(stored, **changes)  # type: ignore[arg-type]


def test_the_same_file_is_refused_and_named() -> None:
    earlier = StoredFile(7, "ab", "monday.xml", 1, "", True, "", None, "", "bank", NOW)
    with pytest.raises(gate.StatementDuplicate, match=r"file 7.*monday") as caught:
        gate.check_new_file(earlier)
    assert caught.value.status == 409
    gate.check_new_file(None)


def test_an_unknown_account_is_refused() -> None:
    for nostros in ([], ["NOSTRO:CAD:1"], ["NOSTRO:CAD:98756870"]):
        with pytest.raises(gate.AccountUnknown, match="9875687"):
            gate.known_account(statement(), nostros)


def test_another_currency_is_refused() -> None:
    with pytest.raises(gate.StatementCurrencyWrong, match=r"in CAD.*kept in EUR, USD"):
        gate.known_account(statement(), ["NOSTRO:USD:9875687", "NOSTRO:EUR:9875687"])


def test_an_account_kept_in_two_currencies_is_found() -> None:
    assert gate.known_account(statement(), ["NOSTRO:USD:9875687", NOSTRO]) == NOSTRO
    odd = statement(number="A:B")
    assert gate.known_account(odd, ["NOSTRO:CAD:A:B"]) == "NOSTRO:CAD:A:B"


def test_a_sum_that_is_wrong_says_both_numbers() -> None:
    wrong = replace(statement(1000, [250, -50]), closing=Money(1201, CAD), line=9)
    with pytest.raises(gate.StatementSumWrong) as caught:
        gate.check_sum(wrong)
    assert "opening 10.00 and 2 booked entries of 2.00 make 12.00" in caught.value.detail
    assert "says 12.01 CAD" in caught.value.detail
    assert caught.value.line == 9


@pytest.mark.parametrize("which", ["opening", "closing"])
def test_a_missing_balance_is_refused(which: str) -> None:
    lacking = replace(statement(), **{which: None})  # type: ignore[arg-type]
    with pytest.raises(gate.BalanceMissing, match=f"no {which}"):
        gate.check_sum(lacking)


@pytest.mark.parametrize("status", [PENDING, INFORMATION])
def test_what_is_not_booked_is_not_counted(status: str) -> None:
    whole = statement(1000, [250, 999])
    announced = replace(whole.entries[1], status=status)
    counted = replace(whole, entries=(whole.entries[0], announced), closing=Money(1250, CAD))
    assert gate.check_sum(counted) == (Money(1000, CAD), Money(1250, CAD))


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(-(10**12), 10**12)), st.integers())
def test_only_the_exact_sum_passes(opening: int, amounts: list[int], off: int) -> None:
    right = statement(opening, amounts)
    gate.check_sum(right)
    closing = opening + sum(amounts) + off
    if off and abs(closing) < 2**62:
        with pytest.raises(gate.StatementSumWrong):
            gate.check_sum(replace(right, closing=Money(closing, CAD)))


def test_amounts_beyond_64_bits_in_sum_are_refused_not_raised() -> None:
    huge = 2**63 - 1
    entries = statement(0, [1, 1]).entries
    big = tuple(replace(each, amount=Money(huge, CAD)) for each in entries)
    with pytest.raises(gate.StatementSumWrong):
        gate.check_sum(replace(statement(), entries=big))


def test_a_gap_says_both_numbers() -> None:
    last = on_record(statement(0, [500], identifier="MON"))
    with pytest.raises(gate.StatementGap, match=r"opens at 6\.00.*'MON', closed at 5\.00 CAD"):
        gate.check_order(statement(600), Money(600, CAD), last)
    gate.check_order(statement(500), Money(500, CAD), last)
    gate.check_order(statement(600), Money(600, CAD), None)


def test_a_statement_from_before_the_last_one_is_refused() -> None:
    last = on_record(statement(500, identifier="MON"))
    earlier = statement(500, on=date(2026, 10, 4))
    with pytest.raises(gate.StatementGap, match="2026-10-04, before"):
        gate.check_order(earlier, Money(500, CAD), last)


def test_a_statement_of_days_that_were_told_is_no_gap_but_an_overlap() -> None:
    last = on_record(statement(0, [500], identifier="TUE", on=date(2026, 10, 6)))
    week = replace(statement(0, [500, 70], on=date(2026, 10, 9)), opening_date=date(2026, 10, 5))
    with pytest.raises(gate.StatementOverlap, match=r"2026-10-05 to 2026-10-09; .*'TUE'"):
        gate.check_order(week, Money(0, CAD), last)
    late = statement(0, [20], identifier="MON", on=date(2026, 10, 5))
    with pytest.raises(gate.StatementOverlap):
        gate.check_order(late, Money(0, CAD), last)
    undated = replace(late, opening_date=None, closing_date=None)
    with pytest.raises(gate.StatementGap):
        gate.check_order(undated, Money(0, CAD), last)


def test_what_is_valued_after_the_closing_day_may_be_left_out_of_the_closing_balance() -> None:
    day = statement(1000, [250, 70])
    later = replace(day.entries[1], value_date=date(2026, 10, 6))
    valued = replace(day, entries=(day.entries[0], later), closing=Money(1250, CAD))
    assert gate.ahead(valued) == 70
    gate.check_sum(valued, after=70)
    with pytest.raises(gate.StatementSumWrong, match=r"13\.20.*12\.50") as caught:
        gate.check_sum(valued)
    assert "closing VALUED" in caught.value.remedy
    following = replace(statement(1250, [5], on=date(2026, 10, 6)), closing=Money(1325, CAD))
    gate.check_sum(following, before=70)
    with pytest.raises(gate.StatementSumWrong):
        gate.check_sum(following)


def test_the_same_content_is_refused_under_any_name() -> None:
    with pytest.raises(gate.StatementDuplicate, match="same balances and entries"):
        gate.check_new(statement(), on_record(statement(identifier="OTHER")), [])


def test_the_same_name_for_the_same_day_is_refused() -> None:
    with pytest.raises(gate.StatementDuplicate, match="other content"):
        gate.check_new(statement(5), None, [on_record(statement(6))])


def test_the_same_name_in_the_same_message_is_refused() -> None:
    earlier = on_record(statement(6), closing_date=date(2026, 1, 1))
    with pytest.raises(gate.StatementDuplicate):
        gate.check_new(statement(5), None, [earlier])


def test_a_name_used_again_another_day_is_accepted() -> None:
    earlier = on_record(statement(6), closing_date=date(2025, 10, 5), message_id="LAST-YEAR")
    gate.check_new(statement(5), None, [earlier])


def test_a_later_page_may_carry_the_name_of_the_first() -> None:
    gate.check_new(replace(statement(6), page=2), None, [on_record(statement(6))])


def test_lines_at_one_place_are_refused() -> None:
    one = statement(0, [1, 2])
    twice = replace(one, entries=(one.entries[0], replace(one.entries[1], position=1, line=8)))
    with pytest.raises(FileRefused) as caught:
        gate.check_lines(twice)
    assert caught.value.code == "STATEMENT_POSITION_TWICE"
    gate.check_lines(one)


def test_the_fingerprint_is_of_content_not_of_names_and_lines() -> None:
    one = statement(100, [5])
    renamed = replace(one, statement_id="X", message_id="Y", number=99, line=77)
    shifted = replace(renamed, entries=tuple(replace(each, line=5) for each in one.entries))
    assert gate.fingerprint(one) == gate.fingerprint(shifted)
    usd = Money(100, currency("USD"))
    for other in (
        replace(one, closing_date=date(2026, 10, 6)),
        replace(one, opening=Money(101, CAD)),
        replace(one, opening=usd, currency="USD"),
        replace(one, entries=()),
        replace(one, entries=(replace(one.entries[0], narrative="z"),)),
        replace(one, entries=(replace(one.entries[0], amount=Money(-5, CAD)),)),
        replace(one, kind=NOTIFICATION),
        replace(one, page=2),
    ):
        assert gate.fingerprint(other) != gate.fingerprint(one)


@pytest.mark.parametrize(("kind", "on"), [(NOTIFICATION, date(2026, 1, 1)), (STATEMENT, None)])
def test_the_name_counts_where_no_day_tells_apart(kind: str, on: date | None) -> None:
    one = replace(statement(), kind=kind, closing_date=on)
    assert gate.fingerprint(one) != gate.fingerprint(replace(one, statement_id="STMT-2"))
