"""Runs the stages in their order until none finds work, and keeps one's failure from the others.

In: ordered steps, a claim to lead, metrics. Out: rows handled; halts where going on risks money.
Called by: schedule (a thread that each tick wakes), app (`drive`, without a clock).

- Retryable: said once per streak in the log, tried again after a pause that doubles.
- Fatal: the step's scope is halted, in a unit of work of its own, until a person lifts it.
- Lost lease: the round ends at once; another process leads.
- Anything else is a defect of ours: the stage wrote nothing, so it is logged and tried again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy import Engine

from node.control import halt
from node.control.halt import Scope
from node.core.clock import Clock
from node.core.errors import ConcordError, Fatal, Retryable
from node.core.stage import Stage
from node.db.leases import LostLease
from node.db.unit_of_work import read_only, unit_of_work
from node.jobs.leadership import Leadership
from node.metrics import Metrics

ROUNDS_PER_TICK: Final = 50
ATTEMPTS_OF_DRIVE: Final = 5
PAUSE_SECONDS_MAX: Final = 60
_log = structlog.get_logger(__name__)


class NotLeader(Retryable):
    """Another process runs the stages of this database."""

    code = "NOT_LEADER"
    title = "Another process runs the stages"


class NeverIdle(Retryable):
    """The stages still found work after as many rounds as were allowed."""

    code = "STAGES_NEVER_IDLE"
    title = "The stages did not come to rest"


@dataclass(frozen=True, slots=True)
class Step:
    """A stage in its place. `scope` is halted when the stage fails for good.

    A step that `watches` only records what happened elsewhere, so it runs while its scope halts.
    """

    stage: Stage
    scope: Scope
    watches: bool = False


@dataclass(slots=True)
class _Trouble:
    """Failures of a stage in a row, and when it may try again."""

    count: int
    until: float


class Runner:
    """Runs steps. `tick` and `drive` wait for each other: one round at a time per process."""

    def __init__(
        self,
        steps: Sequence[Step],
        *,
        engine: Engine,
        leadership: Leadership,
        metrics: Metrics,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._steps = tuple(steps)
        self._engine = engine
        self._leadership = leadership
        self._metrics = metrics
        self._clock = clock
        self._monotonic = monotonic
        self._troubles: dict[str, _Trouble] = {}
        self._turn = threading.Lock()
        self._stopping = threading.Event()

    def tick(self) -> int:
        """Rounds until one is idle, bounded; zero rows where another process leads."""
        with self._turn:
            rows = 0
            for _ in range(ROUNDS_PER_TICK):
                found = self._round()
                rows += found
                if not found:
                    break
            return rows

    def drive(self, max_rounds: int) -> int:
        """Rounds until one is idle, without a clock.

        Raises `NotLeader`, `NeverIdle`, or what a stage failed with: a fatal error at once (its
        scope is halted then), any other once it came several times in a row.
        """
        with self._turn:
            rows = 0
            for _ in range(max_rounds):
                if not self._leadership.hold():
                    raise NotLeader(
                        "another process runs the stages of this database",
                        remedy="Let it do the work, or stop it and wait until its lease ends.",
                    )
                found = self._round(patient=False)
                rows += found
                if not found and not self._troubles:
                    return rows
            raise NeverIdle(
                f"the stages still found work after {max_rounds} rounds",
                remedy="Run `concord doctor`: it names how far each stage is behind.",
            )

    def stop(self) -> None:
        """End the round that runs before its next stage."""
        self._stopping.set()

    def release(self) -> None:
        """Let another process lead, once no round runs here."""
        with self._turn:
            self._leadership.release()

    def _round(self, *, patient: bool = True) -> int:
        rows = 0
        for step in self._steps:
            if self._stopping.is_set() or not self._leads():
                return rows
            try:
                rows += self._run(step, patient=patient)
            except LostLease:
                self._leadership.give_up()
                _log.warning("lease lost", stage=step.stage.name)
                return rows
        return rows

    def _leads(self) -> bool:
        try:
            leads = self._leadership.hold()
        except Retryable as error:
            _log.warning("cannot take the lease", code=error.code, detail=error.detail)
            leads = False
        self._metrics.leads(is_leader=leads)
        return leads

    def _run(self, step: Step, *, patient: bool) -> int:
        name = step.stage.name
        trouble = self._troubles.get(name)
        if patient and trouble is not None and self._monotonic() < trouble.until:
            return 0
        started = self._monotonic()
        try:
            if self._stands_still(step):
                self._troubles.pop(name, None)
                return 0
            rows = step.stage.run_once()
        except LostLease:
            raise
        except Fatal as error:
            self._halt(step, error)
            if not patient:
                raise
            return 0
        except Exception as error:  # a defect here must not stop the others
            self._failed(name, error)
            if not patient and self._troubles[name].count >= ATTEMPTS_OF_DRIVE:
                raise
            return 0
        if self._troubles.pop(name, None) is not None:
            _log.info("stage recovered", stage=name)
        self._metrics.ran(name, rows=rows, seconds=self._monotonic() - started)
        return rows

    def _stands_still(self, step: Step) -> bool:
        with read_only(self._engine) as session:
            is_halted = halt.halted(session, step.scope) is not None
        self._metrics.halted(step.stage.name, is_halted=is_halted and not step.watches)
        return is_halted and not step.watches

    def _halt(self, step: Step, error: Fatal) -> None:
        """Stop the scope. Where even that fails, the stage fails again and so comes back here."""
        name = step.stage.name
        self._failed(name, error)
        reason = f"{name}: {error.detail} [{error.code}]"
        try:
            with unit_of_work(self._engine) as session:
                halt.halt(session, step.scope, reason, self._clock.now())
        except Retryable as cause:
            _log.error("cannot halt", scope=step.scope, code=cause.code, detail=cause.detail)
            return
        self._metrics.halted(name, is_halted=not step.watches)
        _log.error("halted", scope=step.scope, reason=reason, remedy=error.remedy)

    def _failed(self, name: str, error: Exception) -> None:
        count = self._troubles[name].count + 1 if name in self._troubles else 1
        pause = min(2 ** (count - 1), PAUSE_SECONDS_MAX)
        self._troubles[name] = _Trouble(count, self._monotonic() + pause)
        code = error.code if isinstance(error, ConcordError) else "DEFECT"
        self._metrics.failed(name, code)
        if isinstance(error, ConcordError):
            _log.warning(
                "stage failed", stage=name, code=code, detail=error.detail, attempt=count,
                next_in_seconds=pause,
            )  # fmt: skip
        else:
            _log.error("stage failed", stage=name, attempt=count, exc_info=error)
