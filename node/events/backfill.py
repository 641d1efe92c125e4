"""Final blocks far behind the head, many at once: fetched ahead by a few threads, given in order.

In: the chain through `Rpc`, where the indexer stands. Out: `Batch`es, each the next range of
blocks with all its events. Called by: the indexer, which writes a batch in one unit of work.

What is final does not move, so a range that was read ahead stays good while the batches before it
are written; whoever stands elsewhere than expected makes it begin anew.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from node.chain.blocks import ChainMoved
from node.chain.ranges import RangeSizer
from node.core.types import BlockRef
from node.events.batch import Batch

THREADS: Final = 2
ALLOCATIONS_PER_COLLECTION: Final = 200_000
AHEAD: Final = 3  # ranges, of some 10,000 logs each: this bounds the memory


class Backfill:
    """Reads ahead of the indexer."""

    def __init__(
        self, read: Callable[[range], Batch], sizer: RangeSizer, *, threads: int = THREADS
    ) -> None:
        self._read = read
        self._sizer = sizer
        self._threads = threads
        self._pool: ThreadPoolExecutor | None = None
        self._thresholds = gc.get_threshold()
        self._ahead: deque[tuple[range, Future[Batch]]] = deque()

    @property
    def is_running(self) -> bool:
        """Whether the end was not reached yet when the last batch was given."""
        return self._pool is not None

    def batch(self, behind: BlockRef | None, start: int, end: int) -> Batch:
        """The blocks from `start` on, not beyond `end`; they follow `behind`, if that is known.

        Raises what reading them raised, `ChainMoved` when they do not follow.
        """
        if self._ahead and self._ahead[0][0].start != start:
            self.forget()
        try:
            return self._next(behind, start, end)
        except BaseException:
            self.forget()
            raise

    def forget(self) -> None:
        """Let go of all that was read ahead, and of the threads."""
        for _, coming in self._ahead:
            coming.cancel()
        self._ahead.clear()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None
            gc.set_threshold(*self._thresholds)

    def _next(self, behind: BlockRef | None, start: int, end: int) -> Batch:
        self._fetch(start, end)
        _, coming = self._ahead.popleft()
        batch = coming.result()
        if behind is not None and batch.first.parent_hash != behind.hash:
            raise ChainMoved(f"block {start} does not follow {behind.hash}")
        if batch.numbers[-1] < end:
            self._fetch(batch.numbers.stop, end)
        else:
            self.forget()
        return batch

    def _fetch(self, start: int, end: int) -> None:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="backfill")
            # Logs hold no cycles, and looking for some among them costs as much as reading them.
            gc.set_threshold(ALLOCATIONS_PER_COLLECTION, *self._thresholds[1:])
        low = self._ahead[-1][0].stop if self._ahead else start
        while len(self._ahead) < AHEAD and low <= end:
            numbers = range(low, min(low + self._sizer.size, end + 1))
            self._ahead.append((numbers, self._pool.submit(self._read, numbers)))
            low = numbers.stop
