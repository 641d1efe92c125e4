"""Ranges shrink to what an endpoint bears, grow to what is worth asking, and lose no block."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.chain.ranges import (
    ANSWERS_BEFORE_RETRY,
    LOGS_AIM,
    SECONDS_MAX,
    SIZE_FIRST,
    RangeSizer,
    in_parts,
)
from node.chain.rpc_errors import RangeTooLarge


def blocks_of(numbers: range, *, bearable: int, says: bool, sizer: RangeSizer) -> list[int]:
    """The blocks of a range from an endpoint that bears so many at once, and maybe says so."""

    def ask(low: int, high: int) -> list[int]:
        if high - low + 1 > bearable:
            raise RangeTooLarge("too large", suggested=bearable if says else None)
        return list(range(low, high + 1))

    return in_parts(numbers, ask, sizer)


def test_a_single_block_that_is_refused_is_a_failure() -> None:
    with pytest.raises(RangeTooLarge):
        blocks_of(range(5, 9), bearable=0, says=False, sizer=RangeSizer())


@given(
    start=st.integers(0, 10**6), count=st.integers(1, 300), bearable=st.integers(1, 400),
    says=st.booleans(),
)  # fmt: skip
def test_the_parts_are_the_range(start: int, count: int, bearable: int, *, says: bool) -> None:
    numbers = range(start, start + count)
    sizer = RangeSizer()
    assert blocks_of(numbers, bearable=bearable, says=says, sizer=sizer) == list(numbers)
    assert sizer.size <= max(bearable, SIZE_FIRST)


def test_what_the_endpoint_suggests_is_taken_and_kept_to() -> None:
    sizer = RangeSizer(first=1000)
    assert sizer.refused(1000, 300) == 300
    assert sizer.size == 300
    sizer.answered(300, 0, 0.1)
    assert sizer.size == 300


@pytest.mark.parametrize("suggested", [None, 0, 1000, 5000])
def test_without_a_smaller_suggestion_the_range_is_halved(suggested: int | None) -> None:
    assert RangeSizer(first=1000).refused(1000, suggested) == 500


def test_a_ceiling_is_tried_again_after_many_answers() -> None:
    sizer = RangeSizer(first=1000)
    sizer.refused(1000, 10)
    for _ in range(ANSWERS_BEFORE_RETRY):
        sizer.answered(sizer.size, 0, 0.1)
    assert sizer.size == 20


def test_empty_blocks_make_the_range_grow_to_its_bound() -> None:
    sizer = RangeSizer(first=10, most=500)
    for _ in range(9):
        sizer.answered(sizer.size, 0, 0.1)
    assert sizer.size == 500


def test_full_blocks_keep_a_range_at_so_many_logs() -> None:
    sizer = RangeSizer(first=64)
    for _ in range(5):
        sizer.answered(sizer.size, 100 * sizer.size, 0.1)
    assert sizer.size == LOGS_AIM // 100


def test_a_slow_answer_halves() -> None:
    sizer = RangeSizer(first=64)
    sizer.answered(64, 0, SECONDS_MAX + 1)
    assert sizer.size == 32


def test_a_short_range_at_the_end_changes_nothing() -> None:
    sizer = RangeSizer(first=64)
    sizer.answered(2, 0, 0.1)
    assert sizer.size == 64
