"""Business days: review, sign-off by two people, certificates.

In: a day. Out: reviews, approvals, signed days, certificates as JSON, workbook or paper.
Called by: treasury, auditors.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Response

from node.api.access import Node
from node.api.auth import Reader, Reconciler
from node.api.guard import GuardedRoute
from node.api.paging import LIMIT_DEFAULT, After, Limit, Page, page, position
from node.api.shapes.base import IsoDate
from node.api.shapes.cases import Why
from node.api.shapes.days import DayShape, ReviewShape, day_shape
from node.api.shapes.intents import ApprovalShape, approval_shape
from node.days import paper, store
from node.days.certificate import as_file
from node.days.tabulated import sheets_of
from node.db.unit_of_work import read_only
from node.sheets import workbook

router = APIRouter(prefix="/v1/days", tags=["days"], route_class=GuardedRoute)
_LIST = "days"
Day = Annotated[IsoDate, Path(description="The business day.", examples=["2026-10-05"])]
_FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The certificate in the form that was asked for.",
        "content": {
            "application/json": {"schema": {"type": "object"}, "example": {"root": "9f86d0…"}},
            workbook.MEDIA_TYPE: {
                "schema": {"type": "string", "format": "binary"},
                "example": "PK…",
            },
            paper.MEDIA_TYPE: {
                "schema": {"type": "string", "format": "binary"},
                "example": "%PDF-1.3…",
            },
        },
    }
}


@router.get("")
def list_days(
    node: Node, _: Reader, after: After = None, limit: Limit = LIMIT_DEFAULT
) -> Page[DayShape]:
    """Signed days in the order in which they were signed."""
    start = position(_LIST, after)
    with read_only(node.engine) as session:
        rows = store.days(session, after=start, limit=limit + 1)
    return page(_LIST, rows, limit=limit, after=after, at=lambda row: row.number, shape=day_shape)


@router.get("/{day}")
def read_day(node: Node, _: Reader, day: Day) -> DayShape:
    """One signed day."""
    return day_shape(node.days.signed(day))


@router.get("/{day}/review")
def review(node: Node, _: Reader, day: Day) -> ReviewShape:
    """What would be signed now: everything that the certificate would say."""
    made = node.days.review(day)
    return ReviewShape(root=made.root, certificate=dict(made.content))


@router.post("/{day}/sign", status_code=202)
def sign(*, node: Node, who: Reconciler, response: Response, day: Day, why: Why) -> ApprovalShape:
    """Ask a second person to sign the day as it stands now."""
    asked = node.days.ask(day, reason=why.reason, by=who.subject)
    response.headers["Location"] = f"/v1/approvals/{asked.id}"
    return approval_shape(asked)


@router.get("/{day}/certificate", response_class=Response, responses=_FILES)
def certificate(
    node: Node,
    _: Reader,
    day: Day,
    form: Annotated[
        str,
        Query(
            alias="format",
            pattern="^(json|xlsx|pdf)$",
            description="json can be verified without the node; xlsx and pdf are for people.",
            examples=["json"],
        ),
    ] = "json",
) -> Response:
    """The certificate of a signed day as a file."""
    found = node.days.signed(day)
    named = {"Content-Disposition": f'attachment; filename="certificate-{day}.{form}"'}
    if form == "xlsx":
        body, media = workbook.workbook(sheets_of(found)), workbook.MEDIA_TYPE
    elif form == "pdf":
        body, media = paper.paper(found), paper.MEDIA_TYPE
    else:
        at = found.signed_at.isoformat()
        text = as_file(found.certificate, found.made_by, found.signed_by, at)
        body, media = text.encode(), "application/json"
    return Response(body, media_type=media, headers=named)
