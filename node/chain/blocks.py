"""What a new look at the chain says about the blocks we hold: extended, unchanged or forked.

In: the headers we hold, the chain's own. Out: the last common block, or a refusal. Pure.
Called by: the indexer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from node.core.errors import Retryable
from node.core.types import BlockRef


class ChainMoved(Retryable):
    """The chain changed while it was read; nothing was taken over."""

    code = "CHAIN_MOVED"
    title = "The chain moved while it was read"


def common_block(
    held: Sequence[BlockRef], theirs: Callable[[int], BlockRef | None]
) -> BlockRef | None:
    """The newest block of `held` (in rising order) that the chain has too; None when it has none.

    `theirs` gives the chain's block at a height, or None above its head.
    """
    for block in reversed(held):
        found = theirs(block.number)
        if found is not None and found.hash == block.hash:
            return block
    return None


def check_linked(before: BlockRef | None, blocks: Sequence[BlockRef]) -> None:
    """Raise `ChainMoved` unless each block names the one before it as its parent."""
    chain = [*([before] if before else []), *blocks]
    for parent, child in pairwise(chain):
        if child.parent_hash != parent.hash or child.number != parent.number + 1:
            raise ChainMoved(
                f"block {child.number} {child.hash} does not follow {parent.hash}",
                remedy="Nothing to do: the next look reads again.",
            )
