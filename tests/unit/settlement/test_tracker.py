"""The tracker: where an instruction stands follows from its intents and the books, never back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from node.control import audit
from node.control import store as control
from node.core.ids import derived_id
from node.core.types import Side
from node.db.leases import LostLease
from node.db.unit_of_work import read_only, unit_of_work
from node.feed.tables import OutboxRow
from node.ledger import journal
from node.ledger import store as ledger
from node.ledger.entry import NewEntry, Posting
from node.settlement.instruction import (
    ENDS,
    STEPS,
    InstructionState,
)
from node.submission.intent import IntentState
from tests.support.chain_desk import SettlementDesk, caller, issue, redeem, transfer, uetr
from tests.support.clock import NOW

S, I = InstructionState, IntentState  # noqa: E741 - the two ladders side by side


def put(bank: SettlementDesk, number: int, purpose: str, state: IntentState, why: str = "") -> None:
    """Say where an intent stands, as the sender or the monitor would."""
    bank.stand(bank.intents(number)[purpose], state, why)


def book(bank: SettlementDesk, number: int, *, final: bool = True) -> str:
    """Book what answers an instruction, as the poster would."""
    kept = bank.instruction(number)
    with unit_of_work(bank.engine) as session:
        announced = ledger.expectation(session, kept.expectation_id)
        assert announced is not None
        new = NewEntry(
            id=derived_id("test", number, final),
            rule="gate.issued",
            currency="CAD",
            postings=(
                Posting(announced.debit_account, Side.DEBIT, announced.amount),
                Posting(announced.credit_account, Side.CREDIT, announced.amount),
            ),
            value_date=kept.value_date,
            uetr=kept.uetr,
            expectation_id=announced.id,
            event_key="",
            narrative="",
            evidence={},
        )
        write = journal.post if final else journal.record_pending
        return str(write(session, new, NOW).id)


def state(bank: SettlementDesk, number: int = 1) -> InstructionState:
    """Where an instruction stands after the tracker looked."""
    bank.tracker.run_once()
    return bank.instruction(number).state


def open_expectations(bank: SettlementDesk) -> set[str]:
    with read_only(bank.engine) as session:
        return {each.uetr for each in ledger.open_expectations(session)}


# --------------------------------------------------------------------------------------- refusals


def test_without_the_lease_nothing_moves(bank: SettlementDesk) -> None:
    def lost(_session: Session) -> None:
        raise LostLease("another leads")

    bank.service.transfer(transfer(1, "5.00", "alice", "bob"), caller("k"))
    put(bank, 1, "TRANSFER", I.SENT)
    bank.fence = lost
    with pytest.raises(LostLease):
        bank.tracker.run_once()
    assert bank.instruction(1).state is S.INSTRUCTED


@pytest.mark.parametrize("end", sorted(ENDS))
def test_nothing_leaves_an_end(end: InstructionState) -> None:
    assert end not in STEPS


@pytest.mark.parametrize("end", [I.REVERTED, I.DROPPED, I.CANCELLED])
def test_a_payment_that_reached_the_chain_in_vain_failed(
    bank: SettlementDesk, end: IntentState
) -> None:
    bank.service.transfer(transfer(1, "5.00", "alice", "bob"), caller("k"))
    put(bank, 1, "TRANSFER", end, "AccountFrozen")
    assert state(bank) is S.FAILED
    assert bank.instruction(1).reason == "AccountFrozen"
    assert open_expectations(bank) == set()


def test_a_payment_that_simulation_refused_is_refused(bank: SettlementDesk) -> None:
    bank.service.transfer(transfer(1, "5.00", "alice", "bob"), caller("k"))
    put(bank, 1, "TRANSFER", I.REFUSED, "InsufficientBalance")
    assert state(bank) is S.REFUSED
    assert bank.instruction(1).reason == "InsufficientBalance"
    with read_only(bank.engine) as session:
        ended = ledger.expectation_end(session, bank.instruction(1).expectation_id)
    assert ended == "InsufficientBalance"
    assert bank.tracker.run_once() == 0


@pytest.mark.parametrize(
    ("attest", "end"), [(I.REVERTED, S.FAILED), (I.DROPPED, S.FAILED), (I.REFUSED, S.REFUSED)]
)
def test_what_the_payment_waited_for_says_why(
    bank: SettlementDesk, attest: IntentState, end: InstructionState
) -> None:
    bank.service.issue(issue(1, "5.00", "alice"), caller("k"))
    if attest is not I.REFUSED:
        put(bank, 1, "ATTEST", I.SENT)
    before = state(bank)
    put(bank, 1, "ATTEST", attest, "AttestationOutOfOrder")
    # The payment itself is not refused yet: that is for the sender to do.
    assert state(bank) is before
    put(bank, 1, "ISSUE", I.REFUSED, f"ATTEST {attest}: AttestationOutOfOrder")
    assert state(bank) is end
    assert "AttestationOutOfOrder" in bank.instruction(1).reason
    assert open_expectations(bank) == set()


@pytest.mark.parametrize("hold", [I.MINED, I.CONFIRMED, I.FINAL])
@pytest.mark.parametrize("paid", [I.REFUSED, I.REVERTED, I.DROPPED])
def test_a_failed_redemption_gives_its_hold_back(
    bank: SettlementDesk, hold: IntentState, paid: IntentState
) -> None:
    bank.service.redeem(redeem(1, "5.00", "alice"), caller("k"))
    put(bank, 1, "HOLD", hold)
    put(bank, 1, "REDEEM", paid, "SequenceUsed")
    assert state(bank) in {S.FAILED, S.REFUSED}
    cancel = bank.intents(1)["CANCEL"]
    assert (cancel.state, cancel.signer) == (I.PREPARED, bank.desk.issuer)
    before = bank.counts()
    bank.tracker.run_once()
    assert bank.counts() == before


@pytest.mark.parametrize("hold", [I.REFUSED, I.REVERTED, I.DROPPED])
def test_without_a_hold_nothing_is_given_back(bank: SettlementDesk, hold: IntentState) -> None:
    bank.service.redeem(redeem(1, "5.00", "alice"), caller("k"))
    put(bank, 1, "HOLD", hold, "InsufficientBalance")
    put(bank, 1, "REDEEM", I.REFUSED, f"HOLD {hold}: InsufficientBalance")
    assert state(bank) is (S.REFUSED if hold is I.REFUSED else S.FAILED)
    assert bank.instruction(1).reason.endswith("InsufficientBalance")
    assert "CANCEL" not in bank.intents(1)


# --------------------------------------------------------------------------------------- the ladder


def test_it_climbs_with_its_payment(bank: SettlementDesk) -> None:
    bank.service.transfer(transfer(1, "5.00", "alice", "bob"), caller("k"))
    assert state(bank) is S.INSTRUCTED
    for intent, expected in (
        (I.SIGNED, S.SENT),
        (I.SENT, S.SENT),
        (I.MINED, S.ON_CHAIN),
        (I.CONFIRMED, S.ON_CHAIN),
        (I.SENT, S.SENT),  # a reorg
        (I.MINED, S.ON_CHAIN),
        (I.FINAL, S.ON_CHAIN),
    ):
        put(bank, 1, "TRANSFER", intent)
        assert state(bank) is expected
    book(bank, 1)
    assert state(bank) is S.SETTLED
    assert open_expectations(bank) == set()


def test_it_is_sent_as_soon_as_its_first_call_is(bank: SettlementDesk) -> None:
    bank.service.redeem(redeem(1, "5.00", "alice"), caller("k"))
    put(bank, 1, "HOLD", I.SIGNED)
    assert state(bank) is S.SENT
    put(bank, 1, "HOLD", I.FINAL)
    assert state(bank) is S.SENT


def test_a_pending_entry_does_not_settle(bank: SettlementDesk) -> None:
    bank.service.issue(issue(1, "5.00", "alice"), caller("k"))
    put(bank, 1, "ISSUE", I.CONFIRMED)
    pending = book(bank, 1, final=False)
    assert state(bank) is S.ON_CHAIN
    with unit_of_work(bank.engine) as session:
        journal.post_pending(session, pending, NOW)
    assert state(bank) is S.SETTLED


def test_a_voided_or_reversed_entry_does_not_settle(bank: SettlementDesk) -> None:
    for number in (1, 2):
        bank.service.issue(issue(number, "5.00", "alice"), caller(str(number)))
        put(bank, number, "ISSUE", I.CONFIRMED)
    voided, reversed_ = book(bank, 1, final=False), book(bank, 2)
    with unit_of_work(bank.engine) as session:
        journal.void_pending(session, voided, NOW, "reorg")
        journal.reverse(session, reversed_, NOW, "reorg")
    bank.tracker.run_once()
    assert [bank.instruction(number).state for number in (1, 2)] == [S.ON_CHAIN, S.ON_CHAIN]


def test_the_books_settle_whatever_the_monitor_knows(bank: SettlementDesk) -> None:
    bank.service.issue(issue(1, "5.00", "alice"), caller("k"))
    book(bank, 1)
    assert state(bank) is S.SETTLED


def test_each_step_is_audited_and_told_once(bank: SettlementDesk) -> None:
    bank.service.transfer(transfer(1, "5.00", "alice", "bob"), caller("k"))
    kept = bank.instruction(1)
    put(bank, 1, "TRANSFER", I.SENT)
    bank.clock.later(seconds=60)
    for _ in range(3):
        bank.tracker.run_once()
    with read_only(bank.engine) as session:
        trail = list(control.audit_trail(session, kept.id))
        told = session.exec(select(OutboxRow).where(OutboxRow.subject == kept.id)).all()
        assert audit.verify(session) == []
    assert [each.action for each in trail] == ["transfer.instructed", "instruction.changed"]
    assert trail[1].detail == {"from": "INSTRUCTED", "to": "SENT", "reason": ""}
    assert trail[1].at == NOW + timedelta(seconds=60)
    assert len(told) == 2


def test_many_instructions_move_at_once(bank: SettlementDesk) -> None:
    for number in range(1, 6):
        bank.service.transfer(transfer(number, "5.00", "alice", "bob"), caller(str(number)))
        put(bank, number, "TRANSFER", I.MINED)
    assert bank.tracker.run_once() > 0
    assert bank.tracker.run_once() == 0
    assert {bank.instruction(number).state for number in range(1, 6)} == {S.ON_CHAIN}
    assert uetr(3) in open_expectations(bank)
