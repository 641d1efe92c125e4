"""Work on breaks: a maker, a checker, and what they leave.

In: `Records`. Out: `Cases` over them, approved commands, the breaks that stand then. Used by tests
of reconciliation.
"""

from __future__ import annotations

from uuid import uuid4

from node.control.approvals import Approval, Decision
from node.db.unit_of_work import read_only
from node.reconciliation import store
from node.reconciliation.breaks import Break
from node.reconciliation.cases.proposal import CaseCommand
from node.reconciliation.cases.service import Cases
from tests.support.recon_records import Records

MAKER, CHECKER = "maker", "checker"
WRITE_OFF_MAX = "100.00"


def uetr() -> str:
    """A reference for a new payment."""
    return str(uuid4())


def open_breaks(records: Records) -> list[Break]:
    """What stands once the records are compared."""
    records.match()
    with read_only(records.engine) as session:
        return store.open_breaks(session)


def approved(cases: Cases, asked: Approval) -> Approval:
    """Let the checker approve what was shown."""
    return cases.decide(asked.id, Decision.APPROVED, by=CHECKER, shown=asked.shown)


def done(
    cases: Cases, records: Records, command: CaseCommand, found: Break, *others: Break
) -> list[Break]:
    """Have a command approved; gives the breaks that stand then."""
    names = [each.id for each in others]
    approved(cases, cases.ask(command, found.id, reason="seen", by=MAKER, others=names))
    left = open_breaks(records)
    assert records.prove().agrees
    return left
