"""A forging endpoint beside an honest one: what is kept is what the chain holds, whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from node.chain.finality import EMBEDDED_CHAIN_ID, FinalityPolicy
from node.chain.rpc import Rpc
from node.core.errors import Retryable
from node.db.engine import open_engine
from node.db.unit_of_work import read_only
from node.events.catalog import Catalog
from node.events.indexer import IndexerStage
from node.events.tables import EventRow
from tests.support.chain_bank import open_bank
from tests.support.chain_desk import unfenced
from tests.support.clock import Clock
from tests.support.fault_proxy import Fault, Faults, changed, served

Json = dict[str, Any]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Give the database under test."""
    made = open_engine(database_url)
    yield made
    made.dispose()


def _short(honest: Callable[[], Json], _params: list[Any]) -> Json:
    told = honest()
    return {**told, "result": [{**each, "logs": each["logs"][:-1]} for each in told["result"]]}


@pytest.mark.parametrize(
    ("method", "forgery"),
    [
        ("eth_getBlockReceipts", _short),
        ("eth_getBlockReceipts", changed(status="0x0")),
        ("eth_getBlockByNumber", changed(receiptsRoot="0x" + "11" * 32)),
        ("eth_getBlockByNumber", changed(logsBloom="0x" + "00" * 256)),
    ],
    ids=["logs left out", "forged status", "forged root", "hidden by the bloom filter"],
)
def test_a_forgery_is_found_and_the_honest_endpoint_is_believed(
    engine: Engine, tmp_path: Path, method: str, forgery: Fault
) -> None:
    bank = open_bank(tmp_path)
    forging, honest = Faults(bank.chain.answer, {method: forgery}), Faults(bank.chain.answer)
    with served(forging) as first, served(honest) as second:
        rpc = Rpc([first, second], chain_id=EMBEDDED_CHAIN_ID)
        stage = IndexerStage(
            engine=engine,
            rpc=rpc,
            catalog=Catalog(bank.deployment.contracts),
            policy=FinalityPolicy(confirmations=0, final_depth=0, tag=None),
            fence=unfenced,
            clock=Clock(),
        )
        _run(stage)
    with read_only(engine) as session:
        kept = sorted((r.block_number, r.log_index) for r in session.exec(select(EventRow)).all())
    addresses = [each.address for each in bank.deployment.contracts]
    told = bank.chain.rpc().logs(0, bank.chain.height, addresses)
    assert kept == sorted((each.block_number, each.log_index) for each in told)
    assert kept
    bank.chain.close()


def _run(stage: IndexerStage) -> None:
    for _ in range(200):
        try:
            if stage.run_once() == 0:
                return
        except Retryable:
            continue
    raise AssertionError("it never comes to rest")
