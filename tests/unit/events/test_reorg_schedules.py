"""Any order of blocks, forks, returns, failures and restarts ends as a straight chain does."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, note
from hypothesis import strategies as st

from node.chain.blocks import ChainMoved
from node.chain.rpc import RpcUnavailable
from node.db.engine import open_engine
from tests.support.chain_follower import NAMES, POLICY, Follower
from tests.support.chain_script import Block, ScriptedChain
from tests.support.fault_proxy import refusal

FINAL_DEPTH = POLICY.final_depth or 0
LETTERS = sorted(set(NAMES.values()))


@dataclass(frozen=True)
class Mine:
    """More blocks, each with so many of the transactions that wait."""

    sizes: tuple[int, ...]


@dataclass(frozen=True)
class Fork:
    """Drop blocks and mine others; what was dropped is mined again first, or last."""

    depth: int
    sizes: tuple[int, ...]
    again: bool


@dataclass(frozen=True)
class Return:
    """The branch that was dropped last comes back, with one more block."""


@dataclass(frozen=True)
class Look:
    """The indexer runs so often, maybe newly started, maybe while its endpoint fails."""

    times: int = 1
    restart: bool = False
    failing: str = ""


SIZES = st.lists(st.sampled_from([1, 0, 2]), min_size=1, max_size=4).map(tuple)
CHANGES = st.one_of(
    st.builds(Mine, SIZES),
    st.builds(Fork, st.integers(1, FINAL_DEPTH), SIZES, st.booleans()),
    st.builds(Return),
)
METHODS = st.sampled_from(["", "", "", "eth_getLogs", "eth_getBlockByNumber"])
LOOKS = st.builds(Look, st.integers(0, 2), st.booleans(), METHODS)
ROUNDS = st.lists(st.tuples(CHANGES, LOOKS), max_size=12)


class Schedule:
    """A script played on a chain, and never deeper than what the follower may call final."""

    def __init__(self, follower: Follower) -> None:
        self.follower = follower
        self.chain = follower.chain
        self.stage = follower.stage()
        self.waiting = list(LETTERS)
        self.dropped: list[Block] = []
        self.forks = 0

    def play(self, step: Mine | Fork | Return | Look) -> None:
        """One step of the script."""
        match step:
            case Mine(sizes):
                for size in sizes:
                    self._mine(size)
            case Fork():
                self._fork(step)
            case Return():
                self._return()
            case Look():
                self._look(step)

    def outgrow(self) -> None:
        """Mine until the chain calls final by itself what the follower has called final.

        What was final stays final, even where a fork leaves the chain shorter than it was.
        """
        self.chain.mine(salt="last")
        while self.chain.head.number - FINAL_DEPTH < self._final():
            self.chain.mine(salt="last")

    def _mine(self, size: int, salt: str = "") -> None:
        names, self.waiting = self.waiting[:size], self.waiting[size:]
        self.chain.mine(*names, salt=salt)

    def _fork(self, step: Fork) -> None:
        depth = min(step.depth, self.chain.head.number - self._final())
        if depth < 1:
            return
        self.forks += 1
        self.dropped = self.chain.reorg(depth)
        again = [name for block in reversed(self.dropped) for name in block.names]
        self.waiting = again + self.waiting if step.again else self.waiting + again
        for size in step.sizes:
            self._mine(size, salt=f"fork {self.forks}")

    def _return(self) -> None:
        if not self.dropped or self.dropped[0].parent not in {b.hash for b in self.chain.branch}:
            return
        start = self.dropped[0].number
        if start <= self._final():
            return
        now = self.chain.branch[start:]
        self.chain.restore(self.dropped)
        known = [name for block in self.chain.branch for name in block.names]
        self.waiting = [name for name in LETTERS if name not in known]
        self.dropped = now
        self.chain.mine(salt="after the return")

    def _look(self, step: Look) -> None:
        if step.restart:
            self.stage = self.follower.stage()
        if step.failing:
            self.follower.faults.faults[step.failing] = refusal(-32603, "internal error")
        for _ in range(step.times):
            try:
                self.stage.run_once()
            except (RpcUnavailable, ChainMoved):
                continue
        self.follower.faults.faults.clear()

    def _final(self) -> int:
        """The height that the follower has called final: no script goes below it."""
        return self.follower.cursors().get("events.final", 0)


@contextmanager
def database(template: Path) -> Iterator[Follower]:
    """A follower over a fresh copy of the empty database."""
    with tempfile.TemporaryDirectory() as folder:
        path = shutil.copy(template, Path(folder) / "concord.db")
        engine = open_engine(f"sqlite:///{path}")
        yield Follower(engine, ScriptedChain())
        engine.dispose()


@pytest.mark.verify
@given(script=ROUNDS)
@example(
    script=[
        (Mine((1, 1, 1, 1)), Look(times=1, restart=False, failing="")),
        (Fork(depth=3, sizes=(1,), again=False), Look(times=0, restart=False, failing="")),
    ]
)
def test_any_schedule_ends_as_a_straight_chain(
    sqlite_template: Path, script: list[tuple[Mine | Fork | Return, Look]]
) -> None:
    with database(sqlite_template) as follower, database(sqlite_template) as straight:
        schedule = Schedule(follower)
        for change, look in script:
            schedule.play(change)
            schedule.play(look)
        schedule.outgrow()
        follower.follow()
        straight.chain.branch = list(follower.chain.branch)
        straight.faults = straight.chain.faults()
        straight.follow()
        note(str(follower.told()))
        assert follower.standing() == straight.standing()
        assert follower.cursors() == straight.cursors()
        check_history(follower)


def check_history(follower: Follower) -> None:
    """Each event's steps follow from each other, and what left the chain was taken back last."""
    legal = {
        ("", "SEEN"),
        ("SEEN", "CONFIRMED"),
        ("CONFIRMED", "FINAL"),
        ("SEEN", "RETRACTED"),
        ("CONFIRMED", "RETRACTED"),
        ("RETRACTED", "SEEN"),
    }
    histories: dict[int, list[str]] = {}
    canonical: dict[int, bool] = {}
    for each in follower.changes():
        histories.setdefault(each.event.id, [""]).append(each.change)
        canonical[each.event.id] = each.event.canonical
    for event_id, steps in histories.items():
        assert set(pairwise(steps)) <= legal
        assert (steps[-1] == "RETRACTED") is not canonical[event_id]
