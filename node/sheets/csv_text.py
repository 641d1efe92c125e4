"""A sheet as CSV (RFC 4180), which spreadsheets open without running what is in it.

In: a sheet. Out: text in UTF-8 with the mark by which spreadsheets know that. Called by: api.

A cell that begins as a formula does gets an apostrophe before it (OWASP, CSV injection); a plain
number keeps its sign.
"""

from __future__ import annotations

import csv
import re
from io import StringIO
from typing import Final

from node.sheets.sheet import Sheet

MEDIA_TYPE: Final = "text/csv"
_BEGINS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


def csv_text(sheet: Sheet) -> bytes:
    """The file."""
    out = StringIO()
    writer = csv.writer(out)
    for row in (sheet.heads, *sheet.rows):
        writer.writerow(map(_harmless, row))
    return out.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    begins = text.lstrip(" ").startswith(_BEGINS_A_FORMULA)
    return f"'{text}" if begins and not _NUMBER.fullmatch(text) else text
