"""Values in portions that one statement can take.

Called by: stores that ask for, or change, what a long list names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

_VALUES_MAX: Final = 5_000  # below what either database binds at once
Value = TypeVar("Value")


def parts(values: Sequence[Value], each: int = 1) -> Iterator[Sequence[Value]]:
    """The values in their order; `each` is how many bound values one of them takes."""
    step = _VALUES_MAX // each
    for start in range(0, len(values), step):
        yield values[start : start + step]
