"""Chain events: what the bank's contracts said, reorgs included.

In: a cursor and filters. Out: decoded events. Called by: partner banks, auditors.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from node.api.access import Node
from node.api.auth import Reader
from node.api.guard import GuardedRoute
from node.api.paging import LIMIT_DEFAULT, After, Limit, Page, page, position
from node.api.shapes.base import Position, UetrFilter
from node.api.shapes.chain import EventShape, event_shape
from node.core.errors import NotFound
from node.db.unit_of_work import read_only
from node.events import store

router = APIRouter(prefix="/v1/events", tags=["events"], route_class=GuardedRoute)
_LIST = "events"
_WORD = "^[A-Za-z0-9_.]{1,64}$"


@router.get("")
def list_events(
    *,
    node: Node,
    _: Reader,
    after: After = None,
    limit: Limit = LIMIT_DEFAULT,
    uetr: UetrFilter = None,
    name: Annotated[
        str | None, Query(pattern=_WORD, description="Only this event.", examples=["Issued"])
    ] = None,
    contract: Annotated[
        str | None,
        Query(pattern=_WORD, description="Only this contract.", examples=["IssuanceGate"]),
    ] = None,
) -> Page[EventShape]:
    """Events in the order in which the node learned of them."""
    start = position(_LIST, after)
    with read_only(node.engine) as session:
        rows = store.events_page(
            session, after=start, limit=limit + 1, uetr=uetr, name=name, contract=contract
        )
    return page(_LIST, rows, limit=limit, after=after, at=lambda row: row.id, shape=event_shape)


@router.get("/{event_id}")
def read_event(
    node: Node,
    _: Reader,
    event_id: Position,
) -> EventShape:
    """One event, with its standing on the chain."""
    with read_only(node.engine) as session:
        found = store.event(session, event_id)
        if found is None:
            raise NotFound(f"no event {event_id}", remedy="See /v1/events.")
        return event_shape(found, store.standing(session, event_id))
