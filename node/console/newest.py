"""The newest rows of a store that reads forward from a number.

In: a read such as `store.breaks(session, after=…, limit=…)`. Out: its last rows, newest first.
Called by: views that list. Finding the end takes two dozen reads of one row, however long the
list is, so no store needs a second way to be read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Row = TypeVar("Row")
Read = Callable[[int, int], Sequence[Row]]


def newest(read: Read[Row], limit: int) -> list[Row]:
    """Up to `limit` rows from the end; fewer when numbers near the end are missing.

    `read(after, limit)` gives rows numbered above `after`, in order.
    """
    last = _end(read)
    return list(reversed(read(max(last - limit, 0), limit)))


def _end(read: Read[Row]) -> int:
    """The least number behind which there is no row."""
    step = 1
    while read(step, 1):
        step *= 2
    low, high = (0 if step == 1 else step // 2), step
    while low < high:
        middle = (low + high) // 2
        if read(middle, 1):
            low = middle + 1
        else:
            high = middle
    return low
