"""Sender and monitor over the deployed embedded chain, and a way to let either of them die.

In: a database, a `ChainBank`. Out: stages as after a restart, intents, their histories.
Used by tests of submission.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import Session

from node.chain.artifacts import load
from node.chain.finality import embedded
from node.core.types import Address
from node.db.unit_of_work import read_only, unit_of_work
from node.submission import store
from node.submission.history import store as history
from node.submission.intent import Intent
from node.submission.monitor import MonitorStage
from node.submission.sender import SenderStage
from node.submission.service import Call, prepare
from tests.support.chain_bank import ChainBank
from tests.support.chain_keys import BANK, CUSTOMERS, MemorySigner, address
from tests.support.fault_proxy import Fault, Faults

CONTRACTS = ("BankAccess", "DepositToken", "IssuanceGate")


class Killed(BaseException):
    """The process ends here: nothing that catches errors may catch it."""


def kill_before(_honest: Callable[[], dict[str, Any]], _params: list[Any]) -> Any:  # noqa: ANN401
    """The process dies before it asks."""
    raise Killed


def kill_after(honest: Callable[[], dict[str, Any]], _params: list[Any]) -> Any:  # noqa: ANN401
    """The process dies after it has asked, before it hears the answer."""
    honest()
    raise Killed


@contextmanager
def dying_at_commit(engine: Engine, nth: int) -> Iterator[None]:
    """Within it the process dies when it commits for the n-th time: that work is lost."""
    counted = 0

    def commits(_connection: object) -> None:
        nonlocal counted
        counted += 1
        if counted == nth:
            raise Killed

    event.listen(engine, "commit", commits)
    try:
        yield
    finally:
        event.remove(engine, "commit", commits)


def unfenced(_session: Session) -> None:
    """Nobody else leads."""


@dataclass
class Submission:
    """One node's submission: what it wants sent, and the two stages that see to it."""

    engine: Engine
    bank: ChainBank
    signer: MemorySigner = field(default_factory=lambda: MemorySigner(*BANK, *CUSTOMERS))
    fence: Callable[[Session], None] = unfenced
    faults: Faults = field(init=False)

    def __post_init__(self) -> None:
        self.faults = Faults(self.bank.chain.answer)

    def sender(self) -> SenderStage:
        """The sender as after a restart."""
        return SenderStage(
            engine=self.engine,
            rpc=self.faults.rpc(),
            signer=self.signer,
            fence=self.fence,
            clock=self.bank.clock,
            artifacts=map(load, CONTRACTS),
        )

    def monitor(self) -> MonitorStage:
        """The monitor as after a restart."""
        return MonitorStage(
            engine=self.engine,
            rpc=self.faults.rpc(),
            policy=embedded(),
            fence=self.fence,
            clock=self.bank.clock,
            artifacts=map(load, CONTRACTS),
        )

    def want(
        self, name: str, call: Call, *, by: str = "funder", after: tuple[str, ...] = ()
    ) -> Intent:
        """Prepare an intent whose id and purpose are its name."""
        with unit_of_work(self.engine) as session:
            return prepare(
                session,
                id=name,
                instruction_id="",
                purpose=name,
                chain_id=self.bank.desk.chain_id,
                signer=address(by),
                call=call,
                after=after,
                at=self.bank.clock.now(),
            )

    def intent(self, name: str) -> Intent:
        """The intent as it stands."""
        with read_only(self.engine) as session:
            found = store.intent(session, name)
        assert found is not None
        return found

    def states(self, name: str) -> list[str]:
        """Every state that the intent was in."""
        with read_only(self.engine) as session:
            return [each.new for each in history.steps(session, name)]

    def fault(self, method: str, fault: Fault | None) -> None:
        """Put a fault before a method, or take it away."""
        self.faults.faults.pop(method, None)
        if fault is not None:
            self.faults.faults[method] = fault


def gift(to: str | Address, value: int = 1) -> Call:
    """A call that moves so much wei to a label or an address."""
    return Call(Address(to) if to.startswith("0x") else address(to), "0x", value)
