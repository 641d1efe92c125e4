"""What the books answer to each step of an event's standing.

In: events written by hand, against both kinds of database. Run by pytest.
"""

import pytest
from sqlalchemy import Engine

from node.core.ids import derived_id, pack_ref
from node.core.types import Side
from node.db.unit_of_work import read_only
from node.events.event import ChainEvent, Change
from node.ledger import balances
from node.ledger.chart import AccountSpec
from node.ledger.entry import Phase
from tests.support.ledger_books import (
    ALICE,
    BOB,
    NOSTRO,
    OTHER_UETR,
    SUSPENSE,
    UETR,
    amounts,
    announced,
    counters,
    expectation,
)
from tests.support.ledger_events import (
    EXPECTED,
    NOBODY,
    REF,
    Chain,
    chain_event,
    issued,
    redeemed,
    transfer,
    transfer_ref,
)

SEEN, CONFIRMED, FINAL, RETRACTED = Change
TO_FINAL = (SEEN, CONFIRMED, FINAL)


def held(chain: Chain, account: AccountSpec) -> int:
    with read_only(chain.engine) as session:
        return balances.balance(session, account.code).posted(account.normal_side)


def rules(chain: Chain) -> list[str]:
    return [each.rule for each in chain.decisions() if each.rule]


def proved(engine: Engine) -> bool:
    with read_only(engine) as session:
        lines = balances.trial_balance(session)
        return balances.prove_counters(session) == [] and all(line.ok for line in lines)


# --------------------------------------------------------------------- the steps of one event


def test_an_event_that_is_only_seen_books_nothing(chain: Chain) -> None:
    assert chain.told(issued(), SEEN) == ["NONE"]
    assert chain.entries() == []
    assert chain.decisions()[0].reason


def test_a_confirmed_event_is_announced_in_the_books(chain: Chain) -> None:
    assert chain.told(issued(), SEEN, CONFIRMED) == ["NONE", "PENDING"]
    assert counters(chain.engine, ALICE) == amounts(ALICE, cr=(100, 0))


def test_a_final_event_stands(chain: Chain) -> None:
    assert chain.told(issued(), *TO_FINAL) == ["NONE", "PENDING", "POSTED"]
    assert counters(chain.engine, ALICE) == amounts(ALICE, cr=(0, 100))
    first, second = chain.entries()
    assert (first.phase, second.phase, second.resolves) == (Phase.PENDING, Phase.POSTED, first.id)


def test_an_event_that_is_final_at_once_stands_at_once(chain: Chain) -> None:
    assert chain.told(issued(), SEEN, FINAL) == ["NONE", "POSTED"]
    assert [each.phase for each in chain.entries()] == [Phase.POSTED]


def test_steps_read_one_by_one_or_together_book_the_same(chain: Chain) -> None:
    for step in TO_FINAL:
        chain.told(issued(block=7), step)
    chain.told(issued(block=8), *TO_FINAL)
    assert [each.phase for each in chain.entries()] == [Phase.PENDING, Phase.POSTED] * 2


def test_an_event_retracted_before_it_was_confirmed_leaves_nothing(chain: Chain) -> None:
    assert chain.told(issued(), SEEN, RETRACTED) == ["NONE", "NONE"]
    assert chain.entries() == []


def test_an_event_retracted_before_it_was_final_is_voided(chain: Chain) -> None:
    assert chain.told(issued(), SEEN, CONFIRMED, RETRACTED) == ["NONE", "PENDING", "VOIDED"]
    assert counters(chain.engine, ALICE) == amounts(ALICE)


def test_an_event_retracted_after_it_was_final_is_reversed(chain: Chain) -> None:
    assert chain.told(issued(), *TO_FINAL, RETRACTED)[-1] == "REVERSED"
    assert counters(chain.engine, ALICE) == amounts(ALICE, dr=(0, 100), cr=(0, 100))
    assert held(chain, SUSPENSE) == 0


