"""The clock: wakes the runner, and whatever else must happen every now and then.

In: a runner, further jobs, seconds. Out: a thread that works while started. Called by: app.

APScheduler only wakes: work is done in one thread of ours, so that two ticks never meet, a tick
missed or doubled changes nothing, and a stop does not wait for an endpoint that does not answer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Final

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from node.core.errors import Retryable
from node.jobs.runner import Runner

STOP_SECONDS_MAX: Final = 2
_log = structlog.get_logger(__name__)


class Schedule:
    """Runs between `start` and `stop`, once."""

    def __init__(
        self, runner: Runner, *, seconds: int, jobs: Mapping[str, Callable[[], None]]
    ) -> None:
        self._runner = runner
        self._wake = threading.Event()
        self._stopping = False
        # A daemon: whatever it is in the middle of is written whole or not at all.
        self._thread = threading.Thread(target=self._work, name="stages", daemon=True)
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(max_workers=2)},
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
            timezone=UTC,
        )
        for name, job in {"tick": self._wake.set, **jobs}.items():
            self._scheduler.add_job(job, "interval", seconds=seconds, id=name, name=name)

    def start(self) -> None:
        """Begin at once, not after the first interval."""
        self._thread.start()
        self._scheduler.start()
        self._wake.set()

    def wake(self) -> None:
        """Do not wait for the tick; as many wakes as come while the stages run are one."""
        self._wake.set()

    def stop(self) -> None:
        """End after the stage that runs; one that hangs is left behind, its lease runs out."""
        if self._stopping or not self._thread.is_alive():
            return
        self._stopping = True
        self._runner.stop()
        self._wake.set()
        self._scheduler.shutdown()
        self._thread.join(STOP_SECONDS_MAX)
        if self._thread.is_alive():
            _log.warning("a stage did not end in time and was left behind")
            return
        try:
            self._runner.release()
        except Retryable as error:
            _log.warning("lease not released", code=error.code, detail=error.detail)

    def _work(self) -> None:
        while not self._stopping:
            self._wake.wait()
            self._wake.clear()
            if not self._stopping:
                self._runner.tick()
