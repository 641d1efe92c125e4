"""The clock: wakes, stops soon, leaves behind what hangs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine

from node.control.halt import Scope
from node.core.clock import SystemClock
from node.db import leases
from node.jobs.leadership import ROLE, Leadership
from node.jobs.runner import Runner, Step
from node.jobs.schedule import STOP_SECONDS_MAX, Schedule
from node.metrics import Metrics

PATIENCE_SECONDS = 10


@dataclass
class Signalling:
    """A stage that says that it runs, and may hang."""

    name: str = "a"
    ran: threading.Event = field(default_factory=threading.Event)
    then: Callable[[], object] = lambda: None

    def run_once(self) -> int:
        self.ran.set()
        self.then()
        return 0


def _runner(engine: Engine, stage: Signalling) -> Runner:
    return Runner(
        [Step(stage, Scope.POSTING)],
        engine=engine,
        leadership=Leadership(engine, "one"),
        metrics=Metrics(),
        clock=SystemClock(),
    )


def test_a_stage_that_hangs_is_left_behind(engine: Engine) -> None:
    release = threading.Event()
    stage = Signalling(then=release.wait)
    schedule = Schedule(_runner(engine, stage), seconds=3600, jobs={})
    schedule.start()
    assert stage.ran.wait(PATIENCE_SECONDS)
    started = time.monotonic()
    schedule.stop()
    assert time.monotonic() - started < STOP_SECONDS_MAX + 1
    assert leases.acquire(engine, ROLE, "two") is None  # it may still write, so nobody else may
    release.set()


def test_it_begins_at_once_and_lets_go_of_the_lease(engine: Engine) -> None:
    stage = Signalling()
    schedule = Schedule(_runner(engine, stage), seconds=3600, jobs={})
    schedule.start()
    assert stage.ran.wait(PATIENCE_SECONDS)
    schedule.stop()
    schedule.stop()  # a second stop is no error
    assert leases.acquire(engine, ROLE, "two") is not None


def test_it_wakes_the_stages_and_other_jobs_again_and_again(engine: Engine) -> None:
    stage, beaten = Signalling(), threading.Event()
    schedule = Schedule(_runner(engine, stage), seconds=1, jobs={"heartbeat": beaten.set})
    schedule.start()
    assert stage.ran.wait(PATIENCE_SECONDS)
    stage.ran.clear()
    assert stage.ran.wait(PATIENCE_SECONDS)
    assert beaten.wait(PATIENCE_SECONDS)
    schedule.stop()
