"""Follows the chain: headers and logs in, events and the steps of their standing out.

In: the chain through `Rpc`, the catalog of our contracts, the finality policy of the chain.
Out: blocks, events, changes and cursors, in one unit of work behind a fence. Called by: pipeline.

What was read is one chain, checked by look.py before anything is written. A reorg flips blocks and
retracts their events, newest first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from node.chain import store as blocks_store
from node.chain.blocks import ChainMoved
from node.chain.finality import FinalityPolicy
from node.chain.rpc import Log, Rpc
from node.core.clock import Clock
from node.core.ids import wallet_key
from node.core.types import BlockRef, EventKey, Hash32
from node.db.cursors import move_cursor, read_cursor
from node.db.unit_of_work import read_only, unit_of_work
from node.events import store
from node.events.catalog import Catalog, uetr_in
from node.events.event import ChainEvent, Change
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
        self._catalog = catalog
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
            ours = blocks_store.canonical_at(session, self._chain_id, head.number)
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
        taken_back = store.events_above(session, self._chain_id, look.common)
        store.insert_changes(session, taken_back, Change.RETRACTED, self._clock.now())
        blocks_store.drop_above(session, self._chain_id, look.common)
        if read_cursor(session, CONFIRMED, -1) > look.common:
            move_cursor(session, CONFIRMED, look.common)
        move_cursor(session, INDEXED, look.common)
        return 1 + len(taken_back)

    def _extend(self, session: Session, look: Look) -> int:
        if not look.blocks:
            return 0
        returned = blocks_store.put_canonical(session, self._chain_id, look.blocks)
        by_block: dict[Hash32, list[Log]] = defaultdict(list)
        for log in look.logs:
            by_block[log.block_hash].append(log)
        for block in look.blocks:
            if block.hash in returned:
                seen = store.events_of_blocks(session, self._chain_id, [block.hash])
            else:
                seen = [self._insert(session, block, log) for log in by_block[block.hash]]
            store.insert_changes(session, seen, Change.SEEN, self._clock.now())
        move_cursor(session, INDEXED, look.indexed)
        return len(look.blocks)

    def _insert(self, session: Session, block: BlockRef, log: Log) -> ChainEvent:
        contract = self._catalog.contract(log.address)
        if contract is None:
            raise ChainMoved(f"the RPC gave a log of {log.address}, which was not asked for")
        name, args = self._catalog.decode(log)
        new = ChainEvent(
            id=0,
            key=EventKey(self._chain_id, log.block_hash, log.tx_hash, log.log_index),
            block_number=block.number,
            block_timestamp=block.timestamp,
            address=wallet_key(log.address),
            contract=contract.contract,
            label=contract.label,
            currency=contract.currency,
            name=name,
            args=args,
            uetr=uetr_in(args),
            ref=str(args.get("ref", "")),
            canonical=True,
        )
        return store.insert_event(session, new, topics=log.topics, data=log.data)

    def _advance(self, session: Session, cursor: str, change: Change, height: int) -> int:
        """Tell a step of every event up to a height, as far as blocks are held."""
        told = read_cursor(session, cursor, -1)
        reach = min(height, read_cursor(session, INDEXED, -1))
        if reach <= told:
            return 0
        events = store.events_within(session, self._chain_id, told, reach)
        move_cursor(session, cursor, reach)
        return 1 + store.insert_changes(session, events, change, self._clock.now())
