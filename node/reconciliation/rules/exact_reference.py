"""Same UETR, same currency, same amount: the records speak of one payment.

In: the board. Out: links. Found by the grouping through `RULE`.
"""

from __future__ import annotations

from collections.abc import Iterator

from node.reconciliation.group import Board, Link, LinkRule
from node.reconciliation.item import NEEDS_BANK, Item, Record


def links(board: Board) -> Iterator[Link]:
    """The books first, then what says exactly the same; a line on the named nostro is preferred."""
    for key, items in board.free_by_key():
        free = {side: [each for each in items if each.side is side] for side in Record}
        group = board.groups.get(key)
        slots = {} if group is None else dict(group.slots)
        anchor = slots.get(Record.BOOKS) or next(iter(free[Record.BOOKS]), None)
        anchor = anchor or slots.get(Record.CHAIN) or next(iter(free[Record.CHAIN]), None)
        if anchor is None:
            continue
        if anchor.side not in slots:
            yield Link(key, anchor)
        if anchor.side is Record.BOOKS and Record.CHAIN not in slots:
            yield from _first(key, free[Record.CHAIN], anchor)
        if anchor.kind in NEEDS_BANK:
            lines = sorted(free[Record.BANK], key=lambda line: line.account != anchor.account)
            yield from _first(key, lines, anchor)


def _first(key: str, items: list[Item], anchor: Item) -> Iterator[Link]:
    same = (each for each in items if each.amount == anchor.amount)
    yield from (Link(key, each) for each in [next(same, None)] if each is not None)


RULE = LinkRule("exact_reference", 10, links)
