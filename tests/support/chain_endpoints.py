"""An indexer over several HTTP endpoints of a scripted chain, each with faults of its own.

In: a database, a script, faults per endpoint. Out: what the indexer wrote, in the words of the
script. Used by tests of what the node does with endpoints that break or lie.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine

from node.chain.http_connection import Bounds
from node.chain.rpc import Rpc
from node.events.indexer import IndexerStage
from node.events.proof import Mode
from tests.support.chain_follower import Follower
from tests.support.chain_script import CHAIN_ID, ScriptedChain, catalog
from tests.support.clock import Clock
from tests.support.fault_proxy import Fault, Faults, served

BOUNDS = Bounds(seconds=1, connect_seconds=1)


@dataclass
class Endpoints(Follower):
    """A follower that asks over HTTP. It is one process: its stage is kept between runs."""

    behind: list[Faults] = field(default_factory=list)
    quorum: int = 1
    rpc: Rpc = field(init=False)
    _stage: IndexerStage | None = None

    def stage(self) -> IndexerStage:
        if self._stage is None:
            self._stage = IndexerStage(
                engine=self.engine,
                rpc=self.rpc,
                catalog=catalog(self.first_block),
                policy=self.policy,
                fence=self.fence,
                clock=Clock(),
                mode=Mode.FAST,
                backfill_from=self.backfill_from,
                quorum=self.quorum,
            )
        return self._stage


@contextmanager
def endpoints(
    engine: Engine,
    script: ScriptedChain,
    *faults: dict[str, Fault] | Faults,
    quorum: int = 1,
    backfill_from: int = 1000,
) -> Iterator[Endpoints]:
    """Serve an endpoint per fault table, or as given, and follow the chain through them."""
    behind = [each if isinstance(each, Faults) else Faults(script.answer, each) for each in faults]
    with ExitStack() as stack:
        made = Endpoints(engine, script, behind=behind, quorum=quorum, backfill_from=backfill_from)
        urls = [stack.enter_context(served(each)) for each in behind]
        made.rpc = Rpc(urls, chain_id=CHAIN_ID, bounds=BOUNDS)
        yield made


def straight(engine: Engine, script: ScriptedChain) -> Follower:
    """What an indexer writes that asks an honest endpoint without a network between."""
    follower = Follower(engine, script)
    follower.follow()
    return follower
