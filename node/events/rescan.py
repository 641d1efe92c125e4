"""Reads the newest final blocks once more every now and then, and compares them with what is held.

In: what we hold, every endpoint through `Rpc`. Out: nothing, or an error that names the block.
Called by: pipeline. Writes nothing: a difference is for a person to resolve.

It finds what agreement at the time could not: rows that were changed or lost in our own database,
an endpoint that was wrong then and has been mended since, a reorg deeper than final.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import structlog
from sqlalchemy import Engine

from node.chain.agreement import TRIES, EndpointsDiffer, QuorumMissing
from node.chain.log_view import View
from node.chain.rpc import Rpc
from node.core.errors import Fatal
from node.db.cursors import read_cursor
from node.db.unit_of_work import read_only
from node.events.catalog import Catalog
from node.events.indexer import FINAL
from node.events.quorum import held_view

RESCAN: Final = "events.rescan"
_log = structlog.get_logger(__name__)


class FinalBlockDiffers(Fatal):
    """A final block is not on the chain as we hold it, whoever is asked."""

    code = "FINAL_BLOCK_DIFFERS"
    title = "Final block differs from the chain"


class RescanStage:
    """The stage `events.rescan`; `blocks` 0 turns it off."""

    name = RESCAN

    def __init__(
        self,
        *,
        engine: Engine,
        rpc: Rpc,
        catalog: Catalog,
        blocks: int,
        seconds: int,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._rpc = rpc
        self._catalog = catalog
        self._blocks = blocks
        self._seconds = seconds
        self._monotonic = monotonic
        self._due = monotonic() + seconds
        self._differed = 0
        self._chain_id = rpc.chain_id()

    def run_once(self) -> int:
        """Compare, when it is time; always zero, for nothing follows from it.

        Raises `QuorumMissing`, `EndpointsDiffer`, and `FinalBlockDiffers` after some of those.
        """
        if self._blocks and self._monotonic() >= self._due:
            self._compare()
            self._due = self._monotonic() + self._seconds
        return 0

    def _compare(self) -> None:
        with read_only(self._engine) as session:
            final = read_cursor(session, FINAL, -1)
            low = max(final - self._blocks + 1, self._catalog.first_block)
            held = held_view(session, self._chain_id, range(low, final + 1))
        if held is None:
            return
        numbers, ours = held
        if self._agrees(numbers, ours):
            self._differed = 0
            return
        self._differed += 1
        if self._differed < TRIES:
            raise EndpointsDiffer(f"no endpoint sees blocks {low} to {final} as we hold them")
        raise self._named(numbers)

    def _agrees(self, numbers: range, ours: View) -> bool:
        """Whether anyone sees what we hold. Raises `QuorumMissing` where nobody answers."""
        theirs = self._rpc.views(numbers, self._catalog.addresses)
        if not theirs:
            raise QuorumMissing(f"no endpoint answers for blocks {numbers[0]} to {numbers[-1]}")
        for name, seen in theirs:
            if seen != ours:
                _log.error("endpoint differs", endpoint=name, block=numbers[-1], sees=str(seen))
        return any(seen == ours for _, seen in theirs)

    def _named(self, numbers: range) -> FinalBlockDiffers:
        low, high = numbers[0], numbers[-1]
        while low < high:
            middle = (low + high) // 2
            with read_only(self._engine) as session:
                held = held_view(session, self._chain_id, range(low, middle + 1))
            if held is not None and self._agrees(*held):
                low = held[0][-1] + 1
            elif held is None:
                break  # blocks without events that are not held: it is among them
            else:
                high = middle
        return FinalBlockDiffers(
            f"block {high} is final and not on the chain as we hold it (compared from {low})",
            remedy="Compare the block with a node of your own. If our rows are wrong, restore the"
            " database; if every endpoint is wrong, correct CONCORD_RPC_URLS. Lift the halt then.",
        )
