"""Matches: what chain, books and bank say alike.

In: a cursor. Out: matches with their items. Called by: partner banks, auditors.
"""

from __future__ import annotations

from fastapi import APIRouter

from node.api.access import Node
from node.api.auth import Reader
from node.api.guard import GuardedRoute
from node.api.paging import LIMIT_DEFAULT, After, Limit, Page, page, position
from node.api.shapes.base import RecordId
from node.api.shapes.reconciliation import MatchShape, match_shape
from node.core.errors import NotFound
from node.db.unit_of_work import read_only
from node.reconciliation import store

router = APIRouter(prefix="/v1/matches", tags=["reconciliation"], route_class=GuardedRoute)
_LIST = "matches"


@router.get("")
def list_matches(
    node: Node, _: Reader, after: After = None, limit: Limit = LIMIT_DEFAULT
) -> Page[MatchShape]:
    """Matches in the order in which they were made."""
    start = position(_LIST, after)
    with read_only(node.engine) as session:
        rows = store.matches(session, after=start, limit=limit + 1)
    return page(
        _LIST, rows, limit=limit, after=after, at=lambda row: row.sequence, shape=match_shape
    )


@router.get("/{match_id}")
def read_match(node: Node, _: Reader, match_id: RecordId) -> MatchShape:
    """One match with everything that is in it."""
    with read_only(node.engine) as session:
        found = store.match_by_id(session, match_id)
    if found is None:
        raise NotFound(f"no match {match_id}", remedy="See /v1/matches.")
    return match_shape(found)
