"""A log that an endpoint leaves out or alters: believed in the mode `fast`, found in `proven`.

On the chain inside the node, whose blocks are whole: hashes and roots are those of Ethereum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from node.chain.deployments import Deployment
from node.chain.finality import FinalityPolicy
from node.chain.rpc import RpcLied
from node.db.cursors import all_cursors
from node.db.engine import open_engine
from node.db.unit_of_work import read_only
from node.events.catalog import Catalog
from node.events.indexer import BACKFILL_FROM, IndexerStage
from node.events.proof import Mode
from node.events.tables import EventRow
from tests.support.chain_bank import open_bank
from tests.support.chain_desk import unfenced
from tests.support.clock import Clock
from tests.support.fault_proxy import Fault, Faults, changed

Json = dict[str, Any]
NEAR = BACKFILL_FROM
FAR = 1  # any final block is read by backfill


@dataclass
class Reader:
    """An indexer of a bank's contracts, behind an endpoint that may lie."""

    engine: Engine
    deployment: Deployment
    faults: Faults

    def run(self, mode: Mode, backfill_from: int) -> None:
        """Read all there is."""
        stage = IndexerStage(
            engine=self.engine,
            rpc=self.faults.rpc(),
            catalog=Catalog(self.deployment.contracts),
            policy=FinalityPolicy(confirmations=0, final_depth=0, tag=None),
            fence=unfenced,
            clock=Clock(),
            mode=mode,
            backfill_from=backfill_from,
        )
        while stage.run_once():
            pass

    def kept(self) -> list[tuple[int, int, str, str]]:
        """Height, place, data and topics of every event that is kept, in chain order."""
        with read_only(self.engine) as session:
            rows = session.exec(select(EventRow)).all()
            return sorted((r.block_number, r.log_index, r.data, " ".join(r.topics)) for r in rows)

    def written(self) -> list[tuple[int, int, str, str]]:
        """The same of every log of our contracts on the chain, asked block by block."""
        ours = {each.address.lower() for each in self.deployment.contracts}
        height = int(self.faults.honest("eth_blockNumber", [])["result"], 16)
        blocks = [
            self.faults.honest("eth_getBlockByNumber", [hex(number), False])["result"]
            for number in range(height + 1)
        ]
        receipts = [
            each
            for block in blocks
            for each in self.faults.honest("eth_getBlockReceipts", [block["hash"]])["result"]
        ]
        return sorted(
            (int(log["blockNumber"], 16), int(log["logIndex"], 16), log["data"],
             " ".join(log["topics"]))
            for receipt in receipts for log in receipt["logs"] if log["address"] in ours
        )  # fmt: skip


@pytest.fixture
def reader(database_url: str, tmp_path: Path) -> Iterator[Reader]:
    """Give a reader of the chain on which a bank was just deployed."""
    engine, bank = open_engine(database_url), open_bank(tmp_path)
    yield Reader(engine, bank.deployment, Faults(bank.chain.answer))
    bank.chain.close()
    engine.dispose()


def of_lists(bend: Callable[[list[Json]], list[Json]]) -> Fault:
    """The honest list, bent."""

    def fault(honest: Callable[[], Json], _params: list[Any]) -> Json:
        told = honest()
        return {**told, "result": bend(told["result"])}

    return fault


def without_one_log(receipts: list[Json]) -> list[Json]:
    """Receipts of which the first with logs lost its last one."""
    at = next((at for at, each in enumerate(receipts) if each["logs"]), None)
    if at is None:
        return receipts
    short = {**receipts[at], "logs": receipts[at]["logs"][:-1]}
    return [*receipts[:at], short, *receipts[at + 1 :]]


def with_other_data(receipts: list[Json]) -> list[Json]:
    """Receipts whose logs say something else."""
    return [
        {**each, "logs": [{**log, "data": log["data"] + "00" * 32} for log in each["logs"]]}
        for each in receipts
    ]


@pytest.mark.parametrize("backfill_from", [NEAR, FAR])
@pytest.mark.parametrize("bend", [without_one_log, with_other_data, lambda receipts: receipts[:-1]])
def test_receipts_that_are_not_all_or_altered_are_refused(
    reader: Reader, bend: Callable[[list[Json]], list[Json]], backfill_from: int
) -> None:
    reader.faults.faults["eth_getBlockReceipts"] = of_lists(bend)
    with pytest.raises(RpcLied):
        reader.run(Mode.PROVEN, backfill_from)
    assert len(reader.kept()) < len(reader.written())
    assert set(reader.kept()) < set(reader.written())


@pytest.mark.parametrize("backfill_from", [NEAR, FAR])
def test_a_header_that_hides_our_contracts_is_refused(reader: Reader, backfill_from: int) -> None:
    reader.faults.faults["eth_getBlockByNumber"] = changed(logsBloom="0x" + "00" * 256)
    with pytest.raises(RpcLied):
        reader.run(Mode.PROVEN, backfill_from)
    assert reader.kept() == []


@pytest.mark.parametrize("backfill_from", [NEAR, FAR])
def test_an_endpoint_that_leaves_logs_out_is_believed_when_fast_and_not_when_proven(
    reader: Reader, backfill_from: int
) -> None:
    reader.faults.faults["eth_getLogs"] = of_lists(lambda logs: logs[:-1])
    reader.run(Mode.PROVEN, backfill_from)
    assert reader.kept() == reader.written()
    assert "eth_getLogs" not in reader.faults.asked


def test_fast_believes_it(reader: Reader) -> None:
    reader.faults.faults["eth_getLogs"] = of_lists(lambda logs: logs[:-1])
    reader.run(Mode.FAST, FAR)
    assert len(reader.kept()) < len(reader.written())


@pytest.mark.parametrize("mode", [Mode.FAST, Mode.PROVEN])
@pytest.mark.parametrize("backfill_from", [NEAR, FAR])
def test_either_way_every_log_is_kept(reader: Reader, mode: Mode, backfill_from: int) -> None:
    reader.run(mode, backfill_from)
    assert reader.kept() == reader.written()
    with read_only(reader.engine) as session:
        assert len(set(all_cursors(session).values())) == 1  # all that was seen is final
