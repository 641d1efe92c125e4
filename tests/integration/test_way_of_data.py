"""Issue, transfer and redeem through every stage until they are settled; books and chain agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from node.bindings import deposit_token, issuance_gate
from node.core.money import Money, currency
from node.db.unit_of_work import read_only
from node.ledger import store as ledger
from node.ledger.entry import Phase
from node.settlement.instruction import InstructionState
from node.submission.intent import IntentState
from node.submission.service import Call
from tests.support.chain_desk import caller, issue, redeem, transfer, uetr
from tests.support.chain_keys import address
from tests.support.chain_sending import send_call
from tests.support.chain_way import Way, embedded_way

CAD = currency("CAD")


@pytest.fixture
def way(database_url: str, tmp_path: Path) -> Iterator[Way]:
    """Give a node whose customers are admitted to the tokens."""
    with embedded_way(tmp_path, database_url) as made:
        made.open_the_doors()
        yield made


def issued(way: Way, number: int, amount: str, to: str) -> None:
    """An issue that has come to its end."""
    way.bank.service.issue(issue(number, amount, to), caller(str(number)))
    way.finish()
    assert way.bank.instruction(number).state is InstructionState.SETTLED


# --------------------------------------------------------------------------------------- refusals


def test_more_than_a_wallet_holds_never_reaches_the_chain(way: Way) -> None:
    issued(way, 1, "10.00", "alice")
    way.bank.service.transfer(transfer(2, "10.01", "alice", "bob"), caller("2"))
    way.bank.service.redeem(redeem(3, "10.01", "alice"), caller("3"))
    way.finish()
    for number in (2, 3):
        ended = way.bank.instruction(number)
        assert ended.state is InstructionState.REFUSED
        assert "ERC20InsufficientBalance" in ended.reason or "Insufficient" in ended.reason
        assert way.entries(number) == []
        for intent in way.bank.intents(number).values():
            assert (intent.state, intent.tx_hash) == (IntentState.REFUSED, "")
    assert way.balance("CAD", "alice") == 1000
    way.check()
    with read_only(way.engine) as session:
        assert ledger.open_expectations(session) == []


def test_a_wallet_that_was_expelled_is_refused_by_the_contract(way: Way) -> None:
    issued(way, 1, "10.00", "alice")
    expel = deposit_token.set_account_flags(way.deployment.token("CAD"), address("bob"), 0)
    send_call(way.rpc, way.signer, address("compliance"), expel)
    way.bank.service.transfer(transfer(2, "1.00", "alice", "bob"), caller("2"))
    way.bank.service.issue(issue(3, "1.00", "bob"), caller("3"))
    way.finish()
    assert way.bank.instruction(2).state is InstructionState.REFUSED
    assert way.bank.instruction(3).state is InstructionState.REFUSED
    assert way.bank.intents(3)["ATTEST"].state is IntentState.FINAL
    assert way.bank.instruction(3).reason == way.bank.intents(3)["ISSUE"].reason != ""
    assert (way.supply("CAD"), way.mirrored("CAD")) == (1000, 1000)
    way.check()


def test_a_failed_redemption_gives_the_hold_back(way: Way) -> None:
    issued(way, 1, "10.00", "alice")
    way.bank.service.redeem(redeem(2, "4.00", "alice"), caller("2"))
    way.drive()  # the hold is on chain, its redemption waits for it to be confirmed
    assert way.bank.intents(2)["HOLD"].state is IntentState.MINED
    use_gate_number(way, way.bank.instruction(2).gate_sequence or 0)
    way.finish()
    ended = way.bank.instruction(2)
    assert ended.state is InstructionState.REFUSED
    assert ended.reason.startswith("SequenceUsed(")
    assert way.bank.intents(2)["CANCEL"].state is IntentState.FINAL
    # Nothing is held any more: all of it can be paid.
    way.bank.service.transfer(transfer(3, "10.00", "alice", "bob"), caller("3"))
    way.finish()
    assert way.bank.instruction(3).state is InstructionState.SETTLED
    assert (way.balance("CAD", "alice"), way.balance("CAD", "bob")) == (0, 1000)
    way.check()


def use_gate_number(way: Way, number: int) -> None:
    """Somebody with the issuer's key uses a number of the gate besides the node: one cent."""
    gate, at = way.deployment.gate("CAD"), int(way.clock.now().timestamp())
    attested = issuance_gate.attest(gate, Money(100_000, CAD), at)
    send_call(way.rpc, way.signer, address("attestor"), attested)
    ref = b"\x07" * 26 + number.to_bytes(6)
    beside = issuance_gate.issue(gate, number, ref, address("carol"), Money(1, CAD))
    send_call(way.rpc, way.signer, address("issuer"), beside)


