"""Entries by themselves: when they balance, and what undoes them.

In: made-up entries. Run by pytest.
"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.core.errors import InvalidAmount
from node.core.ids import derived_id
from node.core.money import MINOR_UNITS_MAX
from node.core.types import Side
from node.ledger.balance import Balance, Running
from node.ledger.booking import posted
from node.ledger.chart import AccountSpec
from node.ledger.entry import (
    Entry,
    Phase,
    Posting,
    Unbalanced,
    check_balanced,
    side_total,
    swapped,
)
from tests.support.ledger_books import ALICE, NOSTRO, NOW, amounts, credit, debit, new_entry

POSTINGS = st.lists(
    st.builds(
        Posting,
        st.sampled_from([NOSTRO.code, ALICE.code]),
        st.sampled_from(Side),
        st.integers(1, 1000),
    ),
    min_size=1,
    max_size=6,
).map(tuple)


@pytest.mark.parametrize(
    "postings",
    [
        (debit(NOSTRO, 100),),
        (debit(NOSTRO, 100), debit(ALICE, 100)),
        (debit(NOSTRO, 100), credit(ALICE, 99)),
        (debit(NOSTRO, 100), credit(ALICE, 60), credit(ALICE, 41)),
    ],
)
def test_an_entry_whose_sides_differ_is_refused(postings: tuple[Posting, ...]) -> None:
    with pytest.raises(Unbalanced):
        check_balanced(new_entry(postings=postings))


def test_an_entry_without_postings_is_refused() -> None:
    new = new_entry()
    object.__setattr__(new, "postings", ())
    with pytest.raises(Unbalanced):
        check_balanced(new)


@pytest.mark.parametrize("amount", [0, -1, MINOR_UNITS_MAX + 1])
def test_an_amount_that_is_not_positive_within_63_bits_is_refused(amount: int) -> None:
    with pytest.raises(InvalidAmount):
        check_balanced(new_entry(amount=amount))


def test_a_total_over_63_bits_is_refused_though_each_amount_fits() -> None:
    half = MINOR_UNITS_MAX // 2 + 1
    sides = (debit(NOSTRO, half), debit(NOSTRO, half), credit(ALICE, half), credit(ALICE, half))
    with pytest.raises(InvalidAmount, match="does not fit in 63 bits"):
        check_balanced(new_entry(postings=sides))


def test_an_entry_in_no_currency_is_refused() -> None:
    with pytest.raises(InvalidAmount):
        check_balanced(new_entry(currency="eur"))


def test_the_largest_amount_balances() -> None:
    check_balanced(new_entry(amount=MINOR_UNITS_MAX))


@given(POSTINGS)
def test_swapping_twice_gives_the_same_postings(postings: tuple[Posting, ...]) -> None:
    assert swapped(swapped(postings)) == postings
    assert side_total(swapped(postings), Side.DEBIT) == side_total(postings, Side.CREDIT)


def entry_of(postings: tuple[Posting, ...], phase: Phase, *, resolving: bool = False) -> Entry:
    some = posted(new_entry(), NOW).entry
    ended = derived_id("test", "announced") if resolving else None
    return replace(some, postings=postings, phase=phase, resolves=ended)


def running(*accounts: AccountSpec) -> Running:
    return Running({each.code: Balance(each.code) for each in accounts})


@given(POSTINGS)
def test_what_resolves_a_pending_entry_takes_back_what_it_announced(
    postings: tuple[Posting, ...],
) -> None:
    held = Running({each.account: Balance(each.account) for each in postings})
    held.move(entry_of(postings, Phase.PENDING))
    held.move(entry_of(postings, Phase.VOIDED, resolving=True))
    assert held.moved() == [Balance(code) for code in sorted({each.account for each in postings})]


def test_what_entries_move_adds_up_per_account() -> None:
    held = running(NOSTRO, ALICE)
    postings = (debit(NOSTRO, 3), debit(NOSTRO, 4), credit(ALICE, 7))
    assert held.move(entry_of(postings, Phase.POSTED, resolving=True)) is None
    assert held.moved() == [amounts(NOSTRO, dr=(-7, 7)), amounts(ALICE, cr=(-7, 7))]


def test_the_account_that_no_longer_fits_is_named() -> None:
    held = Running({
        NOSTRO.code: Balance(NOSTRO.code),
        ALICE.code: amounts(ALICE, cr=(1, MINOR_UNITS_MAX - 3)),
    })  # fmt: skip
    assert held.move(entry_of((debit(NOSTRO, 2), credit(ALICE, 2)), Phase.PENDING)) is None
    assert held.move(entry_of((debit(NOSTRO, 1), credit(ALICE, 1)), Phase.PENDING)) == ALICE.code


def test_what_is_announced_to_go_out_is_not_available() -> None:
    wallet = amounts(ALICE, dr=(30, 10), cr=(500, 100))
    assert wallet.posted(Side.CREDIT) == 90
    assert wallet.pending(Side.CREDIT) == 470
    assert wallet.available(Side.CREDIT) == 60


def test_an_asset_counts_the_other_way_round() -> None:
    nostro = amounts(NOSTRO, dr=(500, 100), cr=(30, 10))
    assert nostro.posted(Side.DEBIT) == 90
    assert nostro.pending(Side.DEBIT) == 470
    assert nostro.available(Side.DEBIT) == 60


def _sum(one: Balance, two: Balance) -> Balance:
    return Balance(
        one.account,
        one.debits_pending + two.debits_pending,
        one.credits_pending + two.credits_pending,
        one.debits_posted + two.debits_posted,
        one.credits_posted + two.credits_posted,
    )
