"""Lets nothing become final before as many endpoints see it as the quorum asks for.

In: what we hold or are about to write, the chain through `Agreement`. Out: how far it is agreed, or
an error. Called by: the indexer, before it writes; reads the database, never writes it.

With a quorum of one nobody is asked: what is held came from one endpoint, proved as far as the mode
goes. A whole forged chain proves itself, so it takes a second endpoint to be found out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import orjson
from sqlalchemy import Engine
from sqlmodel import Session

from node.chain import store as blocks_store
from node.chain.agreement import Agreement
from node.chain.finality import Heights
from node.chain.log_view import LogLine, View, view
from node.core.types import ChainId
from node.db.cursors import read_cursor
from node.db.unit_of_work import read_only
from node.events import store
from node.events.batch import Batch
from node.events.catalog import Catalog
from node.events.event import NewEvent

BLOCKS_PER_CHECK: Final = 1_000


class Quorum:
    """Compares what we hold with what the endpoints see."""

    def __init__(
        self, engine: Engine, agreement: Agreement, catalog: Catalog, chain_id: ChainId
    ) -> None:
        self._engine = engine
        self._agreement = agreement
        self._catalog = catalog
        self._chain_id = chain_id

    def heights(self, heights: Heights, common: int, cursor: str) -> Heights:
        """The heights, with `final` no higher than what is held and agreed.

        `common` is the newest of our blocks that is on the chain; up to `cursor` all is final
        already. Raises `QuorumMissing`, `EndpointsDiffer`, `EndpointsDisagree`.
        """
        if not self._agreement.is_asked_for:
            return heights
        with read_only(self._engine) as session:
            told = max(read_cursor(session, cursor, -1), self._catalog.first_block - 1)
            reach = min(heights.final, common, told + BLOCKS_PER_CHECK)
            found = held_view(session, self._chain_id, range(told + 1, reach + 1))
        if found is None:
            return replace(heights, final=min(heights.final, told))
        numbers, ours = found
        self._agreement.check(numbers, self._catalog.addresses, ours)
        return replace(heights, final=numbers[-1])

    def batch(self, batch: Batch) -> None:
        """Check what was read of final blocks, before it is written. Raises the same."""
        if self._agreement.is_asked_for:
            ours = view(batch.blocks[-1].hash, _lines(batch.events))
            self._agreement.check(batch.numbers, self._catalog.addresses, ours)


def held_view(session: Session, chain_id: ChainId, numbers: range) -> tuple[range, View] | None:
    """The range up to the newest block of it that we hold, as we hold it; None if we hold none."""
    last = blocks_store.canonical_up_to(session, chain_id, numbers.stop - 1)
    if last is None or last.number < numbers.start:
        return None
    part = range(numbers.start, last.number + 1)
    return part, view(last.hash, store.log_lines(session, chain_id, part))


def _lines(events: Sequence[NewEvent]) -> list[LogLine]:
    return [
        (
            each.block_number,
            each.log_index,
            each.block_hash,
            each.tx_hash,
            each.address,
            ",".join(orjson.loads(each.topics)),
            each.data,
        )
        for each in events
    ]