# --------------------------------------------------------------------------------------- the day


def test_a_day_of_issues_transfers_and_redemptions(way: Way) -> None:
    service = way.bank.service
    service.issue(issue(1, "100.00", "alice"), caller("1"))
    service.issue(issue(2, "50.00", "carol"), caller("2"))
    service.issue(issue(3, "70.00", "bob", currency="EUR"), caller("3"))
    way.finish()
    service.transfer(transfer(4, "30.25", "alice", "bob"), caller("4"))
    service.transfer(transfer(5, "0.75", "alice", "carol"), caller("5"))
    service.redeem(redeem(6, "20.00", "bob", currency="EUR"), caller("6"))
    way.finish()
    service.redeem(redeem(7, "30.25", "bob"), caller("7"))
    way.finish()
    numbers = range(1, 8)
    assert {way.bank.instruction(number).state for number in numbers} == {InstructionState.SETTLED}
    for number in numbers:
        intents = way.bank.intents(number).values()
        assert {each.state for each in intents} == {IntentState.FINAL}
        assert [each.phase for each in way.entries(number)][-1] is Phase.POSTED
        assert {each.uetr for each in way.entries(number)} == {uetr(number)}
    held = {label: way.balance("CAD", label) for label in ("alice", "bob", "carol")}
    assert held == {"alice": 6900, "bob": 0, "carol": 5075}
    assert way.balance("EUR", "bob") == 5000
    assert (way.supply("CAD"), way.supply("EUR")) == (11_975, 5000)
    assert (way.mirrored("CAD"), way.mirrored("EUR")) == (11_975, 5000)
    way.check()
    with read_only(way.engine) as session:
        assert ledger.open_expectations(session) == []


def test_books_and_chain_agree_at_every_rest(way: Way) -> None:
    for number, make in enumerate(SCRIPT, start=1):
        make(way, number)
        way.finish()
        way.check()


def test_several_issues_at_once_are_covered_by_their_attestations(way: Way) -> None:
    for number in range(1, 5):
        way.bank.service.issue(issue(number, "25.00", "alice"), caller(str(number)))
    way.finish()
    states = {way.bank.instruction(number).state for number in range(1, 5)}
    assert states == {InstructionState.SETTLED}
    assert way.balance("CAD", "alice") == way.supply("CAD") == 10_000
    way.check()


def test_an_issue_while_another_is_only_pending(way: Way) -> None:
    way.bank.service.issue(issue(1, "25.00", "alice"), caller("1"))
    way.drive()
    way.mine(1)
    way.drive()
    way.mine(1)
    way.drive()
    assert way.bank.instruction(1).state is InstructionState.ON_CHAIN
    way.bank.service.issue(issue(2, "30.00", "bob"), caller("2"))
    way.finish()
    assert way.bank.instruction(2).state is InstructionState.SETTLED
    way.check()


def test_what_happens_beside_the_node_is_booked_to_suspense(way: Way) -> None:
    issued(way, 1, "10.00", "carol")
    token = way.deployment.token("CAD")
    paid = deposit_token.transfer(token, address("alice"), Money(250, CAD))
    gas = Call(address("carol"), "0x", 10**18)
    send_call(way.rpc, way.signer, address("funder"), gas)
    send_call(way.rpc, way.signer, address("carol"), paid)
    use_gate_number(way, 77)
    way.finish()
    assert (way.booked("CAD", "carol"), way.booked("CAD", "alice")) == (751, 250)
    assert way.suspended("CAD") == -1  # issued, and no money came in
    way.check()


SCRIPT: tuple[Callable[[Way, int], object], ...] = (
    lambda way, n: way.bank.service.issue(issue(n, "12.00", "alice"), caller(str(n))),
    lambda way, n: way.bank.service.transfer(transfer(n, "5.00", "alice", "bob"), caller(str(n))),
    lambda way, n: way.bank.service.redeem(redeem(n, "7.00", "alice"), caller(str(n))),
    lambda way, n: way.bank.service.transfer(transfer(n, "0.01", "alice", "bob"), caller(str(n))),
    lambda way, n: way.bank.service.redeem(redeem(n, "5.00", "bob"), caller(str(n))),
)
