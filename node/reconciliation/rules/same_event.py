"""An entry that cites a chain event: the two speak of one movement, with or without a reference.

In: the board. Out: links. Found by the grouping through `RULE`. Goes first: a citation is stronger
than a reference, which anybody may use again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from node.reconciliation.group import Board, Link, LinkRule
from node.reconciliation.item import Item, Record


def links(board: Board) -> Iterator[Link]:
    """Each event with the entry that answers it."""
    answers: dict[str, list[Item]] = defaultdict(list)
    for entry in board.free(Record.BOOKS):
        answers[entry.evidence["event"]].append(entry)
    for event in board.free(Record.CHAIN):
        entries = answers.pop(event.evidence["event"], [])
        yield from (Link(event.key, each) for each in ([event, *entries] if entries else []))


RULE = LinkRule("same_event", 5, links)
