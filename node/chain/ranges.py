"""How many blocks to ask for at once: as many as the endpoint bears and as we want to hold.

In: what became of each range that was asked for. Out: the size of the next one, in blocks.
Called by: events (backfill), from several threads.

A size that was refused is a ceiling for all that follow; the ceiling is tried again once many
ranges were answered, since what an endpoint bears depends on how full its blocks are.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, TypeVar

from node.chain.rpc_errors import RangeTooLarge

SIZE_FIRST: Final = 64
SIZE_MAX: Final = 5_000
LOGS_AIM: Final = 10_000  # a range of them is some 20 MB while it is read
SECONDS_MAX: Final = 5
GROWTH_MAX: Final = 4
ANSWERS_BEFORE_RETRY: Final = 64
Found = TypeVar("Found")


class RangeSizer:
    """The size of the next range; grows and shrinks with what the endpoint answers."""

    def __init__(self, *, first: int = SIZE_FIRST, most: int = SIZE_MAX) -> None:
        self._size = first
        self._most = most
        self._ceiling = most
        self._answers = 0
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Blocks to ask for at once."""
        return self._size

    def answered(self, blocks: int, logs: int, seconds: float) -> None:
        """A range was answered: go towards so many logs a range, and away from slow answers."""
        with self._lock:
            self._answers += 1
            if self._answers >= ANSWERS_BEFORE_RETRY:
                self._answers, self._ceiling = 0, min(2 * self._ceiling, self._most)
            wanted = min(LOGS_AIM * blocks // max(logs, 1), GROWTH_MAX * blocks)
            if seconds > SECONDS_MAX:
                wanted = min(wanted, blocks // 2)
            if blocks < self._size and wanted >= blocks:
                return  # a short range at the end of all says nothing about longer ones
            self._set(wanted)

    def refused(self, blocks: int, suggested: int | None) -> int:
        """A range was too large: the size to ask for instead, smaller than before."""
        half = max(blocks // 2, 1)
        fits = suggested if suggested and suggested < blocks else half
        with self._lock:
            self._answers, self._ceiling = 0, fits
            self._set(min(self._size, fits))
        return fits

    def _set(self, size: int) -> None:
        self._size = max(1, min(size, self._ceiling))


def in_parts(
    numbers: range, ask: Callable[[int, int], list[Found]], sizer: RangeSizer
) -> list[Found]:
    """What `ask` gives for some blocks, in as many parts as the endpoint wants, in their order.

    Raises `RangeTooLarge` when even a single block is refused.
    """
    try:
        return ask(numbers[0], numbers[-1])
    except RangeTooLarge as refused:
        if len(numbers) == 1:
            raise
        size = sizer.refused(len(numbers), refused.suggested)
        parts = (numbers[at : at + size] for at in range(0, len(numbers), size))
        return [each for part in parts for each in in_parts(part, ask, sizer)]
