"""A reorg takes an issue back and brings it again: the books void it, and book it once more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from node.db.unit_of_work import read_only
from node.events import store as events
from node.events.event import Change
from node.ledger.entry import Phase
from node.settlement.instruction import InstructionState
from node.submission.intent import IntentState
from tests.support.chain_desk import caller, issue, redeem, transfer, uetr
from tests.support.chain_way import Way, embedded_way


@pytest.fixture
def way(database_url: str, tmp_path: Path) -> Iterator[Way]:
    """Give a node on whose chain alice holds 10.00."""
    with embedded_way(tmp_path, database_url) as made:
        made.open_the_doors()
        made.bank.service.issue(issue(1, "10.00", "alice"), caller("1"))
        made.finish()
        yield made


def steps(way: Way, number: int, name: str) -> list[Change]:
    """Every step of an instruction's events of a name, whatever block they stood in."""
    with read_only(way.engine) as session:
        found = events.events_by_uetr(session, uetr(number))
        return [
            each.change
            for event in found
            if event.name == name
            for each in events.history(session, event.id)
        ]


@pytest.mark.parametrize("deeper", [0, 1])
def test_an_issue_that_is_taken_back_and_comes_again(way: Way, deeper: int) -> None:
    way.bank.service.issue(issue(2, "5.00", "bob"), caller("2"))
    way.drive_until(2, "ISSUE", IntentState.CONFIRMED)
    (pending,) = way.entries(2)
    assert pending.phase is Phase.PENDING
    assert way.bank.instruction(2).state is InstructionState.ON_CHAIN
    before = way.bank.intents(2)["ISSUE"]
    head = way.rpc.block("latest").number
    way.reorg(head - (before.block_number or 0) + 1 + deeper)
    assert way.balance("CAD", "bob") == 0
    way.round()
    way.round()
    assert way.entries(2)[1].phase is Phase.VOIDED
    assert way.entries(2)[1].resolves == pending.id
    assert way.booked("CAD", "bob") == 0
    way.finish()
    again = way.bank.intents(2)["ISSUE"]
    assert (again.tx_hash, again.nonce) == (before.tx_hash, before.nonce)
    assert again.block_hash != before.block_hash
    assert [each.phase for each in way.entries(2)] == [
        *(Phase.PENDING, Phase.VOIDED, Phase.PENDING, Phase.POSTED),
    ]
    assert len({each.id for each in way.entries(2)}) == 4
    assert way.bank.instruction(2).state is InstructionState.SETTLED
    assert steps(way, 2, "Issued") == [
        *(Change.SEEN, Change.CONFIRMED, Change.RETRACTED),
        *(Change.SEEN, Change.CONFIRMED, Change.FINAL),
    ]
    assert (way.balance("CAD", "bob"), way.mirrored("CAD")) == (500, 1500)
    way.check()


def test_an_instruction_falls_back_to_sent_while_its_payment_is_gone(way: Way) -> None:
    way.bank.service.transfer(transfer(2, "1.00", "alice", "bob"), caller("2"))
    way.drive()
    assert way.bank.instruction(2).state is InstructionState.ON_CHAIN
    way.reorg(1)
    monitor, tracker = (
        next(each for each in way.stages if each.name == name)
        for name in ("submission.monitor", "settlement.tracker")
    )
    monitor.run_once()
    tracker.run_once()
    assert way.bank.instruction(2).state is InstructionState.SENT
    way.finish()
    assert way.bank.instruction(2).state is InstructionState.SETTLED
    way.check()


def test_a_redemption_whose_hold_was_taken_back(way: Way) -> None:
    way.bank.service.redeem(redeem(2, "4.00", "alice"), caller("2"))
    way.drive_until(2, "HOLD", IntentState.CONFIRMED)
    way.round()
    hold = way.bank.intents(2)["HOLD"]
    way.reorg(way.rpc.block("latest").number - (hold.block_number or 0) + 1)
    way.finish()
    assert way.bank.instruction(2).state is InstructionState.SETTLED
    assert way.balance("CAD", "alice") == 600
    way.check()


def test_reorg_upon_reorg(way: Way) -> None:
    way.bank.service.issue(issue(2, "5.00", "bob"), caller("2"))
    for depth in (1, 2, 1, 3):
        way.drive()
        way.mine(1)
        way.round()
        way.reorg(depth)
    way.finish()
    assert way.bank.instruction(2).state is InstructionState.SETTLED
    entries = way.entries(2)
    assert [each.phase for each in entries].count(Phase.POSTED) == 1
    assert entries[-1].phase is Phase.POSTED
    way.check()
