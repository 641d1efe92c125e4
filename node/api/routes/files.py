"""Files: every bank file that came in, accepted or refused, with the verdict.

In: a cursor. Out: files without their content. Called by: partner banks, auditors.
"""

from __future__ import annotations

from fastapi import APIRouter

from node.api.access import Node
from node.api.auth import Reader
from node.api.guard import GuardedRoute
from node.api.paging import LIMIT_DEFAULT, After, Limit, Page, page, position
from node.api.shapes.bank import FileShape, file_shape
from node.api.shapes.base import Position
from node.bank import store
from node.core.errors import NotFound
from node.db.unit_of_work import read_only

router = APIRouter(prefix="/v1/files", tags=["statements"], route_class=GuardedRoute)
_LIST = "files"


@router.get("")
def list_files(
    node: Node, _: Reader, after: After = None, limit: Limit = LIMIT_DEFAULT
) -> Page[FileShape]:
    """Files in the order in which they came."""
    start = position(_LIST, after)
    with read_only(node.engine) as session:
        rows = store.files(session, after=start, limit=limit + 1)
    return page(_LIST, rows, limit=limit, after=after, at=lambda row: row.id, shape=file_shape)


@router.get("/{file_id}")
def read_file(node: Node, _: Reader, file_id: Position) -> FileShape:
    """One file: accepted, or refused with line and reason."""
    with read_only(node.engine) as session:
        found = store.file(session, file_id)
    if found is None:
        raise NotFound(f"no file {file_id}", remedy="See /v1/files.")
    return file_shape(found)
