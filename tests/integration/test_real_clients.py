"""The same day on every client of Ethereum that is here: the same books, to the unit, on each.

Each is named in the output; one that is absent is named as skipped, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from node.chain.deployment.apply import ensure_deployed
from node.chain.deployment.plan import make_plan
from node.chain.deployments import checksummed
from node.chain.rpc import Rpc
from node.db.engine import open_engine
from node.db.unit_of_work import read_only
from node.settlement.instruction import InstructionState
from node.submission.deployer import KeystoreDeployer
from tests.support.chain_desk import caller, transfer
from tests.support.chain_keys import BANK, ROLES, MemorySigner, address
from tests.support.chain_way import CURRENCIES, Way
from tests.support.clients import CLIENTS, Client, geth_program, why_absent
from tests.support.clock import Clock
from tests.support.deployment import plan_data
from tests.support.geth_network import CHAIN_ID, network
from tests.support.kill_day import ask, begin, facts
from tests.support.optional import absent

pytestmark = pytest.mark.npm
BLOCKS_MAX = 200
# What the day comes to, whoever runs the chain: in cents of what each customer holds.
HELD = {
    "CAD alice": 300,
    "CAD bob": 1_700,
    "CAD carol": 2_000,
    "EUR alice": 700,
    "EUR bob": 4_300,
}


@pytest.fixture(params=sorted(CLIENTS))
def client(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Client]:
    name: str = request.param
    reason = why_absent(name)
    if reason is not None:
        if name.startswith("geth"):  # built only where it is asked for
            pytest.skip(f"{name}: {reason}")
        absent(f"{name}: {reason}")
    with CLIENTS[name](tmp_path) as running:
        yield running


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    made = open_engine(sqlite_url)
    yield made
    made.dispose()


def test_a_day_comes_to_the_same_books(client: Client, engine: Engine, tmp_path: Path) -> None:
    way = _way(client, engine, tmp_path / "record.json")
    begin(way)
    ask(way)
    way.finish()
    found = facts(way)
    assert {name: held for name, held in found["held"].items() if held} == HELD
    states = [state for _, state, _ in found["instructions"]]
    assert sorted(states) == ["REFUSED", *["SETTLED"] * 7]
    assert {state for *_, state, _ in found["intents"]} == {"FINAL", "REFUSED"}


def test_a_payment_on_a_branch_that_geth_drops_is_made_again(
    engine: Engine, tmp_path: Path
) -> None:
    reason = why_absent("geth, two nodes")
    if reason is not None:
        pytest.skip(reason)
    with network(geth_program(), tmp_path, map(address, BANK)) as both:
        # One of them is asked, as by a node whose other endpoint is away.
        client = Client(both.urls[:1], CHAIN_ID, both.mine)
        with both.ticking():
            way = _way(client, engine, tmp_path / "record.json")
        begin(way)
        both.part()
        way.bank.service.transfer(transfer(4, "12.00", "alice", "bob"), caller("4"))
        way.drive()
        both.build(0)
        both.build(0)
        way.drive()
        assert way.balance("CAD", "bob") == 1_200
        assert _retracted(engine) == 0
        for _ in range(3):
            both.build(1)
        assert both.heal() == 2
        way.drive()
        assert way.balance("CAD", "bob") == 0
        assert _retracted(engine) > 0
        way.finish()
        way.check()
        assert way.balance("CAD", "bob") == 1_200
        assert way.bank.instruction(4).state is InstructionState.SETTLED


def _retracted(engine: Engine) -> int:
    with read_only(engine) as session:
        told = session.execute(text("SELECT count(*) FROM event_change WHERE change = 'RETRACTED'"))
        return int(told.scalar_one())


def _way(client: Client, engine: Engine, record: Path) -> Way:
    rpc = Rpc(client.urls, chain_id=client.chain_id)
    data: dict[str, Any] = plan_data(*CURRENCIES, chain_id=client.chain_id)
    for role in ROLES:
        data["roles"][role.upper()]["holders"] = [checksummed(address(role))]
    deployer = KeystoreDeployer(MemorySigner("deployer"), address("deployer"))
    deployment = ensure_deployed(rpc, make_plan(data), deployer, record)
    clock = Clock(datetime.now(UTC))
    # On a busy machine a client may mine many blocks before it looks into its pool.
    return Way(engine, rpc, deployment, clock, client.mine, _no_reorg, blocks_max=BLOCKS_MAX)


def _no_reorg(depth: int) -> None:
    raise AssertionError(f"no client can be told to drop {depth} blocks here")
