"""A line without UETR that carries the payer's own reference of one payment, and its amount.

In: the board. Out: links. Found by the grouping through `RULE`. End-to-end ids are chosen by payers
and may recur, so the pair must be alone on both sides; another amount is never taken on this word.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from node.reconciliation.group import Board, Link, LinkRule
from node.reconciliation.item import Item, Record

_NO_REFERENCE = frozenset({"NOTPROVIDED", "NONREF"})  # what banks write where there is none
Named = tuple[str, str, int, str]


def links(board: Board) -> Iterator[Link]:
    """Pairs of one payment whose line is lacking and one line that names it."""
    waiting: dict[Named, list[str]] = defaultdict(list)
    lines: dict[Named, list[Item]] = defaultdict(list)
    for key, group in board.groups.items():
        if group.books is not None and group.bank is None and group.takes_bank:
            for name in _names(group.books):
                waiting[name].append(key)
    for line in board.free(Record.BANK):
        if not line.uetr:
            for name in _names(line):
                lines[name].append(line)
    pairs = {
        keys[0]: lines[name][0]
        for name, keys in sorted(waiting.items())
        if len(keys) == 1 and len(lines[name]) == 1
    }
    once = Counter(line.source for line in pairs.values())
    yield from (Link(key, line) for key, line in pairs.items() if once[line.source] == 1)


def _names(item: Item) -> Iterator[Named]:
    """Account, currency, amount and each reference: what both must have alike."""
    for reference in sorted(set(item.references) - _NO_REFERENCE):
        yield (item.account, item.currency, item.amount, reference)


RULE = LinkRule("payment_reference", 25, links)
