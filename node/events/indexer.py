"""Follows the chain: headers and logs in, events and the steps of their standing out.

In: the chain through `Rpc`, the catalog of our contracts, the finality policy of the chain.
Out: blocks, events, changes and cursors, in one unit of work behind a fence. Called by: pipeline.

What was read is one chain, checked by look.py before anything is written. A reorg flips blocks and
retracts their events, newest first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from node.chain import store as blocks_store
from node.chain.finality import FinalityPolicy
from node.chain.rpc import Rpc
from node.core.clock import Clock
from node.db.cursors import move_cursor, read_cursor
from node.db.unit_of_work import read_only, unit_of_work
from node.events import store
from node.events.catalog import Catalog
from node.events.event import Change
from node.events.look import DeepReorg, Look, Looker

__all__ = ["CONFIRMED", "FINAL", "INDEXED", "DeepReorg", "IndexerStage"]

TAIL_BLOCKS: Final = 256

INDEXED: Final = "events.indexer"
CONFIRMED: Final = "events.confirmed"
FINAL: Final = "events.final"


class IndexerStage:
    """The stage `events.indexer`."""

    name = INDEXED

    def __init__(
        self,
        *,
        engine: Engine,
        rpc: Rpc,
        catalog: Catalog,
        policy: FinalityPolicy,
        fence: Callable[[Session], None],
        clock: Clock,
    ) -> None:
        self._engine = engine
        self._looker = Looker(rpc, catalog, policy)
        self._fence = fence
        self._clock = clock
        self._chain_id = rpc.chain_id()

    def run_once(self) -> int:
        """Read the next blocks and write what they say; zero when the chain has nothing new."""
        look = self._look()
        with unit_of_work(self._engine) as session:
            self._fence(session)
            return self._write(session, look)

    def _look(self) -> Look:
        head = self._looker.head()
        with read_only(self._engine) as session:
            held = blocks_store.canonical_tail(session, self._chain_id, TAIL_BLOCKS)
            ours = blocks_store.canonical_up_to(session, self._chain_id, head.number)
        return self._looker.look(head, held, ours)

    def _write(self, session: Session, look: Look) -> int:
        handled = self._retract(session, look) if look.forked else 0
        handled += self._extend(session, look)
        handled += self._advance(session, CONFIRMED, Change.CONFIRMED, look.heights.confirmed)
        handled += self._advance(session, FINAL, Change.FINAL, look.heights.final)
        return handled

    def _retract(self, session: Session, look: Look) -> int:
        final = read_cursor(session, FINAL, -1)
        if look.common < final:
            raise DeepReorg(
                f"chain {self._chain_id} left our blocks after {look.common}; {final} was final"
            )
        above = range(look.common + 1, read_cursor(session, INDEXED, -1) + 1)
        taken_back = self._tell(session, above, Change.RETRACTED)
        blocks_store.drop_above(session, self._chain_id, look.common)
        if read_cursor(session, CONFIRMED, -1) > look.common:
            move_cursor(session, CONFIRMED, look.common)
        move_cursor(session, INDEXED, look.common)
        return 1 + taken_back

    def _extend(self, session: Session, look: Look) -> int:
        if not look.blocks:
            return 0
        returned = blocks_store.put_canonical(session, self._chain_id, look.blocks)
        store.insert_events(session, [it for it in look.events if it.block_hash not in returned])
        self._tell(session, range(look.common + 1, look.indexed + 1), Change.SEEN)
        move_cursor(session, INDEXED, look.indexed)
        return len(look.blocks)

    def _advance(self, session: Session, cursor: str, change: Change, height: int) -> int:
        """Tell a step of every event up to a height, as far as blocks are held."""
        told = read_cursor(session, cursor, -1)
        reach = min(height, read_cursor(session, INDEXED, -1))
        if reach <= told:
            return 0
        move_cursor(session, cursor, reach)
        return 1 + self._tell(session, range(told + 1, reach + 1), change)

    def _tell(self, session: Session, heights: range, change: Change) -> int:
        return store.tell(session, self._chain_id, heights, change, self._clock.now())
