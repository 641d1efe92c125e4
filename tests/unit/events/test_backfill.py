"""Many final blocks read at once: in order, whole, from where it stopped, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Event
from typing import Any

import pytest
from sqlmodel import Session

from node.chain.blocks import ChainMoved
from node.chain.rpc import RangeTooLarge, RpcLied
from node.core.types import Hash32
from node.db.leases import LostLease
from node.db.unit_of_work import read_only
from node.events import store
from node.events.look import DeepReorg
from tests.support.chain_follower import NAMES, Follower
from tests.support.chain_script import ScriptedChain, logs
from tests.support.chain_sender import Killed, dying_at_commit
from tests.support.fault_proxy import Fault, refusal

LETTERS = "abcdefghijklmnopqrstuvwxyz"
Honest = Callable[[], dict[str, Any]]


@pytest.fixture(autouse=True)
def _from_the_first(follower: Follower) -> None:
    """Let any final block be read by backfill."""
    follower.backfill_from = 1


def mined(follower: Follower, *, empty: int = 5) -> ScriptedChain:
    """A block for each letter, with empty ones between; the last is well below final."""
    for letter in LETTERS:
        follower.chain.mine(letter)
        for _ in range(empty):
            follower.chain.mine()
    return follower.chain


def finals(names: str = LETTERS) -> list[str]:
    """What is told of events that are final when they are first read."""
    return [f"FINAL {name}" for name in names]


def bearing(blocks: int, message: str = "query returned more than 10000 results") -> Fault:
    """An endpoint that refuses more than so many blocks at once."""

    def fault(honest: Honest, params: list[Any]) -> dict[str, Any]:
        low, high = (int(params[0].get(end, "0x0"), 16) for end in ("fromBlock", "toBlock"))
        refused = {"error": {"code": -32005, "message": message}}
        return refused if high - low >= blocks else honest()

    return fault


def of_ranges(bend: Callable[[list[dict[str, Any]]], Any]) -> Fault:
    """Answers about ranges, bent; those about single blocks stay honest."""

    def fault(honest: Honest, params: list[Any]) -> dict[str, Any]:
        told = honest()
        return told if "blockHash" in params[0] else {**told, "result": bend(told["result"])}

    return fault


# --------------------------------------------------------------------------------------- refusals


def test_who_lost_the_lease_writes_nothing(follower: Follower) -> None:
    def lost(_session: Session) -> None:
        raise LostLease("another leads")

    mined(follower)
    follower.fence = lost
    with pytest.raises(LostLease):
        follower.stage().run_once()
    assert follower.rows() == ([], [], [], {})


def test_a_block_that_is_refused_alone_is_a_failure_and_leaves_nothing(follower: Follower) -> None:
    mined(follower)
    follower.faults.faults["eth_getLogs"] = bearing(0)
    stage = follower.stage()
    for _ in range(2):
        with pytest.raises(RangeTooLarge):
            stage.run_once()
    assert follower.rows() == ([], [], [], {})
    follower.faults.faults.clear()
    follower.follow()
    assert follower.told() == finals()


def foreign(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**each, "address": "0x" + "66" * 20} for each in found]


def twice(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*found, *found[-1:]]


def broken(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**each, "transactionHash": "0x12"} for each in found]


@pytest.mark.parametrize("bend", [foreign, twice, broken])
def test_logs_that_cannot_be_those_asked_for(
    follower: Follower, bend: Callable[[list[dict[str, Any]]], Any]
) -> None:
    mined(follower)
    follower.faults.faults["eth_getLogs"] = of_ranges(bend)
    with pytest.raises(RpcLied):
        follower.stage().run_once()
    assert follower.rows() == ([], [], [], {})


def test_logs_of_another_branch_are_not_taken(follower: Follower) -> None:
    mined(follower)
    other = ScriptedChain()
    for letter in LETTERS:
        other.mine(letter, salt="another branch")
    follower.faults.faults["eth_getLogs"] = of_ranges(lambda _: logs(other.branch[2]))
    with pytest.raises(ChainMoved, match="not read"):
        follower.stage().run_once()
    assert follower.rows() == ([], [], [], {})


def test_a_range_that_does_not_follow_what_is_held(follower: Follower) -> None:
    """Final blocks cannot be replaced: whoever did is found where the next range joins."""
    chain = mined(follower)
    stage = follower.stage()
    stage.run_once()
    done, before = follower.cursors()["events.final"], follower.rows()
    chain.reorg(len(chain.branch) - done, *[""] * 200, salt="another chain")
    with pytest.raises((ChainMoved, DeepReorg)):
        stage.run_once()
    with pytest.raises(DeepReorg):
        stage.run_once()
    assert follower.rows() == before


# ----------------------------------------------------------------------------------- what it does


def test_final_blocks_are_told_once_and_the_rest_step_by_step(follower: Follower) -> None:
    chain = mined(follower)
    for name in ("two:a", "two:b"):
        chain.mine(name)
    follower.follow()
    assert follower.told() == [*finals(), *["SEEN two:a"] * 2, *["SEEN two:b"] * 2,
                               *["CONFIRMED two:a"] * 2]  # fmt: skip
    head = chain.head.number
    assert follower.cursors() == {
        "events.indexer": head, "events.confirmed": head - 1, "events.final": head - 3,
    }  # fmt: skip


def test_it_ends_with_the_same_events_as_reading_block_by_block(follower: Follower) -> None:
    chain = mined(follower, empty=2)
    chain.mine("odd:a")
    chain.mine("two:b")
    for _ in range(3):
        chain.mine()
    follower.follow()
    backfilled = events(follower)
    assert len(backfilled) == len(LETTERS) + 3
    assert [each[:2] for each in backfilled] == [
        (log["blockHash"], int(log["logIndex"], 16)) for each in chain.branch for log in logs(each)
    ]
    assert [NAMES[Hash32(each[2])] for each in backfilled][-3:] == ["odd:a", "two:b", "two:b"]
    assert [each[3] for each in backfilled][-3:] == ["", "TransferRef", "TransferRef"]


def events(follower: Follower) -> list[tuple[str, int, str, str]]:
    """Block, place, transaction and name of every event, in the order of their ids."""
    with read_only(follower.engine) as session:
        page = store.events_page(session, limit=1000)
    return [(e.key.block_hash, e.key.log_index, e.key.tx_hash, e.name) for e in page]


def test_only_blocks_with_events_and_ends_of_ranges_are_kept(follower: Follower) -> None:
    mined(follower, empty=20)
    follower.stage().run_once()
    numbers = [number for number, *_ in follower.rows()[0]]
    last = follower.cursors()["events.final"]
    assert numbers == sorted({*range(1, last + 1, 21), last})


@pytest.mark.parametrize("nth", range(1, 6))
def test_killed_between_ranges_it_goes_on_where_it_was(follower: Follower, nth: int) -> None:
    mined(follower)
    with dying_at_commit(follower.engine, nth), suppress(Killed):
        follower.follow()
    told = follower.told()
    assert told == finals()[: len(told)]
    follower.follow()
    assert follower.told() == finals()


@pytest.mark.parametrize("bearable", [1, 7])
def test_a_range_refused_again_and_again_is_read_in_parts(
    follower: Follower, bearable: int
) -> None:
    mined(follower)
    follower.faults.faults["eth_getLogs"] = bearing(bearable)
    follower.follow()
    assert follower.told() == finals()


def test_the_size_that_an_endpoint_suggests_is_taken(follower: Follower) -> None:
    mined(follower)
    follower.faults.faults["eth_getLogs"] = bearing(10, "eth_getLogs is limited to a 10 range")
    follower.follow()
    assert follower.told() == finals()


def test_an_answer_out_of_order_is_put_in_order(follower: Follower) -> None:
    mined(follower)
    follower.chain.mine("two:a", "b")
    for _ in range(3):
        follower.chain.mine()
    follower.faults.faults["eth_getLogs"] = of_ranges(lambda found: found[::-1])
    follower.follow()
    assert follower.told()[-3:] == ["FINAL two:a", "FINAL two:a", "FINAL b"]
    assert follower.told()[:-3] == finals()


def test_ranges_answered_out_of_order_are_written_in_order(follower: Follower) -> None:
    chain = mined(follower)
    later = Event()
    first = 1

    def first_comes_last(honest: Honest, params: list[Any]) -> dict[str, Any]:
        low = int(params[0].get("fromBlock", "0x0"), 16)
        if low == first:
            assert later.wait(10)
        elif low:
            later.set()
        return honest()

    follower.faults.faults["eth_getLogs"] = first_comes_last
    follower.follow()
    assert follower.told() == finals()
    assert follower.cursors()["events.indexer"] == chain.head.number


def test_a_reorg_of_what_is_not_final_just_behind_the_backfill(follower: Follower) -> None:
    chain = mined(follower)
    follower.follow()
    assert follower.cursors()["events.final"] == chain.head.number - 3
    chain.reorg(3, ["two:a"], ["two:b"], "", "")
    follower.follow()
    assert follower.told() == [
        *finals(), *["SEEN two:a"] * 2, *["SEEN two:b"] * 2,
        *["CONFIRMED two:a"] * 2, *["CONFIRMED two:b"] * 2, *["FINAL two:a"] * 2,
    ]  # fmt: skip
    chain.reorg(5, *[""] * 6)
    with pytest.raises(DeepReorg):
        follower.follow()


def test_a_reorg_while_it_is_read_ahead(follower: Follower) -> None:
    """Blocks that were not final when the backfill began may change under it."""
    chain = mined(follower)
    stage = follower.stage()
    stage.run_once()
    chain.reorg(3, ["two:a"], "", "")
    while stage.run_once():
        pass
    assert follower.told() == [*finals(), *["SEEN two:a"] * 2, *["CONFIRMED two:a"] * 2]


def test_an_endpoint_that_is_behind_the_backfill_takes_nothing_back(follower: Follower) -> None:
    chain = mined(follower, empty=20)
    follower.follow()
    before, branch = follower.rows(), list(chain.branch)
    for missing in (1, 4, 50, 300, len(branch) - 1):
        chain.branch = branch[: len(branch) - missing]
        assert follower.stage().run_once() == 0
    assert follower.rows() == before


def test_an_endpoint_that_fails_once_in_the_middle(follower: Follower) -> None:
    mined(follower)
    stage = follower.stage()
    stage.run_once()
    follower.faults.faults["eth_getLogs"] = refusal(-32603, "internal error")
    with suppress(Exception):
        stage.run_once()
    follower.faults.faults.clear()
    follower.follow()
    assert follower.told() == finals()
