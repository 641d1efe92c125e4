"""The way of the data over a chain of another make, through HTTP, with a reorg of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from node.chain.deployment.apply import ensure_deployed
from node.chain.deployment.plan import make_plan
from node.chain.deployments import checksummed
from node.chain.rpc import Rpc
from node.db.engine import open_engine
from node.ledger.entry import Phase
from node.settlement.instruction import InstructionState
from node.submission.deployer import KeystoreDeployer
from node.submission.intent import IntentState
from tests.support.anvil import CHAIN_ID, Anvil
from tests.support.chain_desk import caller, issue, redeem, transfer
from tests.support.chain_keys import BANK, ROLES, MemorySigner, address
from tests.support.chain_way import CURRENCIES, Way
from tests.support.clock import Clock
from tests.support.deployment import plan_data

pytestmark = pytest.mark.npm


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    made = open_engine(sqlite_url)
    yield made
    made.dispose()


@pytest.fixture
def way(running_anvil: Anvil, engine: Engine, tmp_path: Path) -> Way:
    """Give a node whose contracts are new on the chain, and whose customers are admitted."""
    for label in BANK:
        running_anvil.fund(address(label))
    rpc = Rpc([running_anvil.url], chain_id=CHAIN_ID)
    data = plan_data(*CURRENCIES, chain_id=CHAIN_ID)
    for role in ROLES:
        data["roles"][role.upper()]["holders"] = [checksummed(address(role))]
    deployer = KeystoreDeployer(MemorySigner("deployer"), address("deployer"))
    made = Way(
        engine,
        rpc,
        ensure_deployed(rpc, make_plan(data), deployer, tmp_path / "record.json"),
        Clock(datetime.now(UTC)),
        lambda count: running_anvil.ask("anvil_mine", hex(count)),
        lambda depth: running_anvil.ask("anvil_reorg", depth, []),
    )
    made.open_the_doors()
    return made


def test_a_day_over_http(way: Way) -> None:
    service = way.bank.service
    service.issue(issue(1, "100.00", "alice"), caller("1"))
    service.issue(issue(2, "50.00", "carol"), caller("2"))
    way.finish()
    service.transfer(transfer(3, "30.25", "alice", "bob"), caller("3"))
    service.transfer(transfer(4, "9999.00", "alice", "bob"), caller("4"))
    service.redeem(redeem(5, "20.00", "alice"), caller("5"))
    way.finish()
    settled, refused = InstructionState.SETTLED, InstructionState.REFUSED
    states = [way.bank.instruction(number).state for number in range(1, 6)]
    assert states == [settled, settled, settled, refused, settled]
    assert "Insufficient" in way.bank.instruction(4).reason
    assert (way.supply("CAD"), way.mirrored("CAD")) == (13_000, 13_000)
    way.check()


def test_a_reorg_of_its_own_is_followed_and_what_it_took_is_sent_again(way: Way) -> None:
    way.bank.service.issue(issue(1, "5.00", "bob"), caller("1"))
    way.drive_until(1, "ISSUE", IntentState.CONFIRMED)
    before = way.bank.intents(1)["ISSUE"]
    head = way.rpc.block("latest").number
    way.reorg(head - (before.block_number or 0) + 1)
    assert way.rpc.receipt(before.tx_hash) is None
    way.mine(1)
    way.finish()
    again = way.bank.intents(1)["ISSUE"]
    assert again.tx_hash == before.tx_hash
    assert again.block_hash != before.block_hash
    phases = [each.phase for each in way.entries(1)]
    assert phases == [Phase.PENDING, Phase.VOIDED, Phase.PENDING, Phase.POSTED]
    assert way.bank.instruction(1).state is InstructionState.SETTLED
    way.check()
