"""Cursors: how a list goes on. Opaque to the caller, bound to one list, never an offset.

In: `after` and `limit` of a request. Out: a position for the store, and a page with its cursor.
Called by: every route that lists.

`next` is the cursor behind the last item given, also on the last page: who keeps it and asks
again later gets what was added since, and nothing twice.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import Field

from node.api.shapes.base import POSITION_MAX, Shape
from node.core.errors import Rejected

LIMIT_MAX = 100
LIMIT_DEFAULT = 50
_TOKEN = r"^[A-Za-z0-9_-]{1,200}$"  # noqa: S105 - the shape of a cursor, not a secret
EXAMPLE_CURSOR = "ZW50cmllczo0Mg"

Item = TypeVar("Item", bound=Shape)
Row = TypeVar("Row")

After = Annotated[
    str | None,
    Query(
        pattern=_TOKEN,
        description="The `next` of an earlier page: give what comes behind it.",
        examples=[EXAMPLE_CURSOR],
    ),
]
Limit = Annotated[
    int, Query(ge=1, le=LIMIT_MAX, description="How many items at most.", examples=[LIMIT_DEFAULT])
]


class InvalidCursor(Rejected):
    """The cursor was not given out by this list."""

    code = "INVALID_CURSOR"
    title = "Invalid cursor"


class Page(Shape, Generic[Item]):
    """One page of a list, in a stable order, oldest first."""

    items: list[Item] = Field(description="The items of this page.")
    has_more: bool = Field(description="Whether more items exist by now.", examples=[False])
    next: str | None = Field(
        description="Send it as `after` for what follows; null while the list is empty.",
        examples=[EXAMPLE_CURSOR],
    )


def cursor(name: str, position: int) -> str:
    """The token for a position in the list `name`."""
    return base64.urlsafe_b64encode(f"{name}:{position}".encode()).decode().rstrip("=")


def position(name: str, after: str | None) -> int:
    """The position behind a token of the list `name`; zero without one."""
    if after is None:
        return 0
    found, digits = _opened(after)
    # Only the one spelling we gave out is taken, so a cursor can be compared as text.
    if found != name or not digits.isdecimal() or cursor(name, int(digits)) != after:
        raise _invalid(name)
    if int(digits) > POSITION_MAX:
        raise _invalid(name)
    return int(digits)


def page(
    name: str,
    rows: Sequence[Row],
    *,
    limit: int,
    after: str | None,
    at: Callable[[Row], int],
    shape: Callable[[Row], Item],
) -> Page[Item]:
    """A page from up to `limit + 1` rows that the store found behind `after`."""
    shown = rows[:limit]
    return Page(
        items=[shape(row) for row in shown],
        has_more=len(rows) > limit,
        next=cursor(name, at(shown[-1])) if shown else after,
    )


def _opened(token: str) -> tuple[str, str]:
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return "", ""
    name, _, digits = text.partition(":")
    return name, digits


def _invalid(name: str) -> InvalidCursor:
    return InvalidCursor(
        f"`after` is not a cursor of the list {name}",
        remedy="Send `next` of the last page unchanged, or leave `after` out to start anew.",
    )
