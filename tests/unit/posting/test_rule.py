"""Whether the chain did what was announced, and where the unknown side goes if not.

In: movements and announcements, made up. Run by pytest.
"""

from dataclasses import replace

import pytest

from node.ledger.expectation import Expectation
from node.posting.rule import Movement, NoPosting, answers, silent, unannounced
from tests.support.ledger_books import ALICE, BOB, NOSTRO, SUSPENSE, expectation
from tests.support.ledger_events import issued

ISSUE = Movement("ISSUE", "EUR", 100, None, ALICE, SUSPENSE, "issue")
ANNOUNCED = expectation()


@pytest.mark.parametrize(
    "other",
    [
        replace(ANNOUNCED, kind="TRANSFER"),
        replace(ANNOUNCED, currency="JPY"),
        replace(ANNOUNCED, amount=99),
        replace(ANNOUNCED, credit_account=BOB.code),
    ],
    ids=["kind", "currency", "amount", "wallet"],
)
def test_what_differs_from_the_announcement_does_not_answer_it(other: Expectation) -> None:
    assert not answers(ISSUE, other)


def test_a_movement_between_other_accounts_does_not_answer() -> None:
    moved = replace(ISSUE, debit=BOB)
    assert not answers(moved, ANNOUNCED)


def test_what_was_announced_exactly_answers() -> None:
    assert answers(ISSUE, ANNOUNCED)


def test_the_side_that_the_chain_cannot_know_is_the_announcement_s() -> None:
    assert answers(ISSUE, replace(ANNOUNCED, debit_account="NOSTRO:EUR:any"))


def test_an_unknown_side_goes_to_suspense() -> None:
    assert unannounced(ISSUE) == replace(ISSUE, debit=SUSPENSE)
    assert unannounced(replace(ISSUE, debit=ALICE, credit=None)).credit == SUSPENSE


def test_a_known_side_stays() -> None:
    moved = replace(ISSUE, debit=NOSTRO)
    assert unannounced(moved) == moved


def test_a_silent_rule_says_why_the_books_stay_still() -> None:
    rule = silent("IssuanceGate", "Issued", "it is a rehearsal")
    assert rule.propose(issued(), ()) == NoPosting("it is a rehearsal")
