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

from node.control import audit, commands, halt
from node.control.halt import Scope
from node.control.limits import Limits
from node.core.clock import Clock
from node.db.unit_of_work import unit_of_work
from node.settlement import store
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
            store.hold_order(session)  # of two equal commands the second one sees the first
            before = commands.once(
                session, caller.scope, caller.idempotency_key, caller.fingerprint
            )
            found = store.settlement(session, before) if before else None
            if found is not None:
                return SettlementOutcome(found, replayed=True)
            halt.refuse_when_halted(session, Scope.COMMANDS)
            bench = Bench(session, self._desk, self._limits, caller.actor, self._clock.now())
            made = make(bench)
            _remember(session, caller, made)
            return SettlementOutcome(made, replayed=False)


def _remember(session: Session, caller: Caller, made: Settlement) -> None:
    commands.remember(
        session,
        caller.scope,
        caller.idempotency_key,
        caller.fingerprint,
        subject=made.id,
        at=made.created_at,
    )
    audit.record(
        session,
        actor=caller.actor,
        action="settlement.instructed",
        subject=made.id,
        detail={"uetr": made.uetr, "method": made.method, "content": made.content_id},
        at=made.created_at,
    )
