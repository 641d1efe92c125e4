"""Approvals: commands that take two people, and the second one's decision.

In: a cursor; a decision. Out: approvals. Called by: treasury tools, auditors.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field, StringConstraints

from node.api.access import Node
from node.api.auth import Approver, Reader
from node.api.guard import GuardedRoute
from node.api.paging import LIMIT_DEFAULT, After, Limit, Page, page, position
from node.api.shapes.base import RecordId, Shape
from node.api.shapes.intents import ApprovalShape, approval_shape
from node.control import approvals
from node.control.approvals import Decision, store
from node.db.unit_of_work import read_only

router = APIRouter(prefix="/v1/approvals", tags=["intents"], route_class=GuardedRoute)
_LIST = "approvals"


class Seen(Shape):
    """What the second person saw, by its hash; needed where the approval has one."""

    shown: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")] = Field(
        description="`shown` of the approval, as it was when it was read.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )


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
def approve(
    node: Node, who: Approver, approval_id: RecordId, seen: Seen | None = None
) -> ApprovalShape:
    """Approve as the second person; the command is carried out with the decision."""
    shown = seen.shown if seen else ""
    return _decided(node, who.subject, approval_id, Decision.APPROVED, shown)


@router.post("/{approval_id}/decline")
def decline(node: Node, who: Approver, approval_id: RecordId) -> ApprovalShape:
    """Decline; nothing is done."""
    return _decided(node, who.subject, approval_id, Decision.DECLINED)


def _decided(
    node: Node, by: str, approval_id: str, decision: Decision, shown: str = ""
) -> ApprovalShape:
    return approval_shape(node.decide(approval_id, decision, by=by, shown=shown))
