"""Reorgs: blocks dropped, brought back and reordered, and a chain that moves while it is read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from node.chain.blocks import ChainMoved
from node.events.indexer import DeepReorg
from tests.support.chain_follower import Follower
from tests.support.chain_script import ScriptedChain, logs
from tests.support.chain_sender import Killed, dying_at_commit


def mined(follower: Follower, *blocks: str) -> ScriptedChain:
    """The chain with these blocks, each letter a transaction, followed to its head."""
    for names in blocks:
        follower.chain.mine(*names)
    follower.follow()
    return follower.chain


# --------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize("depth", [4, 5, 7])
def test_a_reorg_deeper_than_final_stops_and_writes_nothing(follower: Follower, depth: int) -> None:
    chain = mined(follower, *"abcdefgh")
    before = follower.rows()
    chain.reorg(depth, *"z" * (depth + 1))
    for _ in range(2):
        with pytest.raises(DeepReorg) as stopped:
            follower.stage().run_once()
        assert stopped.value.code == "DEEP_REORG"
        assert not stopped.value.retryable
        assert "operator" in stopped.value.remedy
    assert follower.rows() == before


def test_another_chain_altogether_is_a_deep_reorg(follower: Follower) -> None:
    chain = mined(follower, *"abcde")
    before = follower.rows()
    chain.reorg(5, *[""] * 6)
    with pytest.raises(DeepReorg, match="2 was final"):
        follower.stage().run_once()
    assert follower.rows() == before


def test_the_deepest_reorg_that_is_not_final_is_followed(follower: Follower) -> None:
    chain = mined(follower, *"abcdefgh")
    chain.reorg(3, *"zyxw")
    follower.follow()
    retracted = [step for step in follower.told() if step.startswith("RETRACTED")]
    assert retracted == ["RETRACTED h", "RETRACTED g", "RETRACTED f"]


def test_a_chain_that_shares_none_of_the_newest_blocks(follower: Follower) -> None:
    chain = mined(follower, *[""] * 300)
    before = follower.rows()
    chain.reorg(290, *[""] * 291)
    with pytest.raises(DeepReorg, match="none of the 256 newest blocks"):
        follower.stage().run_once()
    assert follower.rows() == before


def test_the_very_first_block_may_be_dropped_while_it_is_not_final(follower: Follower) -> None:
    chain = mined(follower, "a", "b")
    chain.reorg(2, "b", "a", "c")
    follower.follow()
    assert follower.told("a", "b", "c") == [
        *("SEEN a", "SEEN b", "CONFIRMED a", "RETRACTED b", "RETRACTED a"),
        *("SEEN b", "SEEN a", "SEEN c", "CONFIRMED b", "CONFIRMED a"),
    ]


def moving(follower: Follower, *, at: str, nth: int, change: Callable[[], object]) -> None:
    """Let the chain change just before the n-th answer of a method."""
    counted = 0

    def fault(honest: Callable[[], dict[str, Any]], _params: list[Any]) -> dict[str, Any]:
        nonlocal counted
        counted += 1
        if counted == nth:
            change()
        return honest()

    follower.faults.faults[at] = fault


@pytest.mark.parametrize(
    ("at", "nth"),
    [
        ("eth_getBlockByNumber", 2),  # after the head was read
        ("eth_getBlockByNumber", 4),  # between the blocks behind it
        ("eth_getLogs", 1),
        ("eth_getLogs", 2),
        ("eth_getLogs", 3),
    ],
)
def test_a_chain_that_moves_while_it_is_read(follower: Follower, at: str, nth: int) -> None:
    chain = mined(follower, *"abc")
    for names in "def":
        chain.mine(*names)
    before = follower.rows()
    moving(follower, at=at, nth=nth, change=lambda: chain.reorg(3, *"dzyx"))
    stage = follower.stage()
    with pytest.raises(ChainMoved) as moved:
        stage.run_once()
    assert moved.value.retryable
    assert moved.value.code == "CHAIN_MOVED"
    assert follower.rows() == before
    follower.follow()
    assert [step for step in follower.told() if step.startswith("SEEN")] == [
        f"SEEN {name}" for name in "abcdzyx"
    ]


def test_a_chain_that_shrinks_while_it_is_read(follower: Follower) -> None:
    chain = mined(follower, *"abc")
    for names in "def":
        chain.mine(*names)
    before = follower.rows()
    moving(follower, at="eth_getBlockByNumber", nth=3, change=lambda: chain.reorg(3))
    with pytest.raises(ChainMoved):
        follower.stage().run_once()
    assert follower.rows() == before


def test_logs_of_a_block_that_was_not_read(follower: Follower) -> None:
    for name in "abcdef":
        follower.chain.mine(name)
    other = ScriptedChain()
    for name in "az":
        other.mine(name)

    def of_another_branch(honest: Callable[[], Any], params: list[Any]) -> Any:  # noqa: ANN401
        return honest() if "blockHash" in params[0] else {"result": logs(other.branch[2])}

    follower.faults.faults["eth_getLogs"] = of_another_branch
    with pytest.raises(ChainMoved, match="not read"):
        follower.stage().run_once()
    assert follower.cursors() == {}


# ------------------------------------------------------------------------------------- what it does


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_events_of_dropped_blocks_are_taken_back_newest_first(
    follower: Follower, depth: int
) -> None:
    chain = mined(follower, "a", "b", "c", "de", "two:f".split(), "g")  # type: ignore[arg-type]
    already = len(follower.told())
    chain.reorg(depth, *[""] * (depth + 1))
    follower.follow()
    newest_first = {
        1: ["g"],
        2: ["g", "two:f", "two:f"],
        3: ["g", "two:f", "two:f", "e", "d"],
    }[depth]
    steps = follower.told()[already:]
    assert steps[: len(newest_first)] == [f"RETRACTED {name}" for name in newest_first]
    taken_back = [each.event for each in follower.changes() if each.change == "RETRACTED"]
    assert not any(each.canonical for each in taken_back)
    assert taken_back[-1].key.log_index == 0


def test_what_is_mined_again_elsewhere_is_a_new_event(follower: Follower) -> None:
    chain = mined(follower, "a", "b", "c")
    chain.reorg(2, "c", "b", "")
    follower.follow()
    assert follower.told("b", "c") == [
        *("SEEN b", "SEEN c", "CONFIRMED b"),
        *("RETRACTED c", "RETRACTED b"),
        *("SEEN c", "SEEN b", "CONFIRMED c", "CONFIRMED b"),
    ]
    assert len({each.event.id for each in follower.changes()}) == 5


def test_an_order_within_a_block_may_change(follower: Follower) -> None:
    chain = mined(follower, "a", "bc")
    chain.reorg(1, "cb", "")
    follower.follow()
    assert follower.told("b", "c")[2:] == [
        *("RETRACTED c", "RETRACTED b", "SEEN c", "SEEN b"),
        *("CONFIRMED c", "CONFIRMED b"),
    ]


def test_a_block_that_returns_brings_its_events_back(follower: Follower) -> None:
    chain = mined(follower, "a", "b", "c")
    dropped = chain.reorg(2, "", "", "")
    follower.follow()
    chain.restore(dropped)
    chain.mine("d")
    chain.mine()
    follower.follow()
    assert follower.told("b") == [
        *("SEEN b", "CONFIRMED b", "RETRACTED b", "SEEN b", "CONFIRMED b", "FINAL b"),
    ]
    assert follower.told("c") == ["SEEN c", "RETRACTED c", "SEEN c", "CONFIRMED c"]
    assert len({each.event.id for each in follower.changes()}) == 4
    assert all(each.event.canonical for each in follower.changes())


@pytest.mark.parametrize("nth", range(1, 6))
def test_killed_at_any_commit_it_writes_the_same_rows(follower: Follower, nth: int) -> None:
    chain = follower.chain
    with dying_at_commit(follower.engine, nth), suppress(Killed):
        mined(follower, "a", "bc", "d")
        chain.reorg(2, "c", "d", "b")
        follower.follow()
    if chain.head.number == 3:  # it died before the fork: the chain went on without it
        follower.follow()
        chain.reorg(2, "c", "d", "b")
    follower.follow()
    assert follower.told() == [
        *("SEEN a", "SEEN b", "SEEN c", "SEEN d", "CONFIRMED a", "CONFIRMED b", "CONFIRMED c"),
        *("RETRACTED d", "RETRACTED c", "RETRACTED b", "SEEN c", "SEEN d", "SEEN b"),
        *("CONFIRMED c", "CONFIRMED d", "FINAL a"),
    ]
    assert follower.cursors() == {"events.indexer": 4, "events.confirmed": 3, "events.final": 1}


def test_a_restart_goes_on_where_it_was(follower: Follower) -> None:
    chain = mined(follower, "a", "b", "c")
    before = follower.rows()
    follower.follow()
    assert follower.rows() == before
    chain.reorg(1, "d", "e")
    follower.stage().run_once()
    follower.stage().run_once()
    assert follower.told("c", "d")[-2:] == ["SEEN d", "CONFIRMED d"]


def test_what_was_confirmed_and_dropped_is_confirmed_again_elsewhere(follower: Follower) -> None:
    chain = mined(follower, "a", "b", "c", "d")
    assert follower.cursors()["events.confirmed"] == 3
    chain.reorg(3, "b")
    follower.follow()
    # The new branch is shorter than the old one: it is followed all the same.
    assert follower.cursors()["events.indexer"] == 2
    assert follower.cursors()["events.confirmed"] == 1
    chain.mine("c")
    follower.follow()
    assert follower.told("b") == [
        *("SEEN b", "CONFIRMED b", "RETRACTED b", "SEEN b", "CONFIRMED b"),
    ]
