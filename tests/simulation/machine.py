"""What may happen to a node, in any order: hypothesis makes runs of it.

In: a database file per run, steps that are drawn. Out: a tally of what was reached; an
AssertionError where a truth is broken after a step, or where the node, left in peace at the end,
does not come to rest in one state with the chain. Used by test_simulation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import ClassVar, Final

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from node.db.engine import open_engine
from tests.simulation.living import FAULTS
from tests.simulation.world import Simulated

METHODS: Final = (
    *("eth_getBlockByNumber", "eth_getLogs", "eth_getTransactionReceipt"),
    *("eth_sendRawTransaction", "eth_estimateGas", "eth_getTransactionCount"),
)
KINDS: Final = ("same", "reordered", "vanished", "delayed", "duplicated")
# How deep a chain's reorgs may go: what is deeper is final.
FINAL_DEPTHS: Final = (3, 12, 65)
COUNTERS_EVERY: Final = 50

_people = st.sampled_from(["alice", "bob", "carol"])
_amounts = st.sampled_from([1, 7, 40, 150, 999])
_whims = st.integers(0, 255)
_small = st.integers(0, 7)
# Each as likely as it stands here often.
_STEPS: Final = {
    "stage": (12, st.tuples(_small)),
    "rounds": (8, st.tuples(_small)),
    "mine": (5, st.tuples(st.sampled_from([1, 1, 1, 2, 3, 8]), _whims)),
    "mine_many": (1, st.tuples(_whims)),
    "reorg": (3, st.tuples(st.integers(1, 64), st.sampled_from(KINDS), _whims)),
    "back": (1, st.tuples()),
    "ask": (
        4,
        st.tuples(st.sampled_from(["issue", "issue", "transfer", "redeem"]), _people, _people,
                  _amounts),
    ),
    "ask_again": (1, st.tuples(_small)),
    "outsider": (1, st.tuples(_people, _amounts)),
    "time_passes": (1, st.tuples(st.sampled_from([1, 15, 90, 600]))),
    "fault": (
        4, st.tuples(st.sampled_from(sorted(FAULTS)), st.sampled_from(METHODS), _small),
    ),
    "behind": (1, st.tuples(st.sampled_from([0, 0, 1, 5]))),
    "death": (2, st.tuples(st.sampled_from(METHODS), _small, st.booleans())),
    "dies_at_commit": (2, st.tuples(st.integers(1, 8), st.booleans())),
    "starts_anew": (1, st.tuples()),
}  # fmt: skip


def steps() -> st.SearchStrategy[tuple[str, tuple[object, ...]]]:
    """Any of them; hypothesis itself would leave out half."""
    each = [
        st.tuples(st.just(name), drawn) for name, (count, drawn) in _STEPS.items()
        for _ in range(count)
    ]  # fmt: skip
    return st.one_of(each)


class Machine(RuleBasedStateMachine):
    """One run: a bank that opens in peace, steps, and peace again."""

    tally: ClassVar[Counter[tuple[str, str]]]
    fresh: ClassVar[Callable[[], str]]

    @initialize(final_depth=st.sampled_from(FINAL_DEPTHS))
    def opens(self, final_depth: int) -> None:
        note(f"final depth {final_depth}")
        self.engine = open_engine(type(self).fresh())
        self.taken, self.unbroken = 0, False
        self.simulated = Simulated(self.engine, final_depth, self.tally)
        self.unbroken = True

    @rule(step=steps())
    def happens(self, step: tuple[str, tuple[object, ...]]) -> None:
        """The only rule; `step` names an act and carries what was drawn for it."""
        name, drawn = step
        self.unbroken = False
        getattr(self.simulated, name)(*drawn)
        if name not in {"stage", "rounds"}:  # each stage is a step of its own
            self.tally["step", name] += 1
        self.taken += 1
        self.simulated.truths.check()
        if self.taken % COUNTERS_EVERY == 0:
            self.simulated.truths.check_counters()
        self.unbroken = True

    def teardown(self) -> None:
        try:
            if self.unbroken:
                self.simulated.calm()
                self.simulated.count_states()
        finally:
            self.simulated.truths.close()
            self.engine.dispose()
