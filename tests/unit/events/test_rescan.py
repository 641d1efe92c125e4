"""The rescan: what it halts on, what it waits for, and when it stays silent. Both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from node.chain.agreement import TRIES, EndpointsDiffer, QuorumMissing
from node.db.engine import open_engine
from node.db.unit_of_work import unit_of_work
from node.events.rescan import FinalBlockDiffers, RescanStage
from tests.support.chain_follower import Follower
from tests.support.chain_script import CHAIN_ID, catalog
from tests.support.fault_proxy import hang_up, result

SECONDS = 600


class Rescan:
    """A follower that has read everything, its rescan, and a clock to move."""

    def __init__(self, engine: Engine, blocks: int = 256) -> None:
        self.follower, self.now = Follower(engine), 0.0
        for names in (["a"], ["b"], [], ["c", "d"], ["e"]):
            self.follower.chain.mine(*names)
        for _ in range(4):
            self.follower.chain.mine()
        self.follower.follow()
        self.stage = RescanStage(
            engine=engine,
            rpc=self.follower.faults.rpc(CHAIN_ID),
            catalog=catalog(),
            blocks=blocks,
            seconds=SECONDS,
            monotonic=lambda: self.now,
        )
        self.follower.faults.asked.clear()

    def run(self) -> int:
        self.now += SECONDS
        return self.stage.run_once()

    def until_halted(self) -> FinalBlockDiffers:
        for _ in range(TRIES - 1):
            with pytest.raises(EndpointsDiffer):
                self.run()
        with pytest.raises(FinalBlockDiffers) as halted:
            self.run()
        return halted.value


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Give the database under test."""
    made = open_engine(database_url)
    yield made
    made.dispose()


@pytest.mark.parametrize(
    ("harm", "number"),
    [
        ("DELETE FROM chain_event WHERE block_number = 2", 2),
        ("UPDATE chain_event SET data = '0x' WHERE block_number = 4", 4),
        ("UPDATE block SET hash = '0xff' WHERE number = 5", 5),
    ],
)
def test_rows_that_were_changed_halt_and_the_block_is_named(
    engine: Engine, harm: str, number: int
) -> None:
    rescan = Rescan(engine)
    assert rescan.run() == 0
    with unit_of_work(engine) as session:
        session.connection().execute(text("DELETE FROM event_change"))
        session.connection().execute(text(harm))
    halted = rescan.until_halted()
    assert halted.code == "FINAL_BLOCK_DIFFERS"
    assert f"block {number} is final" in halted.detail
    assert halted.remedy


def test_a_chain_that_took_a_final_block_back_halts(engine: Engine) -> None:
    rescan = Rescan(engine)
    rescan.follower.chain.reorg(6, *[["x"]] * 6)
    assert "block 4 is final" in rescan.until_halted().detail


def test_a_lie_that_heals_is_forgotten(engine: Engine) -> None:
    rescan = Rescan(engine)
    for _ in range(TRIES):
        rescan.follower.faults.faults["eth_getLogs"] = result([])
        with pytest.raises(EndpointsDiffer):
            rescan.run()
        rescan.follower.faults.faults.clear()
        assert rescan.run() == 0


def test_nobody_to_ask_is_waited_for(engine: Engine) -> None:
    rescan = Rescan(engine)
    rescan.follower.faults.faults["*"] = hang_up
    for _ in range(TRIES + 1):
        with pytest.raises(QuorumMissing):
            rescan.run()


def test_it_waits_until_it_is_time_and_may_be_off(engine: Engine) -> None:
    rescan = Rescan(engine)
    assert rescan.stage.run_once() == 0
    assert rescan.follower.faults.asked == []
    rescan.run()
    assert "eth_getLogs" in rescan.follower.faults.asked


def test_none_is_none(engine: Engine) -> None:
    rescan = Rescan(engine, blocks=0)
    assert rescan.run() == 0
    assert rescan.follower.faults.asked == []


def test_only_the_newest_final_blocks_are_read(engine: Engine) -> None:
    rescan = Rescan(engine, blocks=2)
    with unit_of_work(engine) as session:
        session.connection().execute(
            text("UPDATE chain_event SET data = '0x' WHERE block_number = 2")
        )
    assert rescan.run() == 0
