"""Work on breaks: owners and notes by one person; matches, write-offs and acceptance by two.

In: a break, words, other breaks. Out: nothing, or the approval that a second person decides on.
Called by: treasury tools.
"""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field, StringConstraints

from node.api.access import Node
from node.api.auth import Accepting, Reader, Reconciler
from node.api.guard import BYTES_MAX_KEY, GuardedRoute
from node.api.shapes.base import RecordId, Shape
from node.api.shapes.cases import CaseShape, Line, Why, case_shape
from node.api.shapes.intents import ApprovalShape, approval_shape
from node.control.approvals import Approval
from node.control.approvals import store as approvals
from node.core.errors import NotFound
from node.db.unit_of_work import read_only
from node.reconciliation import store
from node.reconciliation.cases import store as cases
from node.reconciliation.cases.proposal import CaseCommand
from node.reconciliation.cases.service import FILE_BYTES_MAX
from node.reconciliation.cases.suggestions import suggestions

router = APIRouter(prefix="/v1", tags=["reconciliation"], route_class=GuardedRoute)
_UPLOAD: Final[dict[str, Any]] = {
    BYTES_MAX_KEY: FILE_BYTES_MAX,
    "requestBody": {
        "description": f"Any file, at most {FILE_BYTES_MAX} bytes.",
        "required": True,
        "content": {
            "application/octet-stream": {
                "schema": {"type": "string", "format": "binary"},
                "example": "their answer",
            }
        },
    },
}
NoteId = Annotated[int, Path(ge=1, lt=2**31, description="Number of the note.", examples=[1])]


async def _content(request: Request) -> bytes:
    return await request.body()


class Together(Why):
    """Which other breaks are the same payment, and why."""

    breaks: Annotated[list[RecordId], Field(min_length=1, max_length=50)] = Field(
        description="The other breaks.", examples=[["4f8e6d0a-0000-5000-8000-000000000002"]]
    )


class Text(Shape):
    """What is written to a case."""

    text: Annotated[str, StringConstraints(pattern=r"^[^\x00]{1,2000}$")] = Field(
        description="For whoever works on it next.", examples=["asked the correspondent"]
    )


class Owner(Shape):
    """Who works on it from now on."""

    owner: Line = Field(description="A person or a desk.", examples=["nostro desk"])


@router.get("/breaks/{break_id}/case")
def read_case(node: Node, _: Reader, break_id: RecordId) -> CaseShape:
    """The break as a case: notes, what people asked for, what it may belong to and why."""
    with read_only(node.engine) as session:
        found = store.break_by_id(session, break_id)
        if found is None:
            raise NotFound(f"no break {break_id}", remedy="See /v1/breaks.")
        return case_shape(
            cases.notes(session, break_id),
            approvals.approvals(session, subject=break_id),
            suggestions(found, store.open_breaks(session)),
        )


@router.post("/breaks/{break_id}/owner", status_code=204)
def assign(node: Node, who: Reconciler, break_id: RecordId, to: Owner) -> None:
    """Give the break to somebody."""
    node.cases.assign(break_id, to.owner, by=who.subject)


@router.post("/breaks/{break_id}/notes", status_code=204)
def note(node: Node, who: Reconciler, break_id: RecordId, what: Text) -> None:
    """Write to the case."""
    node.cases.note(break_id, what.text, by=who.subject)


@router.post("/breaks/{break_id}/files", status_code=204, openapi_extra=_UPLOAD)
def hand_in(
    *,
    node: Node,
    who: Reconciler,
    break_id: RecordId,
    content: Annotated[bytes, Depends(_content)],
    file_name: Annotated[
        str,
        Query(
            pattern=r"^[^\x00-\x1f\x7f]{1,255}$",
            description="What it is called.",
            examples=["answer.pdf"],
        ),
    ],
    text: Annotated[
        str,
        Query(
            pattern=r"^[^\x00-\x1f\x7f]{1,200}$",
            description="What it shows.",
            examples=["their answer"],
        ),
    ],
) -> None:
    """Hand in a file with a note."""
    node.cases.note(break_id, text, by=who.subject, file=(file_name, content))


@router.get("/breaks/{break_id}/notes/{note_id}/file", response_class=Response)
def read_file(node: Node, _: Reader, break_id: RecordId, note_id: NoteId) -> Response:
    """The file of a note, as it was handed in."""
    with read_only(node.engine) as session:
        found = cases.attachment(session, break_id, note_id)
    if found is None:
        raise NotFound(f"no file with note {note_id} of break {break_id}")
    kept = "attachment; filename*=UTF-8''" + quote(found[0])
    return Response(
        found[1], media_type="application/octet-stream", headers={"Content-Disposition": kept}
    )


@router.post("/breaks/{break_id}/reopen", status_code=204)
def reopen(node: Node, who: Reconciler, break_id: RecordId, why: Why) -> None:
    """No longer live with a difference that was accepted."""
    node.cases.reopen(break_id, why.reason, by=who.subject)


@router.post("/breaks/{break_id}/match", status_code=202)
def match(
    *, node: Node, who: Reconciler, response: Response, break_id: RecordId, what: Together
) -> ApprovalShape:
    """Ask that this break and others are one payment."""
    asked = node.cases.ask(
        CaseCommand.MATCH, break_id, reason=what.reason, by=who.subject, others=what.breaks
    )
    return _told(response, asked)


@router.post("/breaks/{break_id}/write-off", status_code=202)
def write_off(
    *, node: Node, who: Reconciler, response: Response, break_id: RecordId, why: Why
) -> ApprovalShape:
    """Ask that the bank bears the difference: the books will follow the statement."""
    asked = node.cases.ask(CaseCommand.WRITE_OFF, break_id, reason=why.reason, by=who.subject)
    return _told(response, asked)


@router.post("/breaks/{break_id}/accept", status_code=202)
def accept(
    *, node: Node, who: Accepting, response: Response, break_id: RecordId, why: Why
) -> ApprovalShape:
    """Ask that the difference stays and waits for nobody; the proof goes on counting it."""
    asked = node.cases.ask(CaseCommand.ACCEPT, break_id, reason=why.reason, by=who.subject)
    return _told(response, asked)


@router.post("/matches/{match_id}/split", status_code=202)
def split(
    *, node: Node, who: Reconciler, response: Response, match_id: RecordId, why: Why
) -> ApprovalShape:
    """Ask that what people put together is taken apart."""
    asked = node.cases.ask(CaseCommand.SPLIT, match_id, reason=why.reason, by=who.subject)
    return _told(response, asked)


def _told(response: Response, asked: Approval) -> ApprovalShape:
    response.headers["Location"] = f"/v1/approvals/{asked.id}"
    return approval_shape(asked)
