"""Headers that are held against those the chain has: linked, common, or moved."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from node.chain.blocks import ChainMoved, check_linked, common_block
from node.core.types import BlockNumber, BlockRef, Hash32


def branch(*names: str, start: int = 1, before: str = "genesis") -> list[BlockRef]:
    """Blocks that follow each other, their hashes named."""
    parents = [before, *names]
    return [
        BlockRef(BlockNumber(start + at), Hash32(name), Hash32(parents[at]), 1000 + at)
        for at, name in enumerate(names)
    ]


def common(held: Sequence[BlockRef], theirs: Sequence[BlockRef]) -> str | None:
    by_number = {each.number: each for each in theirs}
    found = common_block(held, lambda number: by_number.get(BlockNumber(number)))
    return None if found is None else found.hash


A_B_C = branch("a", "b", "c")


def test_nothing_held_has_nothing_in_common() -> None:
    assert common([], A_B_C) is None


def test_no_block_in_common() -> None:
    assert common(A_B_C, branch("x", "y", "z")) is None


@pytest.mark.parametrize(
    ("theirs", "newest"),
    [
        (A_B_C, "c"),
        (branch("a", "b", "c", "d"), "c"),
        (branch("a", "b"), "b"),
        (branch("a", "b", "z"), "b"),
        (branch("a", "y", "z", "w"), "a"),
    ],
)
def test_the_newest_common_block(theirs: list[BlockRef], newest: str) -> None:
    assert common(A_B_C, theirs) == newest


@pytest.mark.parametrize(
    "blocks",
    [
        [*branch("a"), *branch("c", start=2, before="b")],
        [*branch("a"), *branch("b", start=3, before="a")],
        [*branch("b", start=2, before="a"), *branch("a")],
        [*branch("a"), *branch("a")],
    ],
    ids=["parent", "gap", "order", "twice"],
)
def test_blocks_that_do_not_follow_each_other(blocks: list[BlockRef]) -> None:
    with pytest.raises(ChainMoved) as refused:
        check_linked(None, blocks)
    assert refused.value.retryable
    assert refused.value.code == "CHAIN_MOVED"


def test_blocks_that_do_not_follow_what_is_held() -> None:
    with pytest.raises(ChainMoved, match="does not follow a"):
        check_linked(A_B_C[0], branch("z", start=2, before="y"))


def test_linked_blocks_pass() -> None:
    check_linked(None, [])
    check_linked(A_B_C[0], [])
    check_linked(None, A_B_C)
    check_linked(A_B_C[0], A_B_C[1:])
