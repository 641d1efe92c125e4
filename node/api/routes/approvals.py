"""Approvals: commands that take two people, and the second one's decision.

In: a cursor; a decision. Out: approvals. Called by: treasury tools, auditors.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from node.api.access import Node
from node.api.auth import Approver, Reader
from node.api.guard import GuardedRoute
from node.api.paging import LIMIT_DEFAULT, After, Limit, Page, page, position
from node.api.shapes.base import RecordId
from node.api.shapes.intents import ApprovalShape, approval_shape
from node.control import approvals
from node.control.approvals import Decision, store
from node.db.unit_of_work import read_only

router = APIRouter(prefix="/v1/approvals", tags=["intents"], route_class=GuardedRoute)
_LIST = "approvals"


@router.get("")
def list_approvals(
    *,
    node: Node,
    _: Reader,
    after: After = None,
    limit: Limit = LIMIT_DEFAULT,
    state: Annotated[
        Decision | None, Query(description="Only in this state.", examples=["ASKED"])
    ] = None,
) -> Page[ApprovalShape]:
    """Approvals in the order in which they were asked for."""
    start = position(_LIST, after)
    with read_only(node.engine) as session:
        rows = store.approvals(session, after=start, limit=limit + 1, state=state)
    return page(
        _LIST, rows, limit=limit, after=after, at=lambda row: row.sequence, shape=approval_shape
    )


@router.get("/{approval_id}")
def read_approval(node: Node, _: Reader, approval_id: RecordId) -> ApprovalShape:
    """One approval."""
    with read_only(node.engine) as session:
        return approval_shape(approvals.found(session, approval_id))


@router.post("/{approval_id}/approve")
def approve(node: Node, who: Approver, approval_id: RecordId) -> ApprovalShape:
    """Approve as the second person; the command is carried out with the decision."""
    return _decided(node, who.subject, approval_id, Decision.APPROVED)


@router.post("/{approval_id}/decline")
def decline(node: Node, who: Approver, approval_id: RecordId) -> ApprovalShape:
    """Decline; nothing is done."""
    return _decided(node, who.subject, approval_id, Decision.DECLINED)


def _decided(node: Node, by: str, approval_id: str, decision: Decision) -> ApprovalShape:
    return approval_shape(node.operator.decide(approval_id, decision, by=by))
