"""Reads a bank file of plain text, whichever format it is in.

In: the bytes of a file that is no XML. Out: `BankMessage`, or a leaf of `FileRefused`. Called by:
reader. A format of plain text is a module with `NAME`, `recognises` and `read`; the first that
knows the lines reads them.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import Final

from node.bank import formats
from node.bank.element import tidy
from node.bank.refusal import FileRefused
from node.bank.statement import BankMessage
from node.bank.text import Line, lines_of
from node.core.plugins import discover

_HEAD_LINES: Final = 200  # where a format shows itself


class FormatUnknown(FileRefused):
    """The file holds no message that is read here."""

    code = "FORMAT_UNKNOWN"
    title = "Format unknown"


def read_text(content: bytes) -> BankMessage:
    """Everything the file says."""
    lines = lines_of(content)
    head = [each for each in lines[:_HEAD_LINES] if each.text.strip()]
    module = next((each for each in _formats() if each.recognises(head)), None)
    if module is None:
        raise _unknown(head)
    try:
        statements = module.read(lines)
    except FileRefused as refusal:
        refusal.format = module.NAME
        raise
    return BankMessage(module.NAME, tuple(statements))


def _unknown(head: list[Line]) -> FormatUnknown:
    first = tidy(head[0].text)[:60] if head else ""
    known = ", ".join(each.NAME for each in _formats())
    return FormatUnknown(
        f"the file begins with {first!r}, which is neither XML nor {known}",
        remedy="Send a message of docs/bank-files.md, unchanged.",
        line=head[0].number if head else 1,
    )


@cache
def _formats() -> tuple[ModuleType, ...]:
    return tuple(each for each in discover(formats) if hasattr(each, "recognises"))
