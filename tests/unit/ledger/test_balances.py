"""Balances, now and as of any cut, and the proofs that the books add up.

In: a few booked days in both kinds of database. Run by pytest.
"""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from node.core.money import MINOR_UNITS_MAX
from node.core.types import Side
from node.db.unit_of_work import read_only
from node.ledger import balances
from node.ledger.account import UnknownAccount
from node.ledger.balance import Balance
from node.ledger.balances import TrialLine
from tests.support.ledger_books import (
    ALICE,
    BOB,
    NOSTRO,
    NOSTRO_JPY,
    NOW,
    SUSPENSE_JPY,
    TODAY,
    amounts,
    credit,
    debit,
    new_entry,
    pending,
    post_pending,
    posted,
    reverse,
    void_pending,
)

HOUR = timedelta(hours=1)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def alice(
    engine: Engine,
    *,
    value_date: date | None = None,
    recorded: datetime | None = None,
    sequence: int | None = None,
) -> Balance:
    with read_only(engine) as session:
        return balances.balance(
            session,
            ALICE.code,
            value_date_until=value_date,
            recorded_until=recorded,
            sequence_until=sequence,
        )


def trial(engine: Engine) -> list[TrialLine]:
    with read_only(engine) as session:
        return balances.trial_balance(session)


def proof(engine: Engine) -> list[str]:
    with read_only(engine) as session:
        return balances.prove_counters(session)


def tamper(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement), {"account": ALICE.code})


def test_an_unknown_account_has_no_balance_not_even_zero(books: Engine) -> None:
    with read_only(books) as session, pytest.raises(UnknownAccount):
        balances.balance(session, "WALLET:EUR:nobody")


def test_an_account_without_entries_holds_nothing(books: Engine) -> None:
    assert alice(books) == amounts(ALICE)


def test_a_balance_as_of_a_value_date_takes_that_day_in(books: Engine) -> None:
    posted(books, new_entry("a", 1, value_date=YESTERDAY))
    posted(books, new_entry("b", 20, value_date=TODAY))
    posted(books, new_entry("c", 300, value_date=TOMORROW))
    days = (YESTERDAY - timedelta(days=1), YESTERDAY, TODAY, TOMORROW)
    assert [alice(books, value_date=day).credits_posted for day in days] == [0, 1, 21, 321]


def test_a_balance_as_of_a_record_time_says_what_was_known(books: Engine) -> None:
    first = posted(books, new_entry("a", 100), NOW)
    reverse(books, first.id, NOW + 2 * HOUR)
    assert alice(books, recorded=NOW - HOUR).posted(Side.CREDIT) == 0
    assert alice(books, recorded=NOW).posted(Side.CREDIT) == 100
    assert alice(books, recorded=NOW + HOUR).posted(Side.CREDIT) == 100
    assert alice(books, recorded=NOW + 2 * HOUR).posted(Side.CREDIT) == 0


def test_a_balance_by_value_date_is_right_in_hindsight(books: Engine) -> None:
    first = posted(books, new_entry("a", 100, value_date=YESTERDAY), NOW)
    reverse(books, first.id, NOW + 48 * HOUR)
    assert alice(books, value_date=YESTERDAY).posted(Side.CREDIT) == 0


def test_a_balance_as_of_a_sequence_is_free_of_clocks(books: Engine) -> None:
    sequences = [posted(books, new_entry(name, 10)).sequence for name in "abc"]
    assert [alice(books, sequence=each).credits_posted for each in [0, *sequences]] == [
        0,
        10,
        20,
        30,
    ]


def test_limits_of_a_cut_hold_together(books: Engine) -> None:
    posted(books, new_entry("a", 1, value_date=YESTERDAY), NOW)
    posted(books, new_entry("b", 20, value_date=YESTERDAY), NOW + HOUR)
    posted(books, new_entry("c", 300, value_date=TOMORROW), NOW)
    assert alice(books, value_date=TODAY, recorded=NOW).credits_posted == 1


