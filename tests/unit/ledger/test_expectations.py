"""Expectations: announced once under one UETR, ended once, answered by what stands.

In: announcements against both kinds of database. Run by pytest.
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from node.core.errors import ConcordError, Conflict, InvalidAmount, InvalidReference, UetrUsed
from node.core.money import MINOR_UNITS_MAX
from node.db.unit_of_work import read_only, unit_of_work
from node.ledger import journal, store
from node.ledger.account import UnknownAccount
from node.ledger.expectation import Expectation, ExpectationEnded, UnknownExpectation
from tests.support.ledger_books import (
    BOB,
    NOW,
    OTHER_UETR,
    SUSPENSE_JPY,
    TODAY,
    UETR,
    announced,
    expectation,
    new_entry,
    pending,
    post_pending,
    posted,
    reverse,
    void_pending,
)


def end(engine: Engine, name: str = "x-1", reason: str = "refused by the chain") -> None:
    with unit_of_work(engine) as session:
        journal.end_expectation(session, name, reason, NOW)


def listed(engine: Engine, *, open_only: bool = False) -> list[str]:
    with read_only(engine) as session:
        every = store.open_expectations if open_only else store.expectations
        return [each.id for each in every(session)]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (replace(expectation(), uetr="7a562c67"), InvalidReference),
        (replace(expectation(), uetr=UETR.upper()), InvalidReference),
        (replace(expectation(), kind="GIFT"), InvalidReference),
        (replace(expectation(), ref=""), InvalidReference),
        (replace(expectation(), ref="0x" + "AB" * 32), InvalidReference),
        (replace(expectation(), currency="eur"), InvalidAmount),
        (replace(expectation(), currency="JPY"), InvalidAmount),
        (replace(expectation(), amount=0), InvalidAmount),
        (replace(expectation(), amount=-1), InvalidAmount),
        (replace(expectation(), amount=MINOR_UNITS_MAX + 1), InvalidAmount),
        (replace(expectation(), credit_account=SUSPENSE_JPY.code), InvalidAmount),
        (replace(expectation(), debit_account="NOSTRO:EUR:none"), UnknownAccount),
        (replace(expectation(), credit_account="WALLET:EUR:none"), UnknownAccount),
    ],
    ids=[
        "no-uetr",
        "uetr-in-capitals",
        "kind",
        "no-ref",
        "ref-in-capitals",
        "no-currency",
        "other-currency",
        "zero",
        "negative",
        "too-large",
        "mixed-currencies",
        "unknown-debit",
        "unknown-credit",
    ],
)
def test_a_wrong_announcement_is_refused(
    books: Engine, wrong: Expectation, error: type[ConcordError]
) -> None:
    with pytest.raises(error):
        announced(books, wrong)
    assert listed(books) == []


def test_a_uetr_names_one_payment_for_ever(books: Engine) -> None:
    announced(books, expectation("x-1"))
    with pytest.raises(UetrUsed) as caught:
        announced(books, expectation("x-2"))
    assert caught.value.facts == {"uetr": UETR}
    assert listed(books) == ["x-1"]


def test_a_uetr_stays_taken_after_its_payment_ended(books: Engine) -> None:
    announced(books, expectation("x-1"))
    end(books)
    with pytest.raises(UetrUsed):
        announced(books, expectation("x-2"))


@pytest.mark.parametrize(
    "other",
    [
        expectation(amount=101),
        expectation(uetr=OTHER_UETR),
        replace(expectation(), kind="TRANSFER"),
        replace(expectation(), credit_account=BOB.code),
        replace(expectation(), value_date=TODAY + timedelta(days=1)),
        replace(expectation(), references=()),
    ],
    ids=["amount", "uetr", "kind", "account", "value-date", "references"],
)
def test_the_same_id_with_other_content_is_refused(books: Engine, other: Expectation) -> None:
    announced(books, expectation())
    with pytest.raises(Conflict):
        announced(books, other)
    with read_only(books) as session:
        assert store.expectation(session, "x-1") == expectation()


def test_what_was_never_announced_does_not_end(books: Engine) -> None:
    with pytest.raises(UnknownExpectation):
        end(books)


def test_an_expectation_ends_for_one_reason(books: Engine) -> None:
    announced(books, expectation())
    end(books, reason="refused by the chain")
    with pytest.raises(ExpectationEnded, match="refused by the chain"):
        end(books, reason="cancelled")


def test_ending_again_for_the_same_reason_changes_nothing(books: Engine) -> None:
    announced(books, expectation())
    end(books)
    end(books)
    with read_only(books) as session:
        assert store.expectation_end(session, "x-1") == "refused by the chain"


def test_announcing_the_same_again_changes_nothing(books: Engine) -> None:
    announced(books, expectation())
    announced(books, expectation())
    assert listed(books) == ["x-1"]


def test_an_announcement_is_found_as_it_was_made(books: Engine) -> None:
    announced(books, expectation())
    with read_only(books) as session:
        assert store.expectation(session, "x-1") == expectation()
        assert store.expectation_by_uetr(session, UETR) == expectation()
        assert store.expectation(session, "x-2") is None
        assert store.expectation_by_uetr(session, OTHER_UETR) is None
        assert store.expectation_end(session, "x-1") is None


def test_an_announcement_is_open_until_it_ends(books: Engine) -> None:
    announced(books, expectation("x-1"))
    announced(books, expectation("x-2", uetr=OTHER_UETR))
    end(books, "x-1")
    assert listed(books, open_only=True) == ["x-2"]
    assert listed(books) == ["x-1", "x-2"]


def test_a_pending_entry_does_not_close_what_it_answers(books: Engine) -> None:
    announced(books, expectation())
    first = pending(books, new_entry("a", expectation_id="x-1"))
    assert listed(books, open_only=True) == ["x-1"]
    void_pending(books, first.id)
    assert listed(books, open_only=True) == ["x-1"]


def test_an_entry_that_stands_closes_what_it_answers(books: Engine) -> None:
    announced(books, expectation())
    post_pending(books, pending(books, new_entry(expectation_id="x-1")).id)
    assert listed(books, open_only=True) == []


def test_a_reversed_answer_opens_it_again(books: Engine) -> None:
    announced(books, expectation())
    first = posted(books, new_entry("a", expectation_id="x-1"))
    reverse(books, first.id)
    assert listed(books, open_only=True) == ["x-1"]
    posted(books, new_entry("b", expectation_id="x-1"))
    assert listed(books, open_only=True) == []


def test_the_legs_of_a_settlement_are_found_by_the_reference_that_they_share(
    books: Engine,
) -> None:
    shared = "0x" + "5e" * 32
    first = replace(expectation("x-1"), ref=shared)
    second = replace(expectation("x-2", uetr=OTHER_UETR), ref=shared)
    for each in (first, second):
        announced(books, each)
    with read_only(books) as session:
        assert store.expectations_by_ref(session, shared) == [first, second]
        assert store.expectations_by_ref(session, "0x" + "00" * 32) == []
