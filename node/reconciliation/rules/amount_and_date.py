"""A statement line without reference: same account, amount and value date as one payment alone.

In: the board. Out: links. Found by the grouping through `RULE`. Unique on both sides or not at
all: with two candidates a first-come choice would be wrong in silence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from node.reconciliation.group import Board, Link, LinkRule
from node.reconciliation.item import Item, Record, similar


def links(board: Board) -> Iterator[Link]:
    """Pairs of one payment whose line is lacking and one line that names no payment."""
    waiting: dict[object, list[str]] = defaultdict(list)
    lines: dict[object, list[Item]] = defaultdict(list)
    for key, group in board.groups.items():
        if group.books is not None and group.bank is None and group.takes_bank:
            waiting[similar(group.books)].append(key)
    for line in board.free(Record.BANK):
        if not line.uetr:
            lines[similar(line)].append(line)
    for shape, keys in waiting.items():
        if len(keys) == 1 and len(lines[shape]) == 1:
            yield Link(keys[0], lines[shape][0])


RULE = LinkRule("amount_and_date", 30, links)
