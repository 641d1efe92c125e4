"""Accepted commands: what is kept in one unit of work, and which calls are prepared for them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import select

from node.chain.artifacts import load
from node.chain.codec import encode_call
from node.control import audit
from node.control import store as control
from node.core.ids import derived_id, unpack_ref
from node.core.money import Money, currency
from node.db.unit_of_work import read_only, unit_of_work
from node.feed.tables import OutboxRow
from node.ledger import journal
from node.ledger import store as ledger
from node.settlement.instruction import Instruction, InstructionKind, InstructionState
from node.settlement.steps import hold_terms, intent_id, prepare_cancellation, prepare_steps
from node.submission.intent import Intent, IntentState
from tests.support.chain_desk import (
    NOSTRO,
    SettlementDesk,
    caller,
    issue,
    redeem,
    transfer,
    uetr,
)
from tests.support.chain_keys import address
from tests.support.clock import NOW

ALICE, BOB = address("alice"), address("bob")
CODE = f"NOSTRO:CAD:{NOSTRO}"


def calls(intent: Intent, contract: str, function: str, *args: object) -> bool:
    """Whether an intent calls a function of a contract with these arguments."""
    return intent.calldata == encode_call(load(contract), function, args)


def test_an_instruction_as_it_is_kept(bank: SettlementDesk) -> None:
    made = bank.service.issue(issue(1, "1234.50", "alice", end_to_end_id="E2E"), caller("k"))
    kept = bank.instruction(1)
    assert made.instruction == kept
    assert kept.kind is InstructionKind.ISSUE
    assert kept.amount == Money(123_450, currency("CAD"))
    assert (kept.debtor_wallet, kept.creditor_wallet, kept.nostro) == ("", ALICE, CODE)
    assert (kept.end_to_end_id, kept.created_by) == ("E2E", "partner")
    assert kept.state is InstructionState.INSTRUCTED
    assert kept.value_date == NOW.date()
    assert kept.created_at == kept.updated_at == NOW


def test_what_is_announced_audited_and_told_with_it(bank: SettlementDesk) -> None:
    bank.service.issue(issue(1, "5.00", "alice", end_to_end_id="E2E"), caller("k"))
    kept = bank.instruction(1)
    with read_only(bank.engine) as session:
        announced = ledger.expectation_by_uetr(session, uetr(1))
        trail = list(control.audit_trail(session, kept.id))
        told = session.exec(select(OutboxRow).where(OutboxRow.subject == kept.id)).all()
        assert audit.verify(session) == []
        assert ledger.account(session, f"WALLET:CAD:{ALICE}") is not None
    assert announced is not None
    assert announced.id == kept.expectation_id
    assert (announced.debit_account, announced.credit_account) == (CODE, f"WALLET:CAD:{ALICE}")
    assert (announced.amount, announced.references) == (500, ("E2E",))
    assert [each.action for each in trail] == ["issue.instructed"]
    assert trail[0].detail["uetr"] == uetr(1)
    assert len(told) == 1


@pytest.mark.parametrize("kind", ["issue", "redeem", "transfer"])
def test_the_sides_of_what_is_announced(bank: SettlementDesk, kind: str) -> None:
    service, asking = bank.service, caller("k")
    match kind:
        case "issue":
            service.issue(issue(1, "5.00", "alice"), asking)
        case "redeem":
            service.redeem(redeem(1, "5.00", "alice"), asking)
        case _:
            service.transfer(transfer(1, "5.00", "alice", "bob"), asking)
    with read_only(bank.engine) as session:
        announced = ledger.expectation_by_uetr(session, uetr(1))
    assert announced is not None
    assert (announced.debit_account, announced.credit_account) == {
        "issue": (CODE, f"WALLET:CAD:{ALICE}"),
        "redeem": (f"WALLET:CAD:{ALICE}", CODE),
        "transfer": (f"WALLET:CAD:{ALICE}", f"WALLET:CAD:{BOB}"),
    }[kind]


def test_a_nostro_is_named_by_number_or_code(bank: SettlementDesk) -> None:
    bank.service.issue(issue(1, "5.00", "alice", nostro=NOSTRO), caller("a"))
    bank.service.issue(issue(2, "5.00", "alice", nostro=CODE), caller("b"))
    assert bank.instruction(1).nostro == bank.instruction(2).nostro == CODE


def test_a_value_date_is_kept_as_asked(bank: SettlementDesk) -> None:
    asked = date(2026, 12, 1)
    bank.service.issue(issue(1, "5.00", "alice", value_date=asked), caller("k"))
    assert bank.instruction(1).value_date == asked


def test_an_issue_attests_and_then_issues(bank: SettlementDesk) -> None:
    bank.service.issue(issue(1, "5.00", "alice"), caller("k"))
    kept, intents = bank.instruction(1), bank.intents(1)
    gate = bank.desk.gate("CAD")
    attest, paid = intents["ATTEST"], intents["ISSUE"]
    assert list(intents) == ["ATTEST", "ISSUE"]
    assert (attest.signer, paid.signer) == (bank.desk.attestor, bank.desk.issuer)
    assert attest.target == paid.target == gate.address.lower()
    assert (attest.after, paid.after) == ((), (attest.id,))
    assert calls(attest, "IssuanceGate", "attest", 500, int(NOW.timestamp()))
    assert calls(paid, "IssuanceGate", "issue", 1, kept.ref, ALICE, 500)


def test_a_redemption_holds_and_then_redeems(bank: SettlementDesk) -> None:
    bank.service.redeem(redeem(1, "5.00", "alice"), caller("k"))
    kept, intents = bank.instruction(1), bank.intents(1)
    hold, paid = intents["HOLD"], intents["REDEEM"]
    terms = hold_terms(bank.desk, kept)
    assert list(intents) == ["HOLD", "REDEEM"]
    assert (hold.signer, paid.signer) == (ALICE, bank.desk.issuer)
    assert hold.target == bank.desk.token("CAD").address.lower()
    assert paid.target == bank.desk.gate("CAD").address.lower()
    assert (hold.after, paid.after) == ((), (hold.id,))
    assert terms.expiry == int(NOW.timestamp()) + 86_400
    assert terms.notary == terms.recipient == bank.desk.gate("CAD").address
    assert calls(hold, "DepositToken", "createHold", terms.as_argument())
    assert calls(paid, "IssuanceGate", "redeem", 1, kept.ref, terms.as_argument())


def test_a_transfer_pays_under_its_reference(bank: SettlementDesk) -> None:
    bank.service.transfer(transfer(1, "5.00", "alice", "bob"), caller("k"))
    kept, intents = bank.instruction(1), bank.intents(1)
    assert list(intents) == ["TRANSFER"]
    assert (intents["TRANSFER"].signer, intents["TRANSFER"].after) == (ALICE, ())
    assert calls(intents["TRANSFER"], "DepositToken", "transferWithRef", BOB, 500, kept.ref)
    assert kept.gate_sequence is None
    assert kept.expectation_id == str(derived_id("expectation", kept.uetr))


def test_the_reference_names_payment_and_expectation(bank: SettlementDesk) -> None:
    bank.service.issue(issue(1, "5.00", "alice"), caller("k"))
    kept = bank.instruction(1)
    named = unpack_ref(kept.ref)
    assert named is not None
    assert [str(each) for each in named] == [kept.uetr, kept.expectation_id]
    assert kept.ref[-6:] == (1).to_bytes(6)


def test_numbers_of_a_gate_go_up_per_currency(bank: SettlementDesk) -> None:
    bank.service.issue(issue(1, "5.00", "alice"), caller("a"))
    bank.service.transfer(transfer(2, "5.00", "alice", "bob"), caller("b"))
    bank.service.issue(issue(3, "5.00", "alice", currency="EUR"), caller("c"))
    bank.service.redeem(redeem(4, "5.00", "alice"), caller("d"))
    kept = [bank.instruction(number) for number in (1, 2, 3, 4)]
    assert [each.gate_sequence for each in kept] == [1, None, 1, 2]
    assert [each.sequence for each in kept] == [1, 2, 3, 4]


def test_an_attestation_covers_what_is_announced_and_not_yet_booked(bank: SettlementDesk) -> None:
    for number, amount in ((1, "5.00"), (2, "7.00"), (3, "1.00")):
        bank.service.issue(issue(number, amount, "alice"), caller(str(number)))
    bank.service.issue(issue(4, "100.00", "alice", currency="EUR"), caller("4"))
    bank.service.redeem(redeem(5, "2.00", "alice"), caller("5"))
    with unit_of_work(bank.engine) as session:
        journal.end_expectation(session, bank.instruction(2).expectation_id, "refused", NOW)
    bank.service.issue(issue(6, "3.00", "alice"), caller("6"))
    at = int(NOW.timestamp())
    attested = {1: 500, 2: 1200, 3: 1300, 4: 10_000, 6: 900}
    for number, owed in attested.items():
        assert calls(bank.intents(number)["ATTEST"], "IssuanceGate", "attest", owed, at)


def test_preparing_again_prepares_nothing_new(bank: SettlementDesk) -> None:
    for number, made in enumerate(("issue", "redeem", "transfer"), start=1):
        _instruct(bank, made, number)
    before = bank.counts()
    for number in (2, 3):
        with unit_of_work(bank.engine) as session:
            prepare_steps(session, bank.desk, bank.instruction(number), NOW)
    assert bank.counts() == before
    for each in bank.intents(1).values():
        assert each.state is IntentState.PREPARED


def test_a_hold_is_given_back_by_its_own_terms_once(bank: SettlementDesk) -> None:
    kept = _instruct(bank, "redeem", 1)
    for _ in range(2):
        with unit_of_work(bank.engine) as session:
            prepare_cancellation(session, bank.desk, kept, NOW)
    cancel = bank.intents(1)["CANCEL"]
    assert cancel.id == intent_id(kept.id, "CANCEL")
    assert cancel.signer == bank.desk.issuer
    terms = hold_terms(bank.desk, kept).as_argument()
    assert calls(cancel, "IssuanceGate", "cancelRedemption", terms)
    assert len(bank.intents(1)) == 3


def _instruct(bank: SettlementDesk, kind: str, number: int) -> Instruction:
    asking = caller(str(number))
    match kind:
        case "issue":
            return bank.service.issue(issue(number, "5.00", "alice"), asking).instruction
        case "redeem":
            return bank.service.redeem(redeem(number, "5.00", "alice"), asking).instruction
        case _:
            asked = transfer(number, "5.00", "alice", "bob")
            return bank.service.transfer(asked, asking).instruction
