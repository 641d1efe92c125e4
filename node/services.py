"""The handles every surface shares: API, console and command line call these and nothing deeper.

In: the parts that app.py composed. Out: one frozen object. Called by: api, console, cli.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import Engine

from node.bank.importer import Received
from node.control.approvals import Approval, Decision
from node.core.clock import Clock
from node.core.types import ChainId
from node.days.service import Days
from node.reconciliation.cases.service import Cases
from node.reconciliation.proof import Proof
from node.settlement.onboarding import Onboarding
from node.settlement.service import SettlementService
from node.settlement.settlements import Settlements
from node.submission.operator import Operator


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor: what was looked at, whether it is well, what to do if not."""

    name: str
    ok: bool
    finding: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """Where the node stands on the chain."""

    chain_id: ChainId
    head: int
    confirmed: int
    final: int
    final_hash: str
    indexed: int


class Decide(Protocol):
    """The second person's decision; `shown` is the hash of what that person saw."""

    def __call__(
        self, approval_id: str, decision: Decision, *, by: str, shown: str = ""
    ) -> Approval:
        """Decide, and carry the command out where it is approved."""


@dataclass(frozen=True, slots=True)
class Services:
    """What a surface may do. `receive_file(content, name, received_by)` imports a bank file.

    `decide` takes the second person's decision on whatever was asked for.
    """

    engine: Engine
    clock: Clock
    settlement: SettlementService
    settlements: Settlements
    onboarding: Onboarding
    operator: Operator
    cases: Cases
    days: Days
    decide: Decide
    prove: Callable[[], Proof]
    receive_file: Callable[[bytes, str, str], Received]
    checks: Callable[[], list[Check]]
    head: Callable[[], Head]
    demo: bool
    version: str
    token_secret: bytes = field(repr=False)  # signs demo tokens and console sessions