def test_a_withdrawal_says_which_block_left(chain: Chain) -> None:
    chain.told(issued(), SEEN, CONFIRMED, RETRACTED)
    assert "0xblock7 left the chain" in chain.entries()[-1].narrative


def test_an_event_that_comes_back_after_a_void_is_booked_anew(chain: Chain) -> None:
    chain.told(issued(), SEEN, CONFIRMED, RETRACTED)
    assert chain.told(issued(), *TO_FINAL) == ["NONE", "PENDING", "POSTED"]
    assert held(chain, ALICE) == 100
    assert len({each.id for each in chain.entries()}) == 4


def test_an_event_that_comes_back_after_a_reversal_is_booked_anew(chain: Chain) -> None:
    chain.told(issued(), *TO_FINAL, RETRACTED)
    assert chain.told(issued(), *TO_FINAL) == ["NONE", "PENDING", "POSTED"]
    assert held(chain, ALICE) == 100


def test_an_event_may_come_and_go_any_number_of_times(chain: Chain) -> None:
    for _ in range(3):
        chain.told(issued(), SEEN, CONFIRMED, RETRACTED)
        chain.told(issued(), *TO_FINAL, RETRACTED)
    chain.told(issued(), *TO_FINAL)
    assert held(chain, ALICE) == 100
    assert proved(chain.engine)


def test_the_same_step_told_again_books_nothing_more(chain: Chain) -> None:
    chain.told(issued(), *TO_FINAL)
    assert chain.told(issued(), CONFIRMED, FINAL) == ["NONE", "NONE"]
    assert chain.told(issued(), RETRACTED, RETRACTED) == ["REVERSED", "NONE"]
    assert held(chain, ALICE) == 0


def test_an_entry_cites_its_event(chain: Chain) -> None:
    chain.told(issued(), *TO_FINAL)
    assert {each.event_key for each in chain.entries()} == {str(issued().key)}


# --------------------------------------------------------------- announced, or not like this


def test_what_was_announced_is_booked_as_announced(chain: Chain) -> None:
    announced(chain.engine, expectation(EXPECTED))
    chain.told(issued(ref=REF), *TO_FINAL)
    assert (held(chain, NOSTRO), held(chain, ALICE), held(chain, SUSPENSE)) == (100, 100, 0)
    assert {(each.uetr, each.expectation_id) for each in chain.entries()} == {(UETR, EXPECTED)}


@pytest.mark.parametrize(
    ("event", "suspense"),
    [
        (issued(99, ref=REF), -99),
        (issued(100, ref=REF, to="0x" + "cc" * 20), -100),
        (issued(100), -100),
        (issued(100, ref="0x" + "ff" * 32), -100),
        (redeemed(100, ref=REF), 100),
        (transfer_ref(100, ref=REF), 0),
        (
            issued(
                100, ref="0x" + pack_ref(derived_id("v4"), derived_id("test", "expectation")).hex()
            ),
            -100,
        ),
    ],
    ids=["amount", "wallet", "no-ref", "foreign-ref", "redeem", "transfer", "no-uetr"],
)
def test_what_was_announced_otherwise_is_booked_unannounced(
    chain: Chain, event: ChainEvent, suspense: int
) -> None:
    announced(chain.engine, expectation(EXPECTED))
    chain.told(event, *TO_FINAL)
    assert held(chain, SUSPENSE) == suspense
    assert all(rule.endswith(".unannounced") for rule in rules(chain))
    assert {(each.uetr, each.expectation_id) for each in chain.entries()} == {("", "")}


def test_an_expectation_named_under_another_uetr_is_not_answered(chain: Chain) -> None:
    announced(chain.engine, expectation(EXPECTED, uetr=OTHER_UETR))
    chain.told(issued(ref=REF), *TO_FINAL)
    assert rules(chain)[-1] == "gate.issued.unannounced"


