"""What the books refuse, and that nothing of it is left in them.

In: wrong entries against both kinds of database. Run by pytest.
"""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import Engine

from node.core.errors import ConcordError, Conflict, InvalidAmount, Rejected
from node.core.ids import derived_id
from node.core.money import MINOR_UNITS_MAX
from node.db.unit_of_work import unit_of_work
from node.ledger import journal
from node.ledger.account import UnknownAccount
from node.ledger.booking import WrongPhase
from node.ledger.entry import Entry, NewEntry, Unbalanced
from node.ledger.journal import (
    AlreadyResolved,
    AlreadyReversed,
    CounterOverflow,
    UnknownEntry,
)
from tests.support.ledger_books import (
    ALICE,
    BOB,
    NOSTRO,
    NOSTRO_JPY,
    NOW,
    SUSPENSE_JPY,
    all_entries,
    credit,
    debit,
    new_entry,
    pending,
    post_pending,
    posted,
    reverse,
    rows,
    void_pending,
)

Write = Callable[[Engine, NewEntry], Entry]
End = Callable[[Engine, UUID], Entry]
both_ways = pytest.mark.parametrize("write", [posted, pending])
NOBODY = "WALLET:EUR:0x" + "9" * 40


@both_ways
@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (new_entry(postings=(debit(NOSTRO, 2), credit(ALICE, 1))), Unbalanced),
        (new_entry(postings=(debit(NOSTRO, 2),)), Unbalanced),
        (new_entry(amount=0), InvalidAmount),
        (new_entry(amount=-5), InvalidAmount),
        (new_entry(amount=MINOR_UNITS_MAX + 1), InvalidAmount),
        (new_entry(currency="JPY"), InvalidAmount),
        (new_entry(postings=(debit(NOSTRO, 1), credit(SUSPENSE_JPY, 1))), InvalidAmount),
        (new_entry(postings=(debit(NOSTRO, 1), credit(NOBODY, 1))), UnknownAccount),
    ],
    ids=[
        "unbalanced",
        "one-sided",
        "zero",
        "negative",
        "too-large",
        "other-currency",
        "mixed-currencies",
        "unknown-account",
    ],
)
def test_a_wrong_entry_leaves_nothing(
    books: Engine, write: Write, wrong: NewEntry, error: type[ConcordError]
) -> None:
    with pytest.raises(error) as caught:
        write(books, wrong)
    assert isinstance(caught.value, Rejected)
    assert caught.value.remedy
    assert rows(books) == (0, 0, 0)


@both_ways
def test_a_total_past_63_bits_leaves_nothing_of_its_entry(books: Engine, write: Write) -> None:
    posted(books, new_entry("most", MINOR_UNITS_MAX - 9))
    before = rows(books)
    with pytest.raises(CounterOverflow):
        write(books, new_entry("over", 10))
    assert rows(books) == before


def test_what_is_pending_counts_against_the_63_bits(books: Engine) -> None:
    pending(books, new_entry("most", MINOR_UNITS_MAX))
    with pytest.raises(CounterOverflow):
        posted(books, new_entry("over", 1))


def test_a_reversal_past_63_bits_is_refused_and_the_entry_stands(books: Engine) -> None:
    first = posted(books, new_entry("first", 10))
    posted(books, new_entry("other", 7, postings=(debit(ALICE, 7), credit(NOSTRO, 7))))
    most = MINOR_UNITS_MAX - 10
    posted(books, new_entry("most", postings=(debit(BOB, most), credit(NOSTRO, most))))
    before = rows(books)
    with pytest.raises(CounterOverflow):
        reverse(books, first.id)
    assert rows(books) == before


@pytest.mark.parametrize(
    "other",
    [
        new_entry(amount=101),
        new_entry(postings=(debit(NOSTRO, 100), credit(BOB, 100))),
        new_entry(postings=(credit(ALICE, 100), debit(NOSTRO, 100))),
        replace(new_entry(), rule="another"),
        replace(new_entry(), uetr=""),
        replace(new_entry(), narrative="another"),
        replace(new_entry(), evidence={}),
    ],
    ids=["amount", "account", "order", "rule", "uetr", "narrative", "evidence"],
)
def test_the_same_id_with_other_content_is_refused(books: Engine, other: NewEntry) -> None:
    first = posted(books, new_entry())
    with pytest.raises(Conflict, match="other content"):
        posted(books, other)
    assert all_entries(books) == [first]


def test_what_was_pending_under_an_id_is_not_posted_under_it(books: Engine) -> None:
    pending(books, new_entry())
    with pytest.raises(Conflict, match="other content"):
        posted(books, new_entry())


@pytest.mark.parametrize("end", [post_pending, void_pending, reverse])
def test_what_is_not_in_the_journal_cannot_be_ended(books: Engine, end: End) -> None:
    with pytest.raises(UnknownEntry):
        end(books, derived_id("test", "none"))


@pytest.mark.parametrize("first", [post_pending, void_pending])
@pytest.mark.parametrize("second", [post_pending, void_pending])
def test_a_pending_entry_is_resolved_once(books: Engine, first: End, second: End) -> None:
    announced = pending(books, new_entry())
    first(books, announced.id)
    before = rows(books)
    with pytest.raises(AlreadyResolved):
        second(books, announced.id)
    assert rows(books) == before


@pytest.mark.parametrize("end", [post_pending, void_pending])
def test_only_what_is_pending_is_resolved(books: Engine, end: End) -> None:
    first = posted(books, new_entry())
    with pytest.raises(WrongPhase):
        end(books, first.id)


def test_what_is_pending_is_not_reversed(books: Engine) -> None:
    announced = pending(books, new_entry())
    with pytest.raises(WrongPhase):
        reverse(books, announced.id)


def test_what_was_voided_is_not_reversed(books: Engine) -> None:
    voided = void_pending(books, pending(books, new_entry()).id)
    with pytest.raises(WrongPhase):
        reverse(books, voided.id)


def test_a_posted_entry_is_reversed_once(books: Engine) -> None:
    first = posted(books, new_entry())
    reverse(books, first.id)
    before = rows(books)
    with pytest.raises(AlreadyReversed):
        reverse(books, first.id)
    assert rows(books) == before


def test_a_refused_entry_takes_its_whole_unit_of_work_with_it(books: Engine) -> None:
    good, bad = new_entry("good"), new_entry("bad", 5, currency="JPY")
    with pytest.raises(InvalidAmount):
        _post_both(books, good, bad)
    assert rows(books) == (0, 0, 0)


def test_another_currency_is_booked_on_its_own_accounts(books: Engine) -> None:
    yen = new_entry(currency="JPY", postings=(debit(NOSTRO_JPY, 7), credit(SUSPENSE_JPY, 7)))
    assert posted(books, yen).currency == "JPY"


def _post_both(engine: Engine, *both: NewEntry) -> None:
    with unit_of_work(engine) as session:
        for each in both:
            journal.post(session, each, NOW)
