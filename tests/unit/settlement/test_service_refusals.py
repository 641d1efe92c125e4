"""Commands that are refused: each by its own code, and nothing of them is kept anywhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from node.control import halt
from node.control.halt import Scope
from node.core.errors import ConcordError
from node.db.unit_of_work import unit_of_work
from node.settlement.commands import IssueCommand, Outcome, RedeemCommand, TransferCommand
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

Command = IssueCommand | RedeemCommand | TransferCommand
STRANGER = address("stranger")


def instruct(bank: SettlementDesk, command: Command, key: str = "k", content: str = "") -> Outcome:
    asking = caller(key, content)
    match command:
        case IssueCommand():
            return bank.service.issue(command, asking)
        case RedeemCommand():
            return bank.service.redeem(command, asking)
        case TransferCommand():
            return bank.service.transfer(command, asking)


REFUSED = [
    ("unknown payee", issue(1, "5.00", STRANGER), "WALLET_UNKNOWN"),
    ("unknown payer", redeem(1, "5.00", STRANGER), "WALLET_UNKNOWN"),
    ("unknown payer", transfer(1, "5.00", STRANGER, "bob"), "WALLET_UNKNOWN"),
    ("unknown payee", transfer(1, "5.00", "alice", STRANGER), "WALLET_UNKNOWN"),
    ("not custodial", redeem(1, "5.00", "carol"), "WALLET_NOT_CUSTODIAL"),
    ("not custodial", transfer(1, "5.00", "carol", "alice"), "WALLET_NOT_CUSTODIAL"),
    ("same wallet", transfer(1, "5.00", "alice", "alice"), "SAME_WALLET"),
    ("same wallet", transfer(1, "5.00", "alice", "0x" + address("alice")[2:].upper()),
     "SAME_WALLET"),
    ("no wallet", issue(1, "5.00", ""), "INVALID_REFERENCE"),
    ("no wallet", redeem(1, "5.00", ""), "INVALID_REFERENCE"),
    ("no wallet", transfer(1, "5.00", "", "bob"), "INVALID_REFERENCE"),
    ("no wallet", transfer(1, "5.00", "alice", ""), "INVALID_REFERENCE"),
    ("no address", issue(1, "5.00", "0x12"), "INVALID_REFERENCE"),
    ("no address", transfer(1, "5.00", "alice", "bob@bank"), "INVALID_REFERENCE"),
    ("unknown nostro", issue(1, "5.00", "alice", nostro="123"), "UNKNOWN_ACCOUNT"),
    ("unknown nostro", redeem(1, "5.00", "alice", nostro="123"), "UNKNOWN_ACCOUNT"),
    ("other nostro", issue(1, "5.00", "alice", nostro=f"NOSTRO:EUR:{NOSTRO}"), "UNKNOWN_ACCOUNT"),
    ("no nostro", issue(1, "5.00", "alice", nostro=""), "INVALID_REFERENCE"),
    ("no nostro", issue(1, "5.00", "alice", nostro=" 9875687"), "INVALID_REFERENCE"),
    ("decimals", issue(1, "5.001", "alice"), "INVALID_AMOUNT"),
    ("decimals", transfer(1, "0.005", "alice", "bob"), "INVALID_AMOUNT"),
    ("zero", issue(1, "0.00", "alice"), "INVALID_AMOUNT"),
    ("negative", issue(1, "-5.00", "alice"), "INVALID_AMOUNT"),
    ("words", issue(1, "five", "alice"), "INVALID_AMOUNT"),
    ("comma", issue(1, "5,00", "alice"), "INVALID_AMOUNT"),
    ("exponent", issue(1, "5e2", "alice"), "INVALID_AMOUNT"),
    ("huge", issue(1, "9" * 60, "alice"), "INVALID_AMOUNT"),
    ("over limit", issue(1, "1000000.01", "alice"), "AMOUNT_OVER_LIMIT"),
    ("over limit", transfer(1, "1000000.01", "alice", "bob"), "AMOUNT_OVER_LIMIT"),
    ("over its limit", issue(1, "500.01", "alice", currency="EUR"), "AMOUNT_OVER_LIMIT"),
    ("no token", issue(1, "5.00", "alice", currency="USD"), "CURRENCY_NOT_TOKENISED"),
    ("no token", transfer(1, "5.00", "alice", "bob", currency="USD"), "CURRENCY_NOT_TOKENISED"),
    ("no token", issue(1, "5.00", "alice", currency="ABC"), "CURRENCY_NOT_TOKENISED"),
    ("no currency", issue(1, "5.00", "alice", currency=""), "INVALID_AMOUNT"),
    ("no uetr", replace(issue(1, "5.00", "alice"), uetr="7a562c67"), "INVALID_REFERENCE"),
    ("uetr version", replace(issue(1, "5.00", "alice"), uetr=uetr(1).replace("-4000-", "-1000-")),
     "INVALID_REFERENCE"),
    ("long e2e", issue(1, "5.00", "alice", end_to_end_id="E" * 36), "INVALID_REFERENCE"),
    ("odd e2e", issue(1, "5.00", "alice", end_to_end_id="E\n1"), "INVALID_REFERENCE"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "code"),
    [pytest.param(command, code, id=f"{type(command).__name__}-{name}")
     for name, command, code in REFUSED],
)  # fmt: skip
def test_a_refused_command_leaves_nothing_behind(
    bank: SettlementDesk, command: Command, code: str
) -> None:
    before = bank.counts()
    with pytest.raises(ConcordError) as refused:
        instruct(bank, command)
    assert refused.value.code == code
    assert refused.value.detail
    assert bank.counts() == before
    # The key and the UETR are free for the corrected command.
    assert not instruct(bank, issue(1, "5.00", "alice")).replayed


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (issue(1, "5.00", STRANGER), "WALLET_UNKNOWN"),
        (redeem(1, "5.00", "carol"), "WALLET_NOT_CUSTODIAL"),
        (transfer(1, "5.00", "bob", "bob"), "SAME_WALLET"),
        (issue(1, "5.00", "alice", nostro="123"), "UNKNOWN_ACCOUNT"),
        (issue(1, "5000000.00", "alice"), "AMOUNT_OVER_LIMIT"),
        (issue(1, "5.00", "alice", currency="USD"), "CURRENCY_NOT_TOKENISED"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_refusal_says_what_to_do(bank: SettlementDesk, command: Command, code: str) -> None:
    with pytest.raises(ConcordError) as refused:
        instruct(bank, command)
    problem = refused.value.problem()
    assert problem["code"] == code
    assert 400 <= problem["status"] < 500
    assert problem["remedy"]


@pytest.mark.parametrize(
    "second",
    [
        issue(1, "5.00", "alice"),
        issue(1, "7.00", "bob"),
        redeem(1, "5.00", "alice"),
        transfer(1, "5.00", "alice", "bob"),
        replace(issue(1, "5.00", "alice"), uetr=uetr(1).upper()),
    ],
    ids=["same", "other amount", "redeem", "transfer", "upper case"],
)
def test_a_uetr_names_one_payment(bank: SettlementDesk, second: Command) -> None:
    instruct(bank, issue(1, "5.00", "alice"), "first")
    before = bank.counts()
    with pytest.raises(ConcordError) as refused:
        instruct(bank, second, "second")
    assert refused.value.code == "UETR_ALREADY_USED"
    assert refused.value.problem()["status"] == 409
    assert refused.value.problem()["uetr"] == uetr(1)
    assert bank.counts() == before


def test_a_key_is_not_used_for_another_content(bank: SettlementDesk) -> None:
    made = instruct(bank, issue(1, "5.00", "alice"), "key", "one content")
    before = bank.counts()
    with pytest.raises(ConcordError) as refused:
        instruct(bank, issue(2, "5.00", "alice"), "key", "another content")
    assert refused.value.code == "IDEMPOTENCY_KEY_REUSED"
    assert refused.value.facts == {"subject": made.instruction.id}
    assert bank.counts() == before


def test_the_same_key_and_content_gives_what_it_made(bank: SettlementDesk) -> None:
    made = instruct(bank, issue(1, "5.00", "alice"), "key")
    before = bank.counts()
    bank.clock.later(seconds=3600)
    again = instruct(bank, issue(1, "5.00", "alice"), "key")
    assert again.replayed
    assert again.instruction == made.instruction
    assert bank.counts() == before


def test_another_caller_may_use_the_same_key(bank: SettlementDesk) -> None:
    instruct(bank, issue(1, "5.00", "alice"), "key")
    other = replace(caller("key", "x"), actor="other", scope="other POST /instructions")
    assert not bank.service.issue(issue(2, "5.00", "alice"), other).replayed


def test_a_halted_node_takes_no_command_and_still_tells_what_it_took(
    bank: SettlementDesk,
) -> None:
    instruct(bank, issue(1, "5.00", "alice"), "first")
    with unit_of_work(bank.engine) as session:
        halt.halt(session, Scope.COMMANDS, "closed for the audit", NOW)
    before = bank.counts()
    with pytest.raises(ConcordError, match="closed for the audit") as refused:
        instruct(bank, issue(2, "5.00", "alice"), "second")
    assert refused.value.code == "NODE_HALTED"
    assert refused.value.problem()["retryable"] is True
    assert "concord doctor" in refused.value.remedy
    assert instruct(bank, issue(1, "5.00", "alice"), "first").replayed
    assert bank.counts() == before
    with unit_of_work(bank.engine) as session:
        halt.lift(session, Scope.COMMANDS, "auditor", NOW)
    assert not instruct(bank, issue(2, "5.00", "alice"), "second").replayed


@pytest.mark.parametrize("scope", [Scope.POSTING, Scope.SUBMISSION])
def test_another_halt_does_not_stop_commands(bank: SettlementDesk, scope: Scope) -> None:
    with unit_of_work(bank.engine) as session:
        halt.halt(session, scope, "deep reorg", NOW)
    assert not instruct(bank, issue(1, "5.00", "alice")).replayed
