"""An indexer over a scripted chain, and what it has written, in the words of the script.

In: a database, a `ScriptedChain`. Out: steps and standings by transaction name. Used by tests of
the indexer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, select

from node.chain.finality import FinalityPolicy
from node.chain.tables import BlockRow
from node.db.cursors import all_cursors
from node.db.unit_of_work import read_only
from node.events import store
from node.events.event import EventChange
from node.events.indexer import BACKFILL_FROM, IndexerStage
from node.events.proof import Mode
from node.events.tables import EventRow
from tests.support.chain_script import CHAIN_ID, ScriptedChain, catalog, hash_of
from tests.support.clock import Clock
from tests.support.fault_proxy import Faults

POLICY = FinalityPolicy(confirmations=1, final_depth=3, tag=None)

# Names that scripts give to transactions.
NAMES = {
    hash_of("transaction", prefix + letter): prefix + letter
    for prefix in ("", "two:", "odd:")
    for letter in ascii_lowercase
}


def unfenced(_session: Session) -> None:
    """Nobody else leads."""


@dataclass
class Follower:
    """An indexer, and the script that it follows."""

    engine: Engine
    chain: ScriptedChain = field(default_factory=ScriptedChain)
    policy: FinalityPolicy = POLICY
    first_block: int = 1
    backfill_from: int = BACKFILL_FROM
    fence: Callable[[Session], None] = unfenced
    faults: Faults = field(init=False)

    def __post_init__(self) -> None:
        self.faults = self.chain.faults()

    def stage(self) -> IndexerStage:
        """An indexer as after a restart."""
        return IndexerStage(
            engine=self.engine,
            rpc=self.faults.rpc(CHAIN_ID),
            catalog=catalog(self.first_block),
            policy=self.policy,
            fence=self.fence,
            clock=Clock(),
            mode=Mode.FAST,
            backfill_from=self.backfill_from,
        )

    def follow(self) -> None:
        """Run until the chain has nothing new."""
        stage = self.stage()
        for _ in range(1000):
            if stage.run_once() == 0:
                return
        raise AssertionError("the indexer never comes to rest")

    def changes(self) -> list[EventChange]:
        """Every step ever told."""
        with read_only(self.engine) as session:
            return store.changes(session, after=0, limit=100_000)

    def told(self, *names: str) -> list[str]:
        """Every step of these transactions (of all, where none is named), as `SEEN a`."""
        steps = [(each.change, NAMES[each.event.key.tx_hash]) for each in self.changes()]
        return [f"{change} {name}" for change, name in steps if not names or name in names]

    def standing(self) -> dict[tuple[str, int], str]:
        """The last step of each canonical event, by block hash and place."""
        last = {each.event.id: each for each in self.changes()}
        return {
            (each.event.key.block_hash, each.event.key.log_index): each.change.value
            for each in last.values()
            if each.event.canonical
        }

    def rows(self) -> tuple[Any, ...]:
        """Everything that is written, to be compared with what another run wrote."""
        told = [(each.change, each.event.key) for each in self.changes()]
        with read_only(self.engine) as session:
            blocks = session.exec(select(BlockRow)).all()
            events = session.exec(select(EventRow)).all()
            return (
                sorted((each.number, each.hash, each.canonical) for each in blocks),
                sorted((each.block_hash, each.log_index, str(each.args)) for each in events),
                told,
                all_cursors(session),
            )

    def cursors(self) -> dict[str, int]:
        """How far each step was told."""
        with read_only(self.engine) as session:
            return all_cursors(session)
