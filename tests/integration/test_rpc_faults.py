"""Endpoints that lag, lie, limit, stall or hang up: nothing is lost, nothing invented.

Each test says what stands between the indexer and the chain, and what the indexer wrote: the same
as over an honest line, or less with an error that has a name; never something else.
"""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from node.chain.agreement import TRIES, EndpointsDiffer, EndpointsDisagree, QuorumMissing
from node.chain.rpc import BlockUnknown, RpcLied, RpcUnavailable, WrongChain
from node.core.errors import ConcordError, Retryable
from node.db.engine import open_engine
from node.db.migrate import upgrade_engine
from node.events.indexer import DeepReorg
from tests.support.chain_endpoints import Endpoints, endpoints, straight
from tests.support.chain_script import ScriptedChain, hash_of
from tests.support.fault_proxy import Fault, Faults, Raw, changed, hang_up, result

Json = dict[str, Any]
Honest = Callable[[], Json]
LOGS, BLOCK = "eth_getLogs", "eth_getBlockByNumber"


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Give the database under test."""
    made = open_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def script() -> ScriptedChain:
    """Give a chain of twelve blocks, eight of them with events."""
    made = ScriptedChain()
    for names in (["a"], ["b", "two:c"], [], ["d"], ["odd:e"], ["f"], [], ["g"], ["h", "i"]):
        made.mine(*names)
    for _ in range(3):
        made.mine()
    return made


@pytest.fixture
def truth(script: ScriptedChain, tmp_path: Path) -> dict[tuple[str, int], str]:
    """Give where every event stands for someone who was told the truth."""
    engine = open_engine(f"sqlite:///{tmp_path / 'truth.db'}")
    upgrade_engine(engine)
    standing = straight(engine, copy.deepcopy(script)).standing()
    engine.dispose()
    return standing


def persist(follower: Endpoints, seconds: float = 20) -> None:
    """Run as the clock does: what is retryable is tried again, until nothing is new."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            follower.follow()
        except Retryable:
            assert time.monotonic() < deadline, "it never heals"
        else:
            return


def until_fatal(follower: Endpoints) -> ConcordError:
    """What ends a run that a few tries did not heal."""
    for _ in range(TRIES + 1):
        try:
            follower.follow()
        except EndpointsDiffer:
            continue
        except ConcordError as error:
            return error
        raise AssertionError("it came to rest")
    raise AssertionError("nobody was called")


def test_a_stale_node_behind_a_balancer_hides_nothing(
    engine: Engine, script: ScriptedChain, truth: dict[tuple[str, int], str]
) -> None:
    """Every other question goes to a node that lacks the newest blocks, and says nothing of it."""
    stale = copy.deepcopy(script)
    del stale.branch[7:]
    turn = iter(range(10**6))

    def balanced(method: str, params: list[Any]) -> Json:
        return (stale if next(turn) % 2 else script).answer(method, params)

    with endpoints(engine, script, Faults(balanced), {}) as follower:
        persist(follower)
        assert follower.standing() == truth


def test_a_lagging_endpoint_alone_is_waited_for(
    engine: Engine, script: ScriptedChain, truth: dict[tuple[str, int], str]
) -> None:
    lagging: dict[str, Fault] = {LOGS: result([]), BLOCK: _null_above(6)}
    with endpoints(engine, script, lagging) as follower:
        with pytest.raises((BlockUnknown, Retryable)):
            follower.follow()
        assert follower.standing() == {}
        lagging.clear()
        persist(follower)
        assert follower.standing() == truth


LIES: dict[str, Fault] = {
    "logs left out": lambda honest, _params: _bent(honest, lambda logs: logs[:-1]),
    "no logs": result([]),
    "altered data": changed(data=f"0x{7:064x}"),
    "another transaction": changed(transactionHash=hash_of("invented")),
}


@pytest.mark.parametrize("backfill_from", [1, 1000], ids=["backfill", "live"])
@pytest.mark.parametrize("lie", LIES)
def test_a_lie_about_logs_never_becomes_final_where_two_must_agree(
    engine: Engine, script: ScriptedChain, lie: str, backfill_from: int
) -> None:
    with endpoints(
        engine, script, {LOGS: LIES[lie]}, {}, quorum=2, backfill_from=backfill_from
    ) as follower:
        error = until_fatal(follower)
        assert isinstance(error, EndpointsDisagree)
        assert error.code == "RPC_ENDPOINTS_DISAGREE"
        assert not [step for step in follower.changes() if step.change == "FINAL"]


@pytest.mark.parametrize("backfill_from", [1, 1000], ids=["backfill", "live"])
def test_a_lie_about_logs_is_outvoted_by_two_who_agree_with_us(
    engine: Engine,
    script: ScriptedChain,
    truth: dict[tuple[str, int], str],
    backfill_from: int,
) -> None:
    with endpoints(
        engine, script, {}, {LOGS: LIES["logs left out"]}, {}, quorum=2, backfill_from=backfill_from
    ) as follower:
        persist(follower)
        assert follower.standing() == truth


