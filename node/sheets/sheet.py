"""A table as it is handed out: a title, heads, rows of text.

In: texts. Out: `Sheet`. Called by: whatever makes tables for people; csv_text and workbook.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows are as wide as the heads."""

    title: str
    heads: Row
    rows: tuple[Row, ...]


def sheet(title: str, heads: Row, rows: Iterable[Row]) -> Sheet:
    """A sheet of rows, whatever they come out of."""
    return Sheet(title, heads, tuple(rows))
