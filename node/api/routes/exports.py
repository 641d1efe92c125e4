"""Reconciliation as files: breaks, matches and items for spreadsheets.

In: what, in which form. Out: CSV or a workbook, at most so many rows, the newest last.
Called by: treasury.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Response
from sqlmodel import Session

from node.api.access import Node
from node.api.auth import Reader
from node.api.guard import GuardedRoute
from node.db.unit_of_work import read_only
from node.reconciliation import store, tabulated
from node.reconciliation.items import store as items
from node.services import Services
from node.sheets import csv_text, workbook
from node.sheets.sheet import Sheet

router = APIRouter(prefix="/v1/exports", tags=["reconciliation"], route_class=GuardedRoute)
ROWS_MAX: Final = 50_000
_FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The rows in the form that was asked for.",
        "content": {
            csv_text.MEDIA_TYPE: {"schema": {"type": "string"}, "example": "Id,Open,…"},
            workbook.MEDIA_TYPE: {
                "schema": {"type": "string", "format": "binary"},
                "example": "PK…",
            },
        },
    }
}


class What(StrEnum):
    """What is handed out."""

    BREAKS = "breaks"
    MATCHES = "matches"
    ITEMS = "items"


@router.get("/{what}", response_class=Response, responses=_FILES)
def export(
    *,
    node: Node,
    _: Reader,
    what: Annotated[What, Path(description="Which rows.", examples=["breaks"])],
    form: Annotated[
        str,
        Query(
            alias="format",
            pattern="^(csv|xlsx)$",
            description="What a bank or a stranger wrote is no formula in either.",
            examples=["csv"],
        ),
    ] = "csv",
    open_only: Annotated[
        bool, Query(alias="open", description="Of breaks, only those that stand.", examples=[True])
    ] = False,
    after: Annotated[
        int,
        Query(ge=0, lt=2**31, description="Only rows behind this place.", examples=[0]),
    ] = 0,
) -> Response:
    """Rows in their order, at most 50,000 at once."""
    with read_only(node.engine) as session:
        sheet = _sheet(session, node, what, open_only=open_only, after=after)
    named = {"Content-Disposition": f'attachment; filename="{what.value}.{form}"'}
    if form == "xlsx":
        return Response(workbook.workbook([sheet]), media_type=workbook.MEDIA_TYPE, headers=named)
    return Response(csv_text.csv_text(sheet), media_type=csv_text.MEDIA_TYPE, headers=named)


def _sheet(session: Session, node: Services, what: What, *, open_only: bool, after: int) -> Sheet:
    if what is What.BREAKS:
        found = store.breaks(session, open_only=open_only, after=after, limit=ROWS_MAX)
        return tabulated.breaks(found, node.clock.today())
    if what is What.MATCHES:
        return tabulated.matches(store.matches(session, after=after, limit=ROWS_MAX))
    return tabulated.items(items.after(session, after, limit=ROWS_MAX))
