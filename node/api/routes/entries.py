"""Journal entries, in the order in which the books were written.

In: a cursor and filters. Out: entries with their postings. Called by: partner banks, auditors.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from node.api.access import Node
from node.api.auth import Reader
from node.api.guard import GuardedRoute
from node.api.paging import LIMIT_DEFAULT, After, Limit, Page, page, position
from node.api.shapes.base import RecordId, UetrFilter
from node.api.shapes.books import EXAMPLE_ACCOUNT, EntryShape, entry_shape
from node.core.errors import NotFound
from node.db.unit_of_work import read_only
from node.ledger import store

router = APIRouter(prefix="/v1/entries", tags=["entries"], route_class=GuardedRoute)
_LIST = "entries"


@router.get("")
def list_entries(
    *,
    node: Node,
    _: Reader,
    after: After = None,
    limit: Limit = LIMIT_DEFAULT,
    account: Annotated[
        str | None,
        Query(
            pattern=r"^[\x21-\x7e]{1,120}$",
            description="Only entries with a posting on this account.",
            examples=[EXAMPLE_ACCOUNT],
        ),
    ] = None,
    uetr: UetrFilter = None,
) -> Page[EntryShape]:
    """Entries by sequence; the end of the list grows, nothing before it changes."""
    start = position(_LIST, after)
    with read_only(node.engine) as session:
        rows = store.entries(session, after=start, limit=limit + 1, account=account, uetr=uetr)
    return page(
        _LIST, rows, limit=limit, after=after, at=lambda row: row.sequence, shape=entry_shape
    )


@router.get("/{entry_id}")
def read_entry(
    node: Node,
    _: Reader,
    entry_id: RecordId,
) -> EntryShape:
    """One entry with its postings."""
    with read_only(node.engine) as session:
        found = store.entry(session, entry_id)
    if found is None:
        raise NotFound(f"no entry {entry_id}", remedy="See /v1/entries.")
    return entry_shape(found)
