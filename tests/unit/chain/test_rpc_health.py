"""Health and failover: who is asked first, who rests and how it comes back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from node.chain.health import BENCH_SECONDS_MAX, Health
from node.chain.rpc import BlockUnknown, RateLimited, Rpc, RpcUnavailable
from node.chain.rpc_endpoint import Endpoint
from node.chain.rpc_pool import Pool
from node.chain.rpc_wire import Call
from tests.support.fault_proxy import Faults, Raw, refusal, served, then_honest

DOWN = RpcUnavailable("down")


class Script:
    """A wire that answers from a list, and tells how long each took."""

    def __init__(self, clock: Clock, *answers: Exception | str, seconds: float = 0.01) -> None:
        self.left, self.asked, self.clock, self.seconds = list(answers), 0, clock, seconds

    def ask(self, _call: Call, /) -> object:
        self.asked += 1
        self.clock.now += self.seconds
        told = self.left.pop(0) if self.left else "0x1"
        if isinstance(told, Exception):
            raise told
        return {"result": told}

    def ask_all(self, calls: Sequence[Call], /) -> list[object]:
        return [self.ask(call) for call in calls]

    def part(self) -> None:
        pass


class Clock:
    """A clock that moves when something sleeps or answers."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def pool(clock: Clock, *scripts: Script) -> Pool:
    endpoints = [Endpoint(f"node {at}", each) for at, each in enumerate(scripts)]
    return Pool(endpoints, monotonic=clock, sleep=clock.sleep)


def ask(endpoint: Endpoint) -> str:
    return endpoint.ask("eth_chainId", [], str)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.005)


def test_what_failed_rests_and_is_not_asked() -> None:
    clock = Clock()
    first, second = Script(clock, DOWN), Script(clock)
    both = pool(clock, first, second)
    for _ in range(3):
        both.first(ask)
    assert (first.asked, second.asked) == (1, 3)


def test_what_rests_comes_back_after_it_answered_something_small() -> None:
    clock = Clock()
    first, second = Script(clock, DOWN), Script(clock)
    both = pool(clock, first, second)
    both.first(ask)
    clock.now += 2
    both.first(ask)
    wait_for(lambda: not both.health[both.endpoints[0]].is_benched(clock.now))
    assert first.asked == 2


def test_what_still_fails_rests_longer_each_time() -> None:
    health = Health()
    for pause in (1, 2, 4, 8, 16, 32, 64, BENCH_SECONDS_MAX, BENCH_SECONDS_MAX):
        health.failed(DOWN, 0)
        assert health.benched_until == pause
    health.answered(0.01)
    assert not health.is_benched(0)
    health.failed(DOWN, 0)
    assert health.benched_until == 1


def test_an_endpoint_may_say_how_long_it_rests() -> None:
    health = Health()
    health.failed(RateLimited("slow down", pause_seconds=17), 100)
    assert health.benched_until == 117
    health.failed(RateLimited("slow down", pause_seconds=10**6), 100)
    assert health.benched_until == 100 + BENCH_SECONDS_MAX


def test_when_all_rest_they_are_asked_all_the_same() -> None:
    clock = Clock()
    both = pool(clock, Script(clock, DOWN), Script(clock, DOWN))
    with pytest.raises(RpcUnavailable):
        both.first(ask)
    assert both.first(ask) == "0x1"


def test_what_answered_is_kept_to_unless_another_is_twice_as_good() -> None:
    clock = Clock()
    slow, fair = Script(clock, seconds=0.1), Script(clock, seconds=0.06)
    both = pool(clock, slow, fair)
    both.each(ask)
    both.first(ask)
    assert (slow.asked, fair.asked) == (2, 1)
    fair.seconds = 0.01
    for _ in range(30):
        both.each(ask)
    slow.asked = fair.asked = 0
    both.first(ask)
    assert (slow.asked, fair.asked) == (0, 1)


def test_an_endpoint_that_is_behind_loses_its_place() -> None:
    clock = Clock()
    lagging, other = Script(clock, *[BlockUnknown("not yet")] * 3), Script(clock)
    both = pool(clock, lagging, other)
    for _ in range(3):
        assert both.first(ask) == "0x1"
    assert lagging.asked == 1
    assert both.health[both.endpoints[0]].failures_per_mille > 0


def test_patience_with_an_only_endpoint_that_wants_fewer_questions() -> None:
    clock = Clock()
    busy = Script(clock, *[RateLimited("slow down")] * 3)
    assert pool(clock, busy).first(ask) == "0x1"
    assert busy.asked == 4
    assert clock.now < 1001


def test_patience_ends() -> None:
    clock = Clock()
    busy = Script(clock, *[RateLimited("slow down")] * 100)
    with pytest.raises(RateLimited):
        pool(clock, busy).first(ask)
    assert clock.now < 1006
    with pytest.raises(RateLimited):
        pool(clock, Script(clock, RateLimited("wait", pause_seconds=60))).first(ask)
    assert clock.now < 1006


def test_each_skips_what_does_not_answer() -> None:
    clock = Clock()
    both = pool(clock, Script(clock, DOWN), Script(clock))
    assert [(each.name, told) for each, told in both.each(ask)] == [("node 1", "0x1")]


def test_a_third_of_too_many_requests_costs_no_answer(faults: Faults, chain_id: int) -> None:
    every_third = iter(range(10**6))

    def limited(honest: Callable[[], dict[str, Any]], _params: list[Any]) -> Any:  # noqa: ANN401
        return Raw(b"", 429) if next(every_third) % 3 == 0 else honest()

    faults.faults["eth_getBlockByNumber"] = limited
    with served(faults) as url:
        rpc = Rpc([url], chain_id=chain_id)
        assert [rpc.block(2).number for _ in range(20)] == [2] * 20


def test_an_endpoint_that_comes_back_is_asked_for_its_chain(faults: Faults, chain_id: int) -> None:
    faults.faults["eth_getBlockByNumber"] = then_honest(refusal(-32603, "internal error"))
    other = Faults(faults.honest)
    with served(faults) as first, served(other) as second:
        rpc = Rpc([first, second], chain_id=chain_id)
        rpc.block("latest")
        time.sleep(1.1)
        rpc.block("latest")
        wait_for(lambda: "eth_blockNumber" in faults.asked)
        wait_for(lambda: all(not each.benched_by for _, each in rpc.health()))
    assert faults.asked[-2:] == ["eth_chainId", "eth_blockNumber"]
    assert not [each for each in threading.enumerate() if each.name == "endpoint probe"]
