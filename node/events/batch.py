"""One range of final blocks with all its events, read from the chain.

In: the chain through `Rpc`, the catalog of our contracts, a range. Out: `Batch`. Called by:
backfill, from its threads. Touches no database.

Of final blocks only those with events are kept, and the last of each range, where the next one must
join; each event's block is compared by hash with the header that the chain has at its height.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from node.chain.blocks import check_linked
from node.chain.header import Header
from node.chain.ranges import RangeSizer, in_parts
from node.chain.rpc import Rpc
from node.chain.rpc_shapes import Json
from node.core.types import BlockRef
from node.events.catalog import Catalog
from node.events.event import NewEvent
from node.events.proof import Evidence
from node.events.reading import Reading


@dataclass(frozen=True, slots=True)
class Batch:
    """What a range of blocks holds. `first` is its lowest block; `blocks` are those to be kept."""

    numbers: range
    first: BlockRef
    blocks: tuple[BlockRef, ...]
    events: Sequence[NewEvent]


class BatchReader:
    """Reads ranges; safe to use from several threads."""

    def __init__(self, rpc: Rpc, catalog: Catalog, evidence: Evidence, sizer: RangeSizer) -> None:
        self._rpc = rpc
        self._catalog = catalog
        self._evidence = evidence
        self._sizer = sizer
        self._chain_id = rpc.chain_id()

    def read(self, numbers: range) -> Batch:
        """The events of some final blocks. Raises `ChainMoved`, `RpcLied`, what the RPC raises."""
        began = time.monotonic()
        headers, logs = self._proved(numbers) if self._evidence.is_proven else self._told(numbers)
        self._sizer.answered(len(numbers), len(logs), time.monotonic() - began)
        blocks = [each.ref for each in headers]
        events = Reading(self._chain_id, self._catalog, blocks).answer(logs)
        kept = {each.block_number for each in events} | {numbers[-1]}
        return Batch(
            numbers, blocks[0], tuple(each for each in blocks if each.number in kept), events
        )

    def _proved(self, numbers: range) -> tuple[list[Header], list[Json]]:
        headers = self._evidence.headers(numbers)
        check_linked(None, [each.ref for each in headers])
        return headers, self._evidence.logs(headers)

    def _told(self, numbers: range) -> tuple[list[Header], list[Json]]:
        """Logs as the endpoint finds them; of the blocks only those headers that they need."""
        logs = in_parts(numbers, self._logs, self._sizer)
        with_events = {int(each, 16) for each in {log["blockNumber"] for log in logs}}
        needed = sorted(with_events | {numbers[0], numbers[-1]})
        return self._evidence.headers(needed), logs

    def _logs(self, low: int, high: int) -> list[Json]:
        return self._rpc.raw_logs(low, high, self._catalog.addresses)
