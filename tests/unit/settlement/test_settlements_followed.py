"""Where the legs of a settlement stand, and what becomes of holds when it will not be made."""

from __future__ import annotations

import pytest
from sqlmodel import col, update

from node.db.unit_of_work import read_only, unit_of_work
from node.events.event import Change
from node.ledger import store as ledger
from node.settlement.commands import SettleCommand
from node.settlement.instruction import InstructionState
from node.settlement.settlement import standing
from node.submission.intent import IntentState
from node.submission.tables import IntentRow
from tests.support.chain_desk import SettlementDesk
from tests.support.chain_exchange import DVP, HELD, Command, ask, cycle, exchange, kept
from tests.support.chain_keys import address
from tests.support.ledger_events import Chain, chain_event

BOB = address("bob")
I, S = IntentState, InstructionState  # noqa: E741 - the two ladders side by side


def put(bank: SettlementDesk, purpose: str, state: IntentState, why: str = "") -> None:
    """Say where an intent stands, as the sender or the monitor would."""
    _, _, sent = kept(bank)
    bank.stand(sent[purpose], state, why)


def test_legs_stand_where_the_call_that_settles_stands(bank: SettlementDesk) -> None:
    ask(bank, exchange(method=DVP, way=HELD))
    for purpose, intent, expected in (
        ("INSTRUCT", I.SENT, S.SENT),
        ("HOLD_1", I.FINAL, S.SENT),
        ("EXECUTE", I.MINED, S.ON_CHAIN),
        ("EXECUTE", I.SENT, S.SENT),  # a reorg
        ("EXECUTE", I.FINAL, S.ON_CHAIN),
    ):
        put(bank, purpose, intent)
        bank.tracker.run_once()
        _, legs, _ = kept(bank)
        assert [each.state for each in legs] == [expected, expected]
        assert standing(legs) is expected


def test_a_failure_that_is_told_after_the_call_is_final_is_heard(bank: SettlementDesk) -> None:
    ask(bank, exchange(method=DVP, way=HELD))
    put(bank, "EXECUTE", I.FINAL)
    with unit_of_work(bank.engine) as session:
        session.exec(
            update(IntentRow).where(col(IntentRow.purpose) == "EXECUTE").values(tx_hash="0xt1")
        )
    bank.tracker.run_once()
    assert {each.state for each in kept(bank)[1]} == {S.ON_CHAIN}
    failed = chain_event("SettlementFailed", {"leg": "1", "reason": "0x"}, tx="t1")
    Chain(bank.engine).tell(failed, Change.SEEN)
    bank.tracker.run_once()
    ended = {(each.state, each.reason.partition(":")[0]) for each in kept(bank)[1]}
    assert ended == {(S.FAILED, "leg 2 was not paid")}


def test_a_settlement_that_fails_ends_all_of_its_legs(bank: SettlementDesk) -> None:
    ask(bank, exchange())
    put(bank, "SETTLE", I.REVERTED, "SettlementExpired")
    bank.tracker.run_once()
    _, legs, _ = kept(bank)
    assert [(each.state, each.reason) for each in legs] == [(S.FAILED, "SettlementExpired")] * 2
    with read_only(bank.engine) as session:
        assert ledger.open_expectations(session) == []


@pytest.mark.parametrize("command", [exchange(method=DVP, way=HELD), cycle()])
def test_whom_a_hold_is_for_lets_go_of_it_when_nothing_comes_of_it(
    bank: SettlementDesk, command: Command
) -> None:
    ask(bank, command)
    settles = "EXECUTE" if isinstance(command, SettleCommand) else "SETTLE_NET"
    put(bank, "HOLD_1", I.CONFIRMED)
    put(bank, "HOLD_2", I.REFUSED, "InsufficientAvailable")
    put(bank, settles, I.REFUSED, "HOLD_2 REFUSED: InsufficientAvailable")
    bank.tracker.run_once()
    _, legs, sent = kept(bank)
    assert {each.state for each in legs} == {S.REFUSED}
    assert [each for each in sent if each.startswith("GIVE_BACK")] == ["GIVE_BACK_1"]
    back = sent["GIVE_BACK_1"]
    assert back.after == (sent["HOLD_1"].id,)
    assert back.signer == (BOB if settles == "EXECUTE" else bank.desk.settler)
    before = bank.counts()
    bank.tracker.run_once()
    assert bank.counts() == before
