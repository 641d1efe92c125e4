"""Statements: a bank file in, its statements and their lines out.

In: the bytes of a bank message, or a cursor. Out: what the file brought, or the refusal that names
its line; statements; lines. Called by: partner banks, treasury tools.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from node.api.access import Node
from node.api.auth import Reader, Uploader
from node.api.guard import BYTES_MAX_KEY, GuardedRoute
from node.api.paging import LIMIT_DEFAULT, After, Limit, Page, page, position
from node.api.shapes.bank import (
    LineShape,
    ReceivedShape,
    StatementShape,
    line_shape,
    received_shape,
    statement_shape,
)
from node.api.shapes.base import EXAMPLE_NOSTRO, RecordId, Shape
from node.bank import store
from node.bank.reader import SIZE_BYTES_MAX
from node.core.errors import NotFound
from node.db.unit_of_work import read_only

router = APIRouter(prefix="/v1/statements", tags=["statements"], route_class=GuardedRoute)
_LIST = "statements"
_EXAMPLE: Final = (
    '<?xml version="1.0"?>\n'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">…</Document>\n'
)
_BODY: Final[dict[str, Any]] = {
    "description": f"One bank message, at most {SIZE_BYTES_MAX} bytes.",
    "required": True,
    "content": {
        media: {"schema": {"type": "string", "format": "binary"}, "example": _EXAMPLE}
        for media in ("application/xml", "application/octet-stream")
    },
}
_UPLOAD: Final[dict[str, Any]] = {BYTES_MAX_KEY: SIZE_BYTES_MAX, "requestBody": _BODY}
_BROUGHT: Final[dict[int | str, dict[str, Any]]] = {
    201: {
        "description": "Taken in; the file is read at `Location`.",
        "headers": {
            "Location": {
                "description": "Where the file and its verdict are read.",
                "schema": {"type": "string", "examples": ["/v1/files/5"]},
            }
        },
    }
}


async def _content(request: Request) -> bytes:
    return await request.body()


class Lines(Shape):
    """The lines of one statement."""

    items: list[LineShape] = Field(description="In the order of the statement.")


@router.post("", status_code=201, responses=_BROUGHT, openapi_extra=_UPLOAD)
def upload(
    *,
    node: Node,
    who: Uploader,
    response: Response,
    content: Annotated[bytes, Depends(_content)],
    file_name: Annotated[
        str,
        Query(
            pattern=r"^[^\x00-\x1f\x7f]{1,255}$",
            description="Name under which the file is kept.",
            examples=["statement.xml"],
        ),
    ] = "upload.xml",
) -> ReceivedShape:
    """Take in a camt.053, camt.054, pacs.008 or pacs.009: all of it, or nothing.

    A refused file is kept too: the problem names its `refused_file` and, where it is known, `line`.
    """
    received = node.receive_file(content, file_name, who.subject)
    response.headers["Location"] = f"/v1/files/{received.file_id}"
    return received_shape(received)


@router.get("")
def list_statements(
    *,
    node: Node,
    _: Reader,
    after: After = None,
    limit: Limit = LIMIT_DEFAULT,
    account: Annotated[
        str | None,
        Query(
            pattern=r"^[\x21-\x7e]{1,120}$",
            description="Only of this nostro, by its ledger account.",
            examples=[EXAMPLE_NOSTRO],
        ),
    ] = None,
) -> Page[StatementShape]:
    """Statements and notifications in the order in which they came."""
    start = position(_LIST, after)
    with read_only(node.engine) as session:
        rows = store.statements(session, after=start, limit=limit + 1, account=account)
    return page(
        _LIST, rows, limit=limit, after=after, at=lambda row: row.sequence, shape=statement_shape
    )


@router.get("/{statement_id}")
def read_statement(node: Node, _: Reader, statement_id: RecordId) -> StatementShape:
    """One statement with its balances."""
    with read_only(node.engine) as session:
        found = store.statement(session, statement_id)
    if found is None:
        raise _unknown(statement_id)
    return statement_shape(found)


@router.get("/{statement_id}/lines")
def read_lines(node: Node, _: Reader, statement_id: RecordId) -> Lines:
    """Every line of one statement."""
    with read_only(node.engine) as session:
        if store.statement(session, statement_id) is None:
            raise _unknown(statement_id)
        lines = store.statement_entries(session, statement_id)
    return Lines(items=[line_shape(each) for each in lines])


def _unknown(statement_id: str) -> NotFound:
    return NotFound(f"no statement {statement_id}", remedy="See /v1/statements.")
