"""The runner with stages made for the test: order, failures, halts, leases. Both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Engine

from node.control import audit, halt
from node.control import store as control
from node.control.halt import Scope
from node.core.clock import SystemClock
from node.core.errors import Fatal, Retryable
from node.db import leases
from node.db.unit_of_work import read_only, unit_of_work
from node.jobs.leadership import ROLE, Leadership
from node.jobs.runner import ATTEMPTS_OF_DRIVE, NeverIdle, NotLeader, Runner, Step
from node.metrics import Metrics


@dataclass
class FakeStage:
    """Hands out rows, or fails, as the test says; writes down when it ran."""

    name: str
    rows: list[int] = field(default_factory=list)
    error: Exception | None = None
    log: list[str] = field(default_factory=list)
    then: Callable[[], None] = lambda: None

    def run_once(self) -> int:
        self.log.append(self.name)
        self.then()
        if self.error is not None:
            raise self.error
        return self.rows.pop(0) if self.rows else 0


@dataclass
class Bench:
    """A runner over fake stages, and what it works with."""

    engine: Engine
    seconds: float = 0.0
    metrics: Metrics = field(default_factory=Metrics)

    def leadership(self, holder: str = "one") -> Leadership:
        return Leadership(self.engine, holder)

    def runner(self, *steps: Step, leadership: Leadership | None = None) -> Runner:
        return Runner(
            steps,
            engine=self.engine,
            leadership=leadership or self.leadership(),
            metrics=self.metrics,
            clock=SystemClock(),
            monotonic=lambda: self.seconds,
        )

    def halts(self) -> dict[str, str]:
        with read_only(self.engine) as session:
            return {each.scope: each.reason for each in halt.in_force(session)}

    def count(self, name: str, **labels: str) -> float | None:
        return self.metrics.registry.get_sample_value(name, labels)


@pytest.fixture
def bench(engine: Engine) -> Bench:
    return Bench(engine)


def test_a_runner_without_lease_does_nothing(bench: Bench) -> None:
    stage = FakeStage("a", rows=[1])
    first, second = bench.leadership("one"), bench.leadership("two")
    assert first.hold()
    assert bench.runner(Step(stage, Scope.POSTING), leadership=second).tick() == 0
    assert stage.log == []
    assert bench.count("concord_leads") == 0
    with pytest.raises(NotLeader, match="another process"):
        bench.runner(Step(stage, Scope.POSTING), leadership=second).drive(5)


def test_the_fence_is_closed_before_the_lease_is_held(bench: Bench) -> None:
    with pytest.raises(leases.LostLease), unit_of_work(bench.engine) as session:
        bench.leadership().check(session)


def test_a_fatal_error_halts_its_scope_and_no_other(bench: Bench) -> None:
    bad = FakeStage("posting.bad", error=Fatal("a block left the chain", remedy="call"))
    same, other = FakeStage("posting.same"), FakeStage("submission.other", rows=[2])
    runner = bench.runner(
        Step(bad, Scope.POSTING), Step(same, Scope.POSTING), Step(other, Scope.SUBMISSION)
    )
    assert runner.tick() == 2
    assert bench.halts() == {Scope.POSTING: "posting.bad: a block left the chain [HALTED]"}
    assert (len(bad.log), same.log) == (1, [])
    assert len(other.log) == 2
    assert bench.count("concord_stage_halted", stage="posting.same") == 1
    assert bench.count("concord_stage_failures_total", stage="posting.bad", code="HALTED") == 1
    with read_only(bench.engine) as session:
        assert [each.action for each in control.audit_trail(session)] == ["halt"]
        assert audit.verify(session) == []


def test_a_halt_stands_until_it_is_lifted_and_then_work_goes_on(bench: Bench) -> None:
    stage = FakeStage("posting.bad", error=Fatal("wrong"))
    runner = bench.runner(Step(stage, Scope.POSTING))
    runner.tick()
    stage.error, stage.rows, bench.seconds = None, [4], 1000
    assert runner.tick() == 0
    with unit_of_work(bench.engine) as session:
        halt.lift(session, Scope.POSTING, "an operator", SystemClock().now())
    assert runner.tick() == 4


def test_what_only_watches_runs_while_its_scope_halts(bench: Bench) -> None:
    watcher = FakeStage("submission.monitor", rows=[1])
    with unit_of_work(bench.engine) as session:
        halt.halt(session, Scope.SUBMISSION, "a person", SystemClock().now())
    assert bench.runner(Step(watcher, Scope.SUBMISSION, watches=True)).tick() == 1


@pytest.mark.parametrize("error", [Retryable("endpoint away"), KeyError("a defect of ours")])
def test_a_failing_stage_waits_longer_each_time_and_stops_no_other(
    bench: Bench, error: Exception
) -> None:
    bad, good = FakeStage("a", error=error), FakeStage("b", rows=[1, 1, 1, 1])
    runner = bench.runner(Step(bad, Scope.POSTING), Step(good, Scope.POSTING))
    tried = []
    for bench.seconds in range(16):
        runner.tick()
        tried.append(len(bad.log))
    assert [tried.index(n) for n in (1, 2, 3, 4, 5)] == [0, 1, 3, 7, 15]
    assert good.rows == []
    assert bench.halts() == {}


def test_a_stage_that_recovers_starts_with_a_short_pause_again(bench: Bench) -> None:
    stage = FakeStage("a", error=Retryable("away"))
    runner = bench.runner(Step(stage, Scope.POSTING))
    for bench.seconds in (0, 1, 3):
        runner.tick()
    stage.error, bench.seconds = None, 7
    runner.tick()
    stage.error = Retryable("away again")
    runner.tick()
    bench.seconds = 8
    runner.tick()
    assert len(stage.log) == 6


def test_drive_raises_what_a_stage_keeps_failing_with(bench: Bench) -> None:
    stage, other = FakeStage("a", error=Retryable("endpoint away")), FakeStage("b", rows=[1])
    runner = bench.runner(Step(stage, Scope.POSTING), Step(other, Scope.POSTING))
    with pytest.raises(Retryable, match="endpoint away"):
        runner.drive(50)
    assert len(stage.log) == ATTEMPTS_OF_DRIVE
    assert other.rows == []


def test_drive_halts_and_raises_a_fatal_error(bench: Bench) -> None:
    with pytest.raises(Fatal, match="risk"):
        bench.runner(Step(FakeStage("a", error=Fatal("risk")), Scope.SUBMISSION)).drive(5)
    assert list(bench.halts()) == [Scope.SUBMISSION]


def test_drive_says_when_the_stages_never_come_to_rest(bench: Bench) -> None:
    with pytest.raises(NeverIdle, match="3 rounds"):
        bench.runner(Step(FakeStage("a", rows=[1] * 9), Scope.POSTING)).drive(3)


def test_a_lost_lease_ends_the_round_at_once(bench: Bench) -> None:
    leadership = bench.leadership()

    def stolen() -> None:
        leases.release(bench.engine, ROLE, "one")
        assert leases.acquire(bench.engine, ROLE, "two") is not None
        with unit_of_work(bench.engine) as session:
            leadership.check(session)

    first, second = FakeStage("a", then=stolen), FakeStage("b", rows=[1])
    runner = bench.runner(
        Step(first, Scope.POSTING), Step(second, Scope.POSTING), leadership=leadership
    )
    assert runner.tick() == 0
    assert (first.log, second.log) == (["a"], [])
    assert bench.halts() == {}
    assert runner.tick() == 0  # the other one leads now
    assert first.log == ["a"]


def test_stages_run_in_their_order_until_a_whole_round_is_idle(bench: Bench) -> None:
    log: list[str] = []
    stages = [FakeStage("a", [1, 0], log=log), FakeStage("b", [2, 3], log=log)]
    runner = bench.runner(*(Step(each, Scope.POSTING) for each in stages))
    assert runner.tick() == 6
    assert log == ["a", "b"] * 3
    assert bench.count("concord_stage_rows_total", stage="b") == 5
    assert bench.count("concord_stage_runs_total", stage="a") == 3
    assert bench.count("concord_leads") == 1


def test_of_two_runners_one_leads_and_the_other_takes_over(bench: Bench) -> None:
    stages = [FakeStage("a", [1] * 9), FakeStage("a", [1] * 9)]
    runners = [
        bench.runner(Step(stage, Scope.POSTING), leadership=bench.leadership(holder))
        for stage, holder in zip(stages, ("one", "two"), strict=True)
    ]
    assert [runner.tick() for runner in runners] == [9, 0]
    runners[0].release()
    with read_only(bench.engine) as session:
        released = leases.lease(session, ROLE)
    assert released is not None
    assert (released.holder, released.epoch) == ("one", 1)
    again = bench.runner(Step(stages[1], Scope.POSTING), leadership=bench.leadership("two"))
    assert again.tick() == 9
    with read_only(bench.engine) as session:
        taken = leases.lease(session, ROLE)
    assert taken is not None
    assert (taken.holder, taken.epoch) == ("two", 2)


def test_what_the_former_leader_writes_is_refused(bench: Bench) -> None:
    former = bench.leadership("one")
    assert former.hold()
    leases.release(bench.engine, ROLE, "one")
    assert bench.leadership("two").hold()
    with pytest.raises(leases.LostLease), unit_of_work(bench.engine) as session:
        former.check(session)


def test_a_stop_ends_the_round_before_the_next_stage(bench: Bench) -> None:
    first, second = FakeStage("a", [1]), FakeStage("b", [1])
    runner = bench.runner(Step(first, Scope.POSTING), Step(second, Scope.POSTING))
    first.then = runner.stop
    runner.tick()
    assert (first.log, second.log) == (["a"], [])


def test_two_ticks_at_once_never_run_a_stage_twice_at_a_time(bench: Bench) -> None:
    inside, most, lock = [0], [0], threading.Lock()

    def enter() -> None:
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        threading.Event().wait(0.01)
        with lock:
            inside[0] -= 1

    runner = bench.runner(Step(FakeStage("a", [1] * 6, then=enter), Scope.POSTING))
    threads = [threading.Thread(target=runner.tick) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert most == [1]


def test_a_database_that_is_away_only_costs_a_tick(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **_named: object) -> None:
        raise Retryable("database away")

    stage = FakeStage("a", [1])
    runner = bench.runner(Step(stage, Scope.POSTING))
    with monkeypatch.context() as patched:
        patched.setattr(leases, "acquire", away)
        assert runner.tick() == 0
    assert runner.tick() == 1
