"""Breaks: every difference between chain, books and bank, by name.

In: a cursor and filters. Out: breaks with cause, age and evidence.
Called by: partner banks, auditors.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from node.api.access import Node
from node.api.auth import Reader
from node.api.guard import GuardedRoute
from node.api.paging import LIMIT_DEFAULT, After, Limit, Page, page, position
from node.api.shapes.base import RecordId, UetrFilter
from node.api.shapes.reconciliation import BreakShape, break_shape
from node.core.errors import NotFound
from node.db.unit_of_work import read_only
from node.reconciliation import store

router = APIRouter(prefix="/v1/breaks", tags=["reconciliation"], route_class=GuardedRoute)
_LIST = "breaks"


@router.get("")
def list_breaks(
    *,
    node: Node,
    _: Reader,
    after: After = None,
    limit: Limit = LIMIT_DEFAULT,
    open_only: Annotated[
        bool, Query(alias="open", description="Only those that still stand.", examples=[True])
    ] = False,
    uetr: UetrFilter = None,
) -> Page[BreakShape]:
    """Breaks in the order in which they were opened; closed ones too, unless `open` is asked."""
    start, today = position(_LIST, after), node.clock.today()
    with read_only(node.engine) as session:
        rows = store.breaks(session, open_only=open_only, after=start, limit=limit + 1, uetr=uetr)
    return page(
        _LIST,
        rows,
        limit=limit,
        after=after,
        at=lambda row: row.sequence,
        shape=lambda row: break_shape(row, today),
    )


@router.get("/{break_id}")
def read_break(node: Node, _: Reader, break_id: RecordId) -> BreakShape:
    """One break."""
    with read_only(node.engine) as session:
        found = store.break_by_id(session, break_id)
    if found is None:
        raise NotFound(f"no break {break_id}", remedy="See /v1/breaks.")
    return break_shape(found, node.clock.today())
