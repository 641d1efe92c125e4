"""Follows the chain: headers and logs in, events and the steps of their standing out.

In: the chain through `Rpc`, the catalog of our contracts, the finality policy of the chain.
Out: blocks, events, changes and cursors, in one unit of work behind a fence. Called by: pipeline.

What was read is one chain, checked by look.py before anything is written. A reorg flips blocks and
retracts their events, newest first. Where many blocks are final that were never read, backfill.py
reads them in large ranges, and their events are told once, as final: see docs/decisions/0007.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from node.chain import store as blocks_store
from node.chain.agreement import Agreement
from node.chain.blocks import ChainMoved
from node.chain.finality import FinalityPolicy
from node.chain.ranges import RangeSizer
from node.chain.rpc import Rpc
from node.core.clock import Clock
from node.core.types import BlockRef
from node.db.cursors import move_cursor, read_cursor
from node.db.unit_of_work import read_only, unit_of_work
from node.events import store
from node.events.backfill import Backfill
from node.events.batch import BatchReader
from node.events.catalog import Catalog
from node.events.event import Change, NewEvent
from node.events.look import DeepReorg, Look, Looker, Standing
from node.events.proof import Evidence, Mode
from node.events.quorum import Quorum

__all__ = ["CONFIRMED", "FINAL", "INDEXED", "DeepReorg", "IndexerStage"]

TAIL_BLOCKS: Final = 256
BACKFILL_FROM: Final = 1_000  # so many final blocks unread: less is read as it stands

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
        mode: Mode = Mode.PROVEN,
        backfill_from: int = BACKFILL_FROM,
        quorum: int = 1,
    ) -> None:
        sizer, evidence = RangeSizer(), Evidence(rpc, catalog, mode)
        self._engine = engine
        self._looker = Looker(
            rpc=rpc, catalog=catalog, policy=policy, evidence=evidence, sizer=sizer
        )
        self._backfill = Backfill(BatchReader(rpc, catalog, evidence, sizer).read, sizer)
        self._backfill_from = backfill_from
        self._fence = fence
        self._clock = clock
        self._chain_id = rpc.chain_id()
        self._quorum = Quorum(engine, Agreement(rpc, quorum), catalog, self._chain_id)

    def run_once(self) -> int:
        """Read the next blocks and write what they say; zero when the chain has nothing new."""
        head = self._looker.head()
        with read_only(self._engine) as session:
            held = blocks_store.canonical_tail(session, self._chain_id, TAIL_BLOCKS)
            ours = blocks_store.canonical_up_to(session, self._chain_id, head.number)
        standing = self._looker.standing(head, held, ours)
        final = self._quorum.heights(standing.heights, standing.common, FINAL).final
        if standing.final_ahead >= (1 if self._backfill.is_running else self._backfill_from):
            return self._fill(standing, final)
        self._backfill.forget()
        look = self._looker.look(head, standing)
        with unit_of_work(self._engine) as session:
            self._fence(session)
            return self._follow(session, look, final)

    def _fill(self, standing: Standing, final: int) -> int:
        start, end = standing.common + 1, standing.heights.final
        batch = self._backfill.batch(standing.block, start, end)
        self._quorum.batch(batch)
        with unit_of_work(self._engine) as session:
            self._fence(session)
            if read_cursor(session, INDEXED, standing.common) != standing.common:
                raise ChainMoved(f"block {start} was written by another process")
            handled = self._stand(session, standing, final)
            self._keep(session, batch.blocks, batch.events)
            self._tell(session, batch.numbers, Change.FINAL)
            for cursor in (INDEXED, CONFIRMED, FINAL):
                move_cursor(session, cursor, batch.numbers[-1])
            return handled + len(batch.numbers)

    def _follow(self, session: Session, look: Look, final: int) -> int:
        handled = self._retract(session, look.standing) if look.standing.forked else 0
        handled += self._extend(session, look)
        return handled + self._stand(session, look.standing, final)

    def _stand(self, session: Session, standing: Standing, final: int) -> int:
        """Tell what became confirmed and final of the blocks that are held."""
        confirmed = standing.heights.confirmed
        handled = self._advance(session, CONFIRMED, Change.CONFIRMED, confirmed)
        return handled + self._advance(session, FINAL, Change.FINAL, final)

    def _retract(self, session: Session, standing: Standing) -> int:
        final = read_cursor(session, FINAL, -1)
        if standing.common < final:
            raise DeepReorg(
                f"chain {self._chain_id} left our blocks after {standing.common}; {final} was final"
            )
        above = range(standing.common + 1, read_cursor(session, INDEXED, -1) + 1)
        taken_back = self._tell(session, above, Change.RETRACTED)
        blocks_store.drop_above(session, self._chain_id, standing.common)
        if read_cursor(session, CONFIRMED, -1) > standing.common:
            move_cursor(session, CONFIRMED, standing.common)
        move_cursor(session, INDEXED, standing.common)
        return 1 + taken_back

    def _extend(self, session: Session, look: Look) -> int:
        if not look.blocks:
            return 0
        self._keep(session, look.blocks, look.events)
        self._tell(session, range(look.standing.common + 1, look.indexed + 1), Change.SEEN)
        move_cursor(session, INDEXED, look.indexed)
        return len(look.blocks)

    def _keep(
        self, session: Session, blocks: Sequence[BlockRef], events: Sequence[NewEvent]
    ) -> None:
        """Keep blocks and events; of a block that returns the events are held already."""
        held = blocks_store.put_canonical(session, self._chain_id, blocks)
        store.insert_events(session, [each for each in events if each.block_hash not in held])

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