def test_a_second_event_under_the_same_reference_goes_to_suspense(chain: Chain) -> None:
    announced(chain.engine, expectation(EXPECTED))
    chain.told(issued(ref=REF), *TO_FINAL)
    chain.told(issued(ref=REF, block=8, tx="t2"), *TO_FINAL)
    assert (held(chain, NOSTRO), held(chain, SUSPENSE), held(chain, ALICE)) == (100, -100, 200)
    assert rules(chain)[-1] == "gate.issued.unannounced"


def test_an_announced_event_in_a_new_block_answers_in_place_of_the_one_that_left(
    chain: Chain,
) -> None:
    announced(chain.engine, expectation(EXPECTED))
    chain.told(issued(ref=REF), SEEN, CONFIRMED, RETRACTED)
    chain.told(issued(ref=REF, fork="b"), *TO_FINAL)
    assert (held(chain, NOSTRO), held(chain, ALICE), held(chain, SUSPENSE)) == (100, 100, 0)
    assert rules(chain)[-1] == "gate.issued"


def test_what_a_fork_takes_back_and_brings_again_stays_announced(chain: Chain) -> None:
    announced(chain.engine, expectation(EXPECTED))
    chain.told(issued(ref=REF), *TO_FINAL, RETRACTED)
    chain.told(issued(ref=REF), *TO_FINAL)
    assert (held(chain, NOSTRO), held(chain, SUSPENSE)) == (100, 0)


# -------------------------------------------------------------------- transfers and company


def test_a_transfer_that_nothing_accompanies_moves_between_wallets(chain: Chain) -> None:
    chain.told(transfer(), *TO_FINAL)
    assert (held(chain, ALICE), held(chain, BOB), held(chain, SUSPENSE)) == (-100, 100, 0)
    assert rules(chain)[-1] == "token.transfer.unannounced"


def test_a_transfer_that_accompanies_an_issue_is_booked_once(chain: Chain) -> None:
    minted = transfer(payer=NOBODY, payee="0x" + "aa" * 20, log_index=0)
    reason = issued(log_index=1)
    chain.tell(minted, SEEN)
    chain.tell(reason, SEEN)
    chain.told(minted, CONFIRMED, FINAL)
    chain.told(reason, CONFIRMED, FINAL)
    assert held(chain, ALICE) == 100
    assert {each.event_key for each in chain.entries()} == {str(reason.key)}


def test_a_mint_that_nothing_accompanies_goes_against_suspense(chain: Chain) -> None:
    chain.told(transfer(payer=NOBODY, payee="0x" + "aa" * 20), *TO_FINAL)
    assert (held(chain, ALICE), held(chain, SUSPENSE)) == (100, -100)


def test_a_holder_without_account_gets_one(chain: Chain) -> None:
    chain.told(issued(to="0x" + "cc" * 20), *TO_FINAL)
    with read_only(chain.engine) as session:
        found = balances.balance(session, "WALLET:EUR:0x" + "cc" * 20)
    assert found.posted(Side.CREDIT) == 100


def test_an_event_that_moves_no_money_keeps_its_reason(chain: Chain) -> None:
    assert chain.told(chain_event("PauseBits", {"bits": "1"}), *TO_FINAL) == ["NONE"] * 3
    assert chain.decisions()[-1].reason == "a pause moves no money"
    assert chain.entries() == []


def test_a_log_that_no_event_explains_books_nothing(chain: Chain) -> None:
    assert chain.told(chain_event("", {}), *TO_FINAL) == ["NONE"] * 3


def test_an_amount_of_zero_books_nothing(chain: Chain) -> None:
    assert chain.told(transfer(0), *TO_FINAL) == ["NONE"] * 3


def test_no_change_is_left_without_decision(chain: Chain) -> None:
    chain.told(issued(), *TO_FINAL, RETRACTED)
    assert [each.change_sequence for each in chain.decisions()] == [1, 2, 3, 4]


def test_with_nothing_told_there_is_nothing_to_do(chain: Chain) -> None:
    assert chain.post() == 0
