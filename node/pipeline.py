"""The stages in their order, on one screen: the way of the data, read from top to bottom.

In: the parts that app.py composed. Out: the steps that the runner runs. Called by: app.

Each stage finds its own work behind its own cursor, so any order ends in the same state. This one
ends soonest: each stage stands below the one whose tables it reads, so that what the chain said at
the start of a round is booked, compared, answered and told within it.

1. indexer: what the chain says is read before anything is decided on it;
2. poster: the books answer the chain;
3. matcher: compares only what posting has answered, so it follows it;
4. monitor: what became of our own transactions, needed by
5. tracker: where instructions stand, by books and intents; it prepares what follows from that, and
6. sender: sends what is prepared, at the end, when everything above is known;
7. sequencer: tells listeners what the others wrote;
8. sealer: puts what was written under seals, which show later whether it was changed;
9. rescan: now and then compares the newest final blocks with the chain once more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from node.bindings import rulebook
from node.chain.artifacts import load
from node.chain.finality import FinalityPolicy
from node.chain.rpc import Rpc
from node.control.halt import Scope
from node.core.clock import Clock
from node.events.catalog import Catalog
from node.events.indexer import IndexerStage
from node.events.proof import Mode
from node.events.rescan import RescanStage
from node.feed.sequencer import SequencerStage
from node.jobs.runner import Step
from node.posting.poster import PosterStage
from node.reconciliation.matcher import MatcherStage
from node.reconciliation.verdict import Tolerance
from node.sealing.sealer import SealerStage
from node.settlement.desk import Desk
from node.settlement.tracker import TrackerStage
from node.submission.broadcast import ATTEMPTS_MAX
from node.submission.fees import FeePolicy
from node.submission.monitor import MonitorStage
from node.submission.sender import SenderStage
from node.submission.signer import Signer

# Their custom errors are what a refused or reverted call is explained by.
_CONTRACTS: Final = ("BankAccess", "DepositToken", "IssuanceGate", "SettlementEngine")


@dataclass(frozen=True, slots=True)
class Parts:
    """What the stages are made of."""

    engine: Engine
    clock: Clock
    rpc: Rpc
    policy: FinalityPolicy
    desk: Desk
    signer: Signer
    tolerance: Tolerance
    logs_mode: Mode = Mode.PROVEN
    fees: FeePolicy = field(default_factory=FeePolicy)
    attempts_max: int = ATTEMPTS_MAX
    quorum: int = 1
    rescan_blocks: int = 256
    rescan_seconds: int = 600


def steps(parts: Parts, fence: Callable[[Session], None]) -> tuple[Step, ...]:
    """Every stage in its place, with the scope that halts when it fails for good."""
    engine, clock, rpc, policy = parts.engine, parts.clock, parts.rpc, parts.policy
    deployment, artifacts = parts.desk.deployment, tuple(load(name) for name in _CONTRACTS)
    catalog = Catalog(deployment.contracts)
    indexer = IndexerStage(
        engine=engine, rpc=rpc, catalog=catalog, policy=policy, fence=fence, clock=clock,
        mode=parts.logs_mode, quorum=parts.quorum,
    )  # fmt: skip
    rescan = RescanStage(
        engine=engine, rpc=rpc, catalog=catalog, blocks=parts.rescan_blocks,
        seconds=parts.rescan_seconds,
    )  # fmt: skip
    rules = rulebook(deployment.contracts)
    poster = PosterStage(engine=engine, rulebook=rules, fence=fence, clock=clock)
    matcher = MatcherStage(
        engine=engine, rpc=rpc, deployment=deployment, tolerance=parts.tolerance, fence=fence,
        clock=clock,
    )  # fmt: skip
    monitor = MonitorStage(
        engine=engine, rpc=rpc, policy=policy, fence=fence, clock=clock, artifacts=artifacts,
        fees=parts.fees, attempts_max=parts.attempts_max,
    )  # fmt: skip
    tracker = TrackerStage(engine=engine, desk=parts.desk, fence=fence, clock=clock)
    sender = SenderStage(
        engine=engine, rpc=rpc, signer=parts.signer, fence=fence, clock=clock, artifacts=artifacts,
        fees=parts.fees, attempts_max=parts.attempts_max,
    )  # fmt: skip
    sequencer = SequencerStage(engine=engine, fence=fence, clock=clock)
    sealer = SealerStage(engine=engine, fence=fence, clock=clock)
    return (
        Step(indexer, Scope.POSTING),
        Step(poster, Scope.POSTING),
        Step(matcher, Scope.POSTING),
        Step(monitor, Scope.SUBMISSION, watches=True),
        Step(tracker, Scope.COMMANDS, watches=True),
        Step(sender, Scope.SUBMISSION),
        Step(sequencer, Scope.POSTING, watches=True),
        Step(sealer, Scope.POSTING, watches=True),
        Step(rescan, Scope.POSTING),
    )
