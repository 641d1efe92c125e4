"""Makes the handles that API, console and command line share, from the parts of the node.

In: parts, limits, the doctor. Out: `Services`. Called by: app.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version

from sqlalchemy import Engine
from sqlmodel import Session

from node.bank import importer
from node.bank.importer import Received
from node.chain.rpc import Rpc
from node.checks import Doctor
from node.control import approvals, audit
from node.control.approvals import Approval, Decision
from node.control.limits import Limits
from node.core.errors import ConcordError
from node.days.service import SIGN, Days
from node.db.cursors import read_cursor
from node.db.unit_of_work import read_only
from node.events.indexer import INDEXED
from node.feed.outbox import Kind, tell
from node.pipeline import Parts
from node.reconciliation import store as reconciliation
from node.reconciliation.cases.proposal import CaseCommand
from node.reconciliation.cases.service import Cases
from node.reconciliation.proof import Prover
from node.services import Decide, Head, Services
from node.settlement.onboarding import Onboarding
from node.settlement.service import SettlementService
from node.settlement.settlements import Settlements
from node.submission.operator import Operator


def services_of(
    parts: Parts,
    doctor: Doctor,
    *,
    limits: Limits,
    write_off_max: str,
    demo: bool,
    token_secret: str,
) -> Services:
    """The handles over these parts."""
    engine, clock = parts.engine, parts.clock
    operator, cases = Operator(engine, clock), Cases(engine, clock, write_off_max)
    prover = Prover(engine=engine, rpc=parts.rpc, deployment=parts.desk.deployment, clock=clock)
    days = Days(engine, clock, prover.prove)
    return Services(
        engine=engine,
        clock=clock,
        settlement=SettlementService(engine=engine, clock=clock, desk=parts.desk, limits=limits),
        settlements=Settlements(
            engine=engine, clock=clock, desk=parts.desk, limits=limits, signer=parts.signer
        ),
        onboarding=Onboarding(engine=engine, clock=clock, desk=parts.desk),
        operator=operator,
        cases=cases,
        days=days,
        decide=decider(engine, operator, cases, days),
        prove=prover.prove,
        receive_file=Intake(parts).receive,
        checks=doctor.checks,
        head=lambda: head_of(parts),
        demo=demo,
        version=version("concord"),
        token_secret=token_secret.encode(),
    )


def decider(engine: Engine, operator: Operator, cases: Cases, days: Days) -> Decide:
    """Hands a decision to the service whose command it is about."""

    def decide(approval_id: str, decision: Decision, *, by: str, shown: str = "") -> Approval:
        with read_only(engine) as session:
            asked = approvals.found(session, approval_id)
        if asked.command in set(CaseCommand):
            return cases.decide(approval_id, decision, by=by, shown=shown)
        if asked.command == SIGN:
            return days.decide(approval_id, decision, by=by, shown=shown)
        return operator.decide(approval_id, decision, by=by)

    return decide


def head_of(parts: Parts) -> Head:
    """Where the node stands on the chain. Raises `Retryable` while the chain does not answer."""
    chain_id, rpc, policy = parts.desk.chain_id, parts.rpc, parts.policy
    head = rpc.block("latest").number
    heights = policy.heights(head, rpc.block(policy.tag).number if policy.tag else None)
    with read_only(parts.engine) as session:
        indexed = read_cursor(session, INDEXED, -1)
    return Head(
        chain_id=chain_id,
        head=head,
        confirmed=heights.confirmed,
        final=heights.final,
        final_hash=rpc.block(heights.final).hash,
        indexed=indexed,
    )


def standing(services: Services) -> Mapping[str, int]:
    """Where the node stands, as numbers for Prometheus; empty while it cannot be said."""
    try:
        head = services.head()
        with read_only(services.engine) as session:
            open_breaks = len(reconciliation.open_breaks(session))
    except ConcordError:
        return {}
    return {
        "head_block": head.head,
        "confirmed_block": head.confirmed,
        "final_block": head.final,
        "indexed_block": head.indexed,
        "breaks_open": open_breaks,
    }


def endpoints(rpc: Rpc) -> Mapping[str, Mapping[str, int]]:
    """How each endpoint of the chain does, as numbers for Prometheus."""
    return {
        name: {
            "latency_ms": health.latency_ms or 0,
            "failures_per_mille": health.failures_per_mille,
            "rests": int(health.rests),
        }
        for name, health in rpc.health()
    }


class Intake:
    """Takes bank files in; what became of each is told and goes into the trail with it."""

    def __init__(self, parts: Parts) -> None:
        self._engine = parts.engine
        self._clock = parts.clock

    def receive(self, content: bytes, name: str, received_by: str) -> Received:
        """Import a file. Raises the refusal, after which the file is kept with its reason."""

        def told(session: Session, received: Received) -> None:
            self._announce(session, received, name, received_by)

        return importer.receive(
            self._engine, content, name, received_by=received_by, clock=self._clock, tell=told
        )

    def _announce(self, session: Session, received: Received, name: str, by: str) -> None:
        now, subject = self._clock.now(), f"file:{received.file_id}"
        detail = {
            "name": name[:255],
            "format": received.format,
            "statements": list(received.statements),
            "entries": received.entries,
            "error_code": received.error_code,
        }
        kind = Kind.STATEMENT_ACCEPTED if received.accepted else Kind.STATEMENT_REFUSED
        tell(session, kind=kind, subject=subject, data=detail, at=now)
        audit.record(session, actor=by, action=kind.value, subject=subject, detail=detail, at=now)