def test_a_second_endpoint_that_is_missing_delays_what_is_final(
    engine: Engine, script: ScriptedChain, truth: dict[tuple[str, int], str]
) -> None:
    gone: dict[str, Fault] = {"*": hang_up}
    with endpoints(engine, script, {}, gone, quorum=2) as follower:
        with pytest.raises(QuorumMissing) as missing:
            follower.follow()
        assert missing.value.code == "RPC_QUORUM_MISSING"
        assert {step.change.value for step in follower.changes()} == {"SEEN", "CONFIRMED"}
        gone.clear()
        persist(follower)
        assert follower.standing() == truth


def test_an_invented_log_of_another_contract_is_refused(
    engine: Engine, script: ScriptedChain
) -> None:
    with endpoints(engine, script, {LOGS: changed(address="0x" + "66" * 20)}) as follower:
        with pytest.raises(RpcLied) as refused:
            follower.follow()
        assert refused.value.code == "RPC_CONTRADICTION"
        assert follower.changes() == []


def test_another_fork_where_two_must_agree_calls_a_person(
    engine: Engine, script: ScriptedChain
) -> None:
    other = copy.deepcopy(script)
    other.reorg(9, *[["x"]] * 9)
    with endpoints(engine, script, {}, other.faults(), quorum=2) as follower:
        assert isinstance(until_fatal(follower), EndpointsDisagree)
        final = [step.event.block_number for step in follower.changes() if step.change == "FINAL"]
        assert all(number <= 3 for number in final)


def test_failing_over_to_another_fork_below_final_stops(
    engine: Engine, script: ScriptedChain
) -> None:
    other = copy.deepcopy(script)
    other.reorg(9, *[["x"]] * 10)
    first: dict[str, Fault] = {}
    with endpoints(engine, script, first, other.faults()) as follower:
        follower.follow()
        before = follower.standing()
        first["*"] = hang_up
        with pytest.raises(DeepReorg) as stopped:
            follower.follow()
        assert stopped.value.code == "DEEP_REORG"
        assert follower.standing() == before


def test_another_chain_is_never_read(engine: Engine, script: ScriptedChain) -> None:
    with endpoints(engine, script, {"*": hang_up}, {"eth_chainId": result("0x1")}) as follower:
        with pytest.raises(WrongChain) as stopped:
            follower.follow()
        assert stopped.value.code == "WRONG_CHAIN"
        assert follower.behind[1].asked == ["eth_chainId"]
        assert follower.changes() == []


def test_a_third_of_too_many_requests_costs_time_and_nothing_else(
    engine: Engine, script: ScriptedChain, truth: dict[tuple[str, int], str]
) -> None:
    turn = iter(range(10**6))
    limited = script.faults()
    limited.gate = lambda: Raw(b"", 429) if next(turn) % 3 == 0 else None
    with endpoints(engine, script, limited) as follower:
        follower.follow()
        assert follower.standing() == truth


def _stalling() -> Fault:
    turn = iter(range(10**6))

    def bend(honest: Honest, _params: list[Any]) -> Json:
        if next(turn) == 5:
            time.sleep(1.5)
        return honest()

    return bend


def _flaky(seed: int) -> Fault:
    draw = random.Random(seed)  # noqa: S311 - not a secret
    nonsense = [
        hang_up,
        result(None),
        lambda *_: Raw(b"<html>bad gateway</html>", 502),
        lambda *_: Raw(b"{", 200),
        lambda *_: Raw(b"abc", headers={"Content-Length": "9"}, then_close=True),
    ]
    return lambda honest, params: (
        draw.choice(nonsense)(honest, params) if draw.random() < 0.05 else honest()
    )


@pytest.mark.parametrize(
    "fault",
    [_stalling(), _flaky(1), _flaky(2)],
    ids=["slow once", "flaky 1", "flaky 2"],
)
def test_a_bad_line_costs_time_and_nothing_else(
    engine: Engine, script: ScriptedChain, truth: dict[tuple[str, int], str], fault: Fault
) -> None:
    with endpoints(engine, script, {LOGS: fault, BLOCK: fault}) as follower:
        persist(follower)
        assert follower.standing() == truth


def test_a_stalled_endpoint_is_left_for_one_that_answers(
    engine: Engine, script: ScriptedChain, truth: dict[tuple[str, int], str]
) -> None:
    def stalled(_honest: Honest, _params: list[Any]) -> None:
        time.sleep(2)

    began = time.monotonic()
    with endpoints(engine, script, {BLOCK: stalled}, {}) as follower:
        follower.follow()
        assert time.monotonic() - began < 5
        assert follower.standing() == truth


def test_a_dead_line_is_an_error_with_a_name_and_nothing_half_done(
    engine: Engine, script: ScriptedChain
) -> None:
    with endpoints(engine, script, {BLOCK: hang_up}, {BLOCK: hang_up}) as follower:
        with pytest.raises(RpcUnavailable) as refused:
            follower.follow()
        assert refused.value.code == "RPC_UNAVAILABLE"
        assert follower.changes() == []


def _bent(honest: Honest, bend: Callable[[list[Json]], list[Json]]) -> Json:
    told = honest()
    return {**told, "result": bend(told["result"])}


def _null_above(height: int) -> Fault:
    def bend(honest: Honest, params: list[Any]) -> Json:
        told = honest()
        hidden = params[0] not in {"latest", "finalized"} and int(params[0], 16) > height
        return {**told, "result": None} if hidden else told

    return bend
