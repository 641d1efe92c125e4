"""From event to proposal: which rule answers, and which entry it makes.

In: events and announcements, made up. Run by pytest.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from node.bindings import deposit_token, rulebook
from node.core.errors import Fatal
from node.core.types import Hash32
from node.events.event import ChainEvent
from node.ledger import chart
from node.ledger.entry import Posting, check_balanced
from node.ledger.expectation import Expectation
from node.posting.rule import Movement, NoPosting, PostingRule, silent
from node.posting.rulebook import NoRule, Proposal, Reading, Rulebook, RuleTwice, entry_of
from tests.support.ledger_books import ALICE, BOB, NOSTRO, SUSPENSE, TODAY, UETR, credit, debit
from tests.support.ledger_books import expectation as announcement
from tests.support.ledger_events import (
    BOB_ADDRESS,
    EXPECTED,
    REF,
    chain_event,
    issued,
    transfer_ref,
)

BOOK = rulebook()
ANNOUNCED = replace(announcement(EXPECTED), value_date=TODAY + timedelta(days=2))


def proposed(expectation: Expectation | None = None) -> Proposal:
    found = BOOK.propose(issued(ref=REF), (), expectation)
    assert isinstance(found, Proposal)
    return found


def test_an_event_without_rule_stops_posting() -> None:
    with pytest.raises(NoRule) as caught:
        BOOK.propose(chain_event("Surprise", {}), (), None)
    assert caught.value.code == "POSTING_RULE_MISSING"
    assert isinstance(caught.value, Fatal)
    assert "DepositToken.Surprise" in caught.value.detail


def test_a_rule_of_another_contract_does_not_answer() -> None:
    with pytest.raises(NoRule):
        BOOK.propose(replace(issued(), contract="DepositToken"), (), None)


def test_two_rules_for_one_event_are_refused() -> None:
    rules = [silent("Gate", "Issued", "one"), silent("Gate", "Issued", "two")]
    with pytest.raises(RuleTwice, match=r"Gate\.Issued"):
        Rulebook(rules)


def test_a_log_that_no_event_explains_moves_nothing() -> None:
    found = BOOK.propose(chain_event("", {}), (), None)
    assert isinstance(found, NoPosting)


def test_the_reason_of_a_silent_rule_is_given_on() -> None:
    rules = Rulebook([silent("DepositToken", "Approval", "moves no money")])
    assert rules.propose(chain_event("Approval", {}), (), None) == NoPosting("moves no money")


def test_a_rule_sees_the_whole_receipt() -> None:
    seen: list[tuple[ChainEvent, tuple[ChainEvent, ...]]] = []

    def spy(event: ChainEvent, receipt: tuple[ChainEvent, ...]) -> NoPosting:
        seen.append((event, receipt))
        return NoPosting("spied")

    event, other = issued(), issued(log_index=1)
    rules = Rulebook([PostingRule("IssuanceGate", "Issued", "spy", spy)])
    rules.propose(event, (event, other), None)
    assert seen == [(event, (event, other))]


def test_what_was_announced_is_booked_between_the_announced_accounts() -> None:
    new = entry_of(proposed(ANNOUNCED), issued(ref=REF), 0)
    assert new.postings == (debit(NOSTRO, 100), credit(ALICE, 100))
    assert (new.rule, new.uetr, new.expectation_id) == ("gate.issued", UETR, EXPECTED)
    assert new.value_date == ANNOUNCED.value_date


@pytest.mark.parametrize("expectation", [None, replace(ANNOUNCED, amount=99)])
def test_what_was_not_announced_like_this_is_booked_against_suspense(
    expectation: Expectation | None,
) -> None:
    new = entry_of(proposed(expectation), issued(ref=REF), 0)
    assert new.postings == (debit(SUSPENSE, 100), credit(ALICE, 100))
    assert (new.rule, new.uetr, new.expectation_id) == ("gate.issued.unannounced", "", "")
    assert new.value_date == TODAY


def test_an_entry_cites_its_event() -> None:
    event = issued(ref=REF)
    new = entry_of(proposed(), event, 0)
    assert new.event_key == str(event.key)
    assert new.evidence == {"tx_hash": event.key.tx_hash, "block": 7}
    check_balanced(new)


def test_a_replay_makes_the_same_entry() -> None:
    assert entry_of(proposed(), issued(), 0) == entry_of(proposed(), issued(), 0)


def test_another_attempt_rule_or_block_makes_another_entry() -> None:
    event = issued(ref=REF)
    elsewhere = replace(event, key=replace(event.key, block_hash=Hash32("0xother")))
    entries = [
        entry_of(proposed(), event, 0),
        entry_of(proposed(), event, 1),
        entry_of(proposed(ANNOUNCED), event, 0),
        entry_of(proposed(), elsewhere, 0),
    ]
    assert len({each.id for each in entries}) == 4


def test_the_accounts_of_a_proposal_are_those_it_needs_opened() -> None:
    assert proposed().accounts == (SUSPENSE, ALICE)
    assert proposed(ANNOUNCED).accounts == (ALICE,)


def test_the_sides_are_a_debit_and_a_credit_of_the_whole_amount() -> None:
    postings: tuple[Posting, ...] = entry_of(proposed(), issued(), 0).postings
    assert [each.amount for each in postings] == [100, 100]


def test_money_at_a_contract_of_ours_is_no_customer_s() -> None:
    clearing = chart.clearing("EUR", BOB_ADDRESS)
    found = Rulebook(deposit_token.RULES, {BOB.code: clearing}).propose(transfer_ref(70), (), None)
    assert isinstance(found, Proposal)
    assert (found.debit, found.credit) == (ALICE.code, clearing.code)
    assert found.accounts == (ALICE, clearing)


def test_what_a_rule_names_as_reference_counts_before_the_event_s() -> None:
    def named(_event: ChainEvent, _others: tuple[ChainEvent, ...]) -> Movement:
        return Movement("MOVE", "EUR", 1, ALICE, BOB, SUSPENSE, "", ref="0xcycle")

    rules = Rulebook([PostingRule("IssuanceGate", "Issued", "named", named)])
    found = rules.read(issued(ref=REF), ())
    assert isinstance(found, Reading)
    assert found.ref == "0xcycle"
    own = BOOK.read(issued(ref=REF), ())
    assert isinstance(own, Reading)
    assert own.ref == REF
