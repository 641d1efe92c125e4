"""The front desk for what several parties settle together.

In: a command and its caller. Out: a `SettlementOutcome`, or a refusal after which nothing is kept.
Called by: demo. Everything a command does commits in one unit of work.

Every leg is a payment of its own, with a UETR, in the books and on the pages; the settlement only
says that they are made together, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine
from sqlmodel import Session

from node.control import audit
from node.control.limits import Limits
from node.core.clock import Clock
from node.db.unit_of_work import unit_of_work
from node.settlement import acceptance, store
from node.settlement.bench import Bench
from node.settlement.commands import Caller, NetCommand, SettleCommand, SettlementOutcome
from node.settlement.cycle import keep_cycle
from node.settlement.desk import Desk
from node.settlement.exchange import keep_exchange
from node.settlement.settlement import Settlement
from node.submission.signer import Signer


class Settlements:
    """Takes settlements in."""

    def __init__(
        self, *, engine: Engine, clock: Clock, desk: Desk, limits: Limits, signer: Signer
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._desk = desk
        self._limits = limits
        self._signer = signer

    def settle(self, command: SettleCommand, caller: Caller) -> SettlementOutcome:
        """Let parties exchange what they have."""
        return self._accept(caller, lambda bench: keep_exchange(bench, command, self._signer))

    def net(self, command: NetCommand, caller: Caller) -> SettlementOutcome:
        """Let parties pay what all that they owe each other adds up to."""
        return self._accept(caller, lambda bench: keep_cycle(bench, command))

    def _accept(self, caller: Caller, make: Callable[[Bench], Settlement]) -> SettlementOutcome:
        with unit_of_work(self._engine) as session:
            made, replayed = acceptance.once(
                session,
                caller,
                find=store.settlement,
                make=lambda: _made(self._bench(session, caller), make),
            )
            return SettlementOutcome(made, replayed)

    def _bench(self, session: Session, caller: Caller) -> Bench:
        return Bench(session, self._desk, self._limits, caller.actor, self._clock.now())


def _made(bench: Bench, make: Callable[[Bench], Settlement]) -> Settlement:
    made = make(bench)
    audit.record(
        bench.session,
        actor=bench.actor,
        action="settlement.instructed",
        subject=made.id,
        detail={"uetr": made.uetr, "method": made.method, "content": made.content_id},
        at=made.created_at,
    )
    return made
