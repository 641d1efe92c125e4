"""Same UETR and currency, another amount: one payment, with a difference to explain.

In: the board. Out: links. Found by the grouping through `RULE`. The verdict names the difference:
a fee within its tolerance, else an amount. Goes before rules that do not look at references,
since a line that names its payment belongs to no other.
"""

from __future__ import annotations

from collections.abc import Iterator

from node.reconciliation.group import Board, Link, LinkRule
from node.reconciliation.item import Record


def links(board: Board) -> Iterator[Link]:
    """For each payment the first item of a record that has not spoken exactly."""
    for key, items in board.free_by_key():
        group = board.groups.get(key)
        if group is None:
            continue
        wanted = [Record.CHAIN] + ([Record.BANK] if group.takes_bank else [])
        for side in wanted:
            if side not in group.slots:
                found = [each for each in items if each.side is side]
                yield from (Link(key, each) for each in found[:1])


RULE = LinkRule("reference_short", 20, links)
