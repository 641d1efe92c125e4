"""Sheets as a workbook (xlsx), one after the other.

In: sheets. Out: bytes. Called by: days, api. Every cell is text, so none is a formula.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from node.sheets.sheet import Sheet

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTH_MAX: Final = 60


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """The file."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for each in sheets:
        page = book.create_sheet(each.title)
        for at, row in enumerate([each.heads, *each.rows], start=1):
            for place, value in enumerate(row, start=1):
                cell = page.cell(at, place)
                cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", value)
                cell.data_type = "s"
                cell.quotePrefix = True
                if at == 1:
                    cell.font = Font(bold=True)
        page.freeze_panes = "A2"
        for place, values in enumerate(zip(each.heads, *each.rows, strict=True), start=1):
            letter = page.cell(1, place).column_letter
            page.column_dimensions[letter].width = min(max(map(len, values)) + 2, _WIDTH_MAX)
    out = BytesIO()
    book.save(out)
    return out.getvalue()
