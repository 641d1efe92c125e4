"""The node over the forked chain: its stages in their order, what fails before them, its deaths.

In: a database, the chain, a clock. Out: stages that run, die and begin anew. Used by the machine.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Engine

from node.chain.finality import FinalityPolicy
from node.core.errors import Retryable
from node.core.stage import Stage
from node.events.proof import Mode
from node.pipeline import Parts, steps
from node.reconciliation.verdict import Tolerance
from tests.simulation.endpoint import Endpoint
from tests.support.chain_bank import desk
from tests.support.chain_desk import SettlementDesk, unfenced
from tests.support.chain_keys import BANK, CUSTOMERS, MemorySigner
from tests.support.chain_sender import Killed, dying_at_commit
from tests.support.clock import Clock
from tests.support.fault_proxy import Fault, Faults, refusal, result

_LIMITED: Final = refusal(429, "too many requests")
_NONSENSE: Final = result("nonsense")


def _gone(_honest: Callable[[], Any], _params: list[Any]) -> Any:  # noqa: ANN401 - as a fault is
    raise ConnectionError("the connection was closed")


def _lost(honest: Callable[[], Any], _params: list[Any]) -> Any:  # noqa: ANN401 - as a fault is
    honest()
    raise ConnectionError("the answer was lost")


def _empty(honest: Callable[[], Any], _params: list[Any]) -> Any:  # noqa: ANN401 - as a fault is
    told = honest()
    return {**told, "result": None} if not isinstance(told.get("result"), list) else told


FAULTS: Final[dict[str, Fault]] = {
    "limited": _LIMITED,
    "nonsense": _NONSENSE,
    "gone": _gone,
    "answer lost": _lost,
    "empty": _empty,
}


@dataclass
class Living:
    """One process after another over the same database and chain."""

    engine: Engine
    endpoint: Endpoint
    deployment: Any
    clock: Clock
    policy: FinalityPolicy
    told: Callable[[str, str], None]
    after: Callable[[], None]
    faults: Faults = field(init=False)
    stages: tuple[Stage, ...] = field(init=False)
    signer: MemorySigner = field(default_factory=lambda: MemorySigner(*BANK, *CUSTOMERS))

    def __post_init__(self) -> None:
        self.faults = Faults(self.endpoint.answer)
        self.begin()

    @property
    def bank(self) -> SettlementDesk:
        """The side that takes commands."""
        return SettlementDesk(self.engine, self.clock, desk(self.deployment))

    def begin(self) -> None:
        """A new process: nothing is remembered but the database."""
        self.faults.faults.clear()
        parts = Parts(
            engine=self.engine,
            clock=self.clock,
            rpc=self.faults.rpc(self.endpoint.chain_id),
            policy=self.policy,
            desk=desk(self.deployment),
            signer=self.signer,
            tolerance=Tolerance(fee_max="25.00"),
            logs_mode=Mode.FAST,  # this chain's headers have no roots
        )
        self.stages = tuple(each.stage for each in steps(parts, unfenced))

    def run(self, *stages: Stage) -> int:
        """Each once, as the runner does: what fails is tried again at another time."""
        moved = 0
        for stage in stages:
            moved += self._run(stage)
            self.told("step", stage.name)
            self.after()
        return moved

    def _run(self, stage: Stage) -> int:
        try:
            return stage.run_once()
        except Retryable as error:
            self.told("failed", error.code)
            return 0
        except Killed:
            self.told("died in", stage.name)
            self.begin()
            return 0

    def fault(self, name: str, method: str, skipped: int) -> None:
        """Let a method fail once, after it has worked so many times."""
        self._before(method, skipped, FAULTS[name], name)

    def death(self, method: str, skipped: int, *, asks: bool) -> None:
        """Let the process die before or after it asks something."""

        def dies(honest: Callable[[], Any], _params: list[Any]) -> Any:  # noqa: ANN401 - a fault
            if asks:
                honest()
            raise Killed

        self._before(method, skipped, dies, f"death {'after' if asks else 'before'} a call")

    def dies_at_commit(self, nth: int, *, before: bool, stages: tuple[Stage, ...]) -> None:
        """Run stages; the process dies around its n-th commit, if it comes so far."""
        dying = dying_at_commit(self.engine, nth) if before else _dying_after(self.engine, nth)
        with dying:
            self.run(*stages)

    def _before(self, method: str, skipped: int, fault: Fault, name: str) -> None:
        left = skipped

        def once(honest: Callable[[], Any], params: list[Any]) -> Any:  # noqa: ANN401 - a fault
            nonlocal left
            if left:
                left -= 1
                return honest()
            self.faults.faults.pop(method, None)
            self.told("fault", name)
            return fault(honest, params)

        self.faults.faults[method] = once


@contextmanager
def _dying_after(engine: Engine, nth: int) -> Any:  # noqa: ANN401 - a context
    """Within it the process dies right after its n-th commit."""
    commit, counted = engine.dialect.do_commit, 0

    def watched(connection: Any) -> None:  # noqa: ANN401 - whatever the driver calls one
        nonlocal counted
        commit(connection)
        counted += 1
        if counted == nth:
            raise Killed

    vars(engine.dialect)["do_commit"] = watched
    try:
        yield
    finally:
        del vars(engine.dialect)["do_commit"]
