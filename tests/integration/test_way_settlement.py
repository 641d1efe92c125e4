"""Exchanges and a net batch through every stage: all legs or none, and the books say the same."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from node.bindings import deposit_token
from node.core.ids import wallet_key
from node.db.unit_of_work import read_only
from node.events import store as events
from node.events.event import ChainEvent
from node.ledger import store as ledger
from node.ledger.entry import Entry, Phase
from node.reconciliation import store as reconciliation
from node.settlement import store
from node.settlement.commands import NetCommand, Owed, Prefunding, SettleCommand
from node.settlement.instruction import Instruction, InstructionState
from node.settlement.settlement import Settlement, SettlementMethod, SettlementWay
from node.submission import store as intents
from node.submission.intent import Intent, IntentState
from tests.support.chain_desk import caller, issue, transfer, uetr
from tests.support.chain_keys import address
from tests.support.chain_sending import send_call
from tests.support.chain_way import Way, embedded_way

HELD, SIGNED = SettlementWay.HELD, SettlementWay.SIGNED
S = InstructionState
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def way(database_url: str, tmp_path: Path) -> Iterator[Way]:
    """Give a node whose customers hold money."""
    with embedded_way(tmp_path, database_url) as made:
        begin(made)
        yield made


def begin(way: Way) -> None:
    """Let alice hold CAD 100.00, and bob EUR 50.00 and CAD 10.00."""
    way.open_the_doors()
    for number, (currency, amount, label) in enumerate(
        (("CAD", "100.00", "alice"), ("EUR", "50.00", "bob"), ("CAD", "10.00", "bob")), 90
    ):
        way.bank.service.issue(issue(number, amount, label, currency=currency), caller(str(number)))
    way.finish()


def exchange(way: Way, by: SettlementWay, *, euros: str = "20.00") -> Settlement:
    """Alice's CAD 30.00 against bob's euros."""
    legs = transfer(2, "30.00", "alice", "bob"), transfer(3, euros, "bob", "alice", currency="EUR")
    command = SettleCommand(SettlementMethod.PVP, by, uetr(1), legs)
    return way.bank.settlements.settle(command, caller("x")).settlement


def batch(way: Way, number: int = 1) -> Settlement:
    """Alice owes bob 9.00 and he her 4.00; alice sets 6.00 aside, bob 1.00."""
    alice, bob = address("alice"), address("bob")
    owed = Owed("CAD", "9.00", alice, bob), Owed("CAD", "4.00", bob, alice)
    aside = Prefunding("CAD", "6.00", alice), Prefunding("CAD", "1.00", bob)
    return way.bank.settlements.net(NetCommand(uetr(number), owed, aside), caller("n")).settlement


def legs(way: Way, of: Settlement) -> list[Instruction]:
    with read_only(way.engine) as session:
        return store.legs(session, of.id)


def sent(way: Way, of: Settlement) -> dict[str, Intent]:
    with read_only(way.engine) as session:
        return {each.purpose: each for each in intents.intents(session, instruction_id=of.id)}


def said(way: Way, by: Intent) -> list[ChainEvent]:
    with read_only(way.engine) as session:
        return [
            each for each in events.events_of_transactions(session, by.tx_hash) if each.canonical
        ]


def answers(way: Way, leg: Instruction) -> list[Entry]:
    with read_only(way.engine) as session:
        return ledger.entries_by_expectation(session, leg.expectation_id)


def held(way: Way) -> tuple[int, int, int, int]:
    """CAD of alice and bob, EUR of alice and bob, as the tokens say."""
    return (
        way.balance("CAD", "alice"),
        way.balance("CAD", "bob"),
        way.balance("EUR", "alice"),
        way.balance("EUR", "bob"),
    )


def breaks_about_clearing(way: Way) -> list[str]:
    with read_only(way.engine) as session:
        found = reconciliation.open_breaks(session)
    return [each.subject for each in found if each.subject.startswith("clearing:")]


# --------------------------------------------------------------------------------- none of it


def test_what_a_party_cannot_hold_settles_nothing_and_frees_the_other(way: Way) -> None:
    made = exchange(way, HELD, euros="50.01")
    way.finish()
    assert {each.state for each in legs(way, made)} == {S.REFUSED}
    assert held(way) == (10_000, 1_000, 0, 5_000)
    assert sent(way, made)["GIVE_BACK_1"].state is IntentState.FINAL
    way.bank.service.transfer(transfer(9, "100.00", "alice", "bob"), caller("9"))
    way.finish()
    assert way.bank.instruction(9).state is S.SETTLED
    way.check()


def test_a_payee_who_may_not_receive_leaves_every_leg_unpaid(way: Way) -> None:
    made = exchange(way, HELD)
    while sent(way, made)["HOLD_2"].state is not IntentState.MINED:
        way.drive()
        if sent(way, made)["HOLD_2"].state is not IntentState.MINED:
            way.mine(1)
    expel = deposit_token.set_account_flags(way.deployment.token("CAD"), address("bob"), 0)
    send_call(way.rpc, way.signer, address("compliance"), expel)
    way.finish()
    assert {each.state for each in legs(way, made)} == {S.FAILED}
    (reason,) = {each.reason for each in legs(way, made)}
    assert reason.startswith("leg 1 was not paid: ")
    assert address("bob") in reason
    assert held(way) == (10_000, 1_000, 0, 5_000)
    back = {name: each.state for name, each in sent(way, made).items() if "BACK" in name}
    assert back == {"GIVE_BACK_1": IntentState.FINAL, "GIVE_BACK_2": IntentState.FINAL}
    way.check()
    with read_only(way.engine) as session:
        assert ledger.open_expectations(session) == []


def test_a_signed_exchange_that_cannot_be_paid_never_reaches_the_chain(way: Way) -> None:
    made = exchange(way, SIGNED, euros="50.01")
    way.finish()
    assert {each.state for each in legs(way, made)} == {S.REFUSED}
    assert sent(way, made)["SETTLE"].tx_hash == ""
    assert held(way) == (10_000, 1_000, 0, 5_000)


# ---------------------------------------------------------------------------------- all of it


@pytest.mark.parametrize(("by", "call"), [(HELD, "EXECUTE"), (SIGNED, "SETTLE")])
def test_both_legs_are_paid_in_one_transaction_under_their_own_uetrs(
    way: Way, by: SettlementWay, call: str
) -> None:
    made = exchange(way, by)
    way.finish()
    assert {each.state for each in legs(way, made)} == {S.SETTLED}
    assert held(way) == (7_000, 4_000, 2_000, 3_000)
    told = said(way, sent(way, made)[call])
    settled = next(each for each in told if each.name == "Settled")
    assert settled.args["id"] == made.content_id
    assert settled.uetr == uetr(1)
    assert [each.ref for each in told if each.name == "TransferRef"] == [made.content_id] * 2
    for leg in legs(way, made):
        posted = [each for each in answers(way, leg) if each.phase is Phase.POSTED]
        assert [each.uetr for each in posted] == [leg.uetr]
        with read_only(way.engine) as session:
            match = reconciliation.match_by_uetr(session, leg.uetr)
        assert match is not None
        assert (match.complete, match.sides) == (True, ("chain", "books"))
    way.check()


def test_a_net_batch_passes_through_the_engine_and_leaves_nothing_there(way: Way) -> None:
    made = batch(way)
    way.finish()
    assert {each.state for each in legs(way, made)} == {S.SETTLED}
    assert held(way)[:2] == (9_500, 1_500)
    told = said(way, sent(way, made)["SETTLE_NET"])
    engine = wallet_key(way.bank.desk.engine.address)
    assert [each.name for each in told if each.address.lower() == engine] == ["NetSettled"]
    clearing = f"CLEARING:CAD:{engine}"
    with read_only(way.engine) as session:
        passed = [each for each in ledger.entries(session, account=clearing) if each.expectation_id]
    assert {each.uetr for each in passed} == {each.uetr for each in legs(way, made)}
    assert breaks_about_clearing(way) == []
    assert sent(way, made)["RELEASE_CAD"].state is IntentState.FINAL
    # Nothing is held any more: each can pay all that it has.
    way.bank.service.transfer(transfer(9, "95.00", "alice", "bob"), caller("9"))
    way.bank.service.transfer(transfer(10, "15.00", "bob", "alice"), caller("10"))
    way.finish()
    assert held(way)[:2] == (1_500, 9_500)
    way.check()


def test_a_batch_that_is_taken_back_and_comes_again(way: Way) -> None:
    made = batch(way)
    for _ in range(40):
        way.drive()
        if sent(way, made)["SETTLE_NET"].state is IntentState.CONFIRMED:
            break
        way.mine(1)
    before = sent(way, made)["SETTLE_NET"]
    assert before.state is IntentState.CONFIRMED
    way.reorg(way.rpc.block("latest").number - (before.block_number or 0) + 1)
    way.round()
    way.round()
    phases = {entry.phase for leg in legs(way, made) for entry in answers(way, leg)}
    assert phases == {Phase.PENDING, Phase.VOIDED}
    way.finish()
    assert {each.state for each in legs(way, made)} == {S.SETTLED}
    assert held(way)[:2] == (9_500, 1_500)
    assert breaks_about_clearing(way) == []
    way.check()


# Where each life begins among the stages, and after how many it is killed.
LIVES = ((0, 6), (5, 3), (6, 1), (5, 13), (2, 24), (3, 17))


def test_killed_between_stages_all_of_it_is_settled_once(database_url: str, tmp_path: Path) -> None:
    with embedded_way(tmp_path, database_url) as way:
        begin(way)
        made = exchange(way, HELD), batch(way, 5)
    for first, count in LIVES:
        command = [
            *(sys.executable, "-m", "tests.support.chain_life"),
            *(str(tmp_path), database_url, str(first), str(count)),
        ]
        ended = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
        assert ended.returncode == -signal.SIGKILL, ended.stderr
    with embedded_way(tmp_path, database_url) as way:
        way.finish()
        assert {each.state for one in made for each in legs(way, one)} == {S.SETTLED}
        assert held(way) == (6_500, 4_500, 2_000, 3_000)
        for one in made:
            assert {each.state for each in sent(way, one).values()} == {IntentState.FINAL}
            for leg in legs(way, one):
                phases = [each.phase for each in answers(way, leg)]
                assert phases.count(Phase.POSTED) == 1
        assert breaks_about_clearing(way) == []
        way.check()
