"""A signed day as a workbook: one sheet for each table.

In: a signed day. Out: bytes of an xlsx file. Called by: api, console.

Every cell is text: what a bank or a stranger wrote must not become a formula when it is opened.
"""

from __future__ import annotations

from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Font

from node.days.store import SignedDay
from node.days.tabulated import sheets_of

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTH_MAX: Final = 60


def spreadsheet(signed: SignedDay) -> bytes:
    """The workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for each in sheets_of(signed):
        sheet = book.create_sheet(each.title)
        for at, row in enumerate([each.heads, *each.rows], start=1):
            for place, value in enumerate(row, start=1):
                cell = sheet.cell(at, place)
                cell.value = value
                cell.data_type = "s"
                cell.quotePrefix = True
                if at == 1:
                    cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
        for place, values in enumerate(zip(each.heads, *each.rows, strict=True), start=1):
            letter = sheet.cell(1, place).column_letter
            sheet.column_dimensions[letter].width = min(max(map(len, values)) + 2, _WIDTH_MAX)
    out = BytesIO()
    book.save(out)
    return out.getvalue()