def test_a_cut_between_announcement_and_resolution_shows_it_pending(books: Engine) -> None:
    announced = pending(books, new_entry("a", 100))
    post_pending(books, announced.id)
    withdrawn = pending(books, new_entry("b", 7))
    voided = void_pending(books, withdrawn.id)
    assert alice(books, sequence=announced.sequence) == amounts(ALICE, cr=(100, 0))
    assert alice(books, sequence=withdrawn.sequence) == amounts(ALICE, cr=(7, 100))
    assert alice(books, sequence=voided.sequence) == amounts(ALICE, cr=(0, 100))


def test_the_largest_total_is_added_up_exactly(books: Engine) -> None:
    posted(books, new_entry("most", MINOR_UNITS_MAX))
    assert alice(books).credits_posted == MINOR_UNITS_MAX
    assert proof(books) == []


def test_what_came_and_went_many_times_is_added_up_exactly(books: Engine) -> None:
    for number in range(4):
        void_pending(books, pending(books, new_entry(f"e{number}", MINOR_UNITS_MAX)).id)
    assert alice(books) == amounts(ALICE)
    assert proof(books) == []


def test_every_account_is_listed_with_what_it_holds(books: Engine) -> None:
    posted(books, new_entry(amount=100))
    with read_only(books) as session:
        found = balances.balances(session, kind="WALLET", currency="EUR")
    assert [(account.code, held) for account, held in found] == [
        (ALICE.code, amounts(ALICE, cr=(0, 100))),
        (BOB.code, amounts(BOB)),
    ]


def test_the_trial_balance_has_a_line_for_each_currency(books: Engine) -> None:
    posted(books, new_entry("a", 100))
    pending(books, new_entry("b", 7))
    yen = (debit(NOSTRO_JPY, 9), credit(SUSPENSE_JPY, 9))
    posted(books, new_entry("c", currency="JPY", postings=yen))
    assert trial(books) == [TrialLine("EUR", 100, 100, 7, 7), TrialLine("JPY", 9, 9, 0, 0)]
    assert all(line.ok for line in trial(books))


def test_the_trial_balance_as_of_a_time_balances_too(books: Engine) -> None:
    announced = pending(books, new_entry("a", 100), NOW)
    post_pending(books, announced.id, NOW + HOUR)
    with read_only(books) as session:
        before = balances.trial_balance(session, recorded_until=NOW)
    assert before[0] == TrialLine("EUR", 0, 0, 100, 100)


def test_the_trial_balance_finds_a_posting_changed_by_hand(books: Engine) -> None:
    posted(books, new_entry(amount=100))
    tamper(books, "UPDATE posting SET amount = 101 WHERE account = :account")
    assert [line.ok for line in trial(books)] == [False, True]


@pytest.mark.parametrize(
    "counter", ["debits_pending", "credits_pending", "debits_posted", "credits_posted"]
)
def test_a_counter_changed_by_hand_is_found(books: Engine, counter: str) -> None:
    posted(books, new_entry(amount=100))
    change = f"SET {counter} = {counter} + 1"
    tamper(books, f"UPDATE account_counter {change} WHERE account = :account")
    (found,) = proof(books)
    assert found.startswith(ALICE.code)


def test_a_counter_that_is_gone_is_found(books: Engine) -> None:
    tamper(books, "DELETE FROM account_counter WHERE account = :account")
    (found,) = proof(books)
    assert found.startswith(ALICE.code)


def test_a_posting_that_is_gone_is_found(books: Engine) -> None:
    posted(books, new_entry(amount=100))
    tamper(books, "DELETE FROM posting WHERE account = :account")
    (found,) = proof(books)
    assert found.startswith(ALICE.code)


def test_a_kind_of_account_is_added_up_on_its_own_side(books: Engine) -> None:
    posted(books, new_entry("a", 100))
    middle = posted(books, new_entry("b", postings=(debit(NOSTRO, 5), credit(BOB, 5))))
    posted(books, new_entry("c", 1000))
    pending(books, new_entry("d", 7))
    with read_only(books) as session:
        assert balances.total_posted(session, "WALLET", "EUR") == 1105
        assert balances.total_posted(session, "NOSTRO", "EUR") == 1105
        assert balances.total_posted(session, "WALLET", "EUR", middle.sequence) == 105
        assert balances.total_posted(session, "NOSTRO", "JPY") == 0
