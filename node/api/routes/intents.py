"""Intents: every call to the chain, all that was signed for it, commands on those that wait.

In: a cursor and filters; a reason. Out: intents with their history; approvals that a second person
decides on. Called by: treasury tools, auditors.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field, StringConstraints

from node.api.access import Node
from node.api.auth import Operating, Reader
from node.api.guard import GuardedRoute
from node.api.paging import LIMIT_DEFAULT, After, Limit, Page, page, position
from node.api.shapes.base import RecordId, Shape
from node.api.shapes.instructions import IntentShape, intent_shape
from node.api.shapes.intents import (
    ApprovalShape,
    WholeIntentShape,
    approval_shape,
    whole_intent_shape,
)
from node.control.approvals import Approval
from node.control.approvals import store as approvals
from node.core.errors import NotFound
from node.db.unit_of_work import read_only
from node.submission import store
from node.submission.history import store as history
from node.submission.intent import IntentState
from node.submission.operator import OperatorCommand
from node.submission.signed import store as signed

router = APIRouter(prefix="/v1/intents", tags=["intents"], route_class=GuardedRoute)
_LIST = "intents"


class Reason(Shape):
    """Why a command is asked for; the second person reads it."""

    reason: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")] = Field(
        description="One line.", examples=["Gas rose above what was offered."]
    )


@router.get("")
def list_intents(
    *,
    node: Node,
    _: Reader,
    after: After = None,
    limit: Limit = LIMIT_DEFAULT,
    state: Annotated[
        IntentState | None,
        Query(description="Only in this state; QUARANTINED waits for a person.", examples=["SENT"]),
    ] = None,
) -> Page[IntentShape]:
    """Calls in the order in which they were prepared."""
    start = position(_LIST, after)
    with read_only(node.engine) as session:
        rows = store.intents(session, after=start, limit=limit + 1, state=state)
    return page(
        _LIST, rows, limit=limit, after=after, at=lambda row: row.sequence, shape=intent_shape
    )


@router.get("/{intent_id}")
def read_intent(node: Node, _: Reader, intent_id: RecordId) -> WholeIntentShape:
    """One call: every step, every signature ever made for it, what people decided."""
    with read_only(node.engine) as session:
        found = store.intent(session, intent_id)
        if found is None:
            raise NotFound(f"no intent {intent_id}", remedy="See /v1/intents.")
        return whole_intent_shape(
            found,
            history.steps(session, intent_id),
            signed.attempts(session, [intent_id])[intent_id],
            approvals.approvals(session, subject=intent_id),
        )


@router.post("/{intent_id}/bump", status_code=202)
def bump(
    *, node: Node, who: Operating, response: Response, intent_id: RecordId, why: Reason
) -> ApprovalShape:
    """Ask for the same call at the same nonce with higher fees."""
    command, by = OperatorCommand.BUMP, who.subject
    return _told(response, node.operator.ask(command, intent_id, reason=why.reason, by=by))


@router.post("/{intent_id}/cancel", status_code=202)
def cancel(
    *, node: Node, who: Operating, response: Response, intent_id: RecordId, why: Reason
) -> ApprovalShape:
    """Ask for an empty transaction at its nonce; which of the two is mined decides."""
    command, by = OperatorCommand.CANCEL, who.subject
    return _told(response, node.operator.ask(command, intent_id, reason=why.reason, by=by))


@router.post("/{intent_id}/resume", status_code=202)
def resume(
    *, node: Node, who: Operating, response: Response, intent_id: RecordId, why: Reason
) -> ApprovalShape:
    """Ask to let a call out of quarantine: what was signed is sent again as it is."""
    command, by = OperatorCommand.RESUME, who.subject
    return _told(response, node.operator.ask(command, intent_id, reason=why.reason, by=by))


def _told(response: Response, asked: Approval) -> ApprovalShape:
    response.headers["Location"] = f"/v1/approvals/{asked.id}"
    return approval_shape(asked)
