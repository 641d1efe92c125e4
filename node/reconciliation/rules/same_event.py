"""An entry that cites a chain event: the two speak of one movement, with or without a reference.

In: the board. Out: links. Found by the grouping through `RULE`. Goes first: a citation is stronger
than a reference, which anybody may use again.
"""

from __future__ import annotations

from collections.abc import Iterator

from node.reconciliation.group import Board, Link, LinkRule
from node.reconciliation.item import Record


def links(board: Board) -> Iterator[Link]:
    """Each event with the entry that answers it."""
    events = {each.evidence["event"]: each for each in board.free(Record.CHAIN)}
    for entry in board.free(Record.BOOKS):
        event = events.get(entry.evidence["event"])
        if event is not None:
            yield Link(event.key, event)
            yield Link(event.key, entry)


RULE = LinkRule("same_event", 5, links)
