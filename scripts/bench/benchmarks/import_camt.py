"""Entries of a camt.053 read in a second, against lxml that only walks over the same bytes.

Called by: scripts.bench.
"""

from __future__ import annotations

from io import BytesIO

from lxml import etree

from node.bank.reader import read
from scripts.bench.measured import Measured, per_second
from scripts.bench.statement_file import statement_file

_ENTRIES = 20_000


def measure() -> Measured:
    """Ours checks and keeps every entry; the reference counts and frees them."""
    content = statement_file(_ENTRIES)
    counts = {len(read(content, "bench.xml").statements[0].entries), _walked(content)}
    if counts != {_ENTRIES}:
        raise AssertionError(f"the two see different entries: {counts}")
    return per_second(
        _ENTRIES, "entries", lambda: read(content, "bench.xml"), lambda: _walked(content)
    )


def _walked(content: bytes) -> int:
    count = 0
    for _, entry in etree.iterparse(BytesIO(content), tag="{*}Ntry"):
        count += 1
        entry.clear()
    return count
