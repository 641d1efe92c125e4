"""Runs of steps: a duet that begins anew for each, and the words in which rules speak.

In: an opened duet. Out: `Machine`, the base of the rules beside this file, of which hypothesis
makes runs; and the draws that they share.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from inspect import getmembers
from typing import Any, ClassVar, TypeVar

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from tests.contracts.differential.duet import Duet
from tests.contracts.model.gate import Gate
from tests.contracts.model.token import Token

Drawn = TypeVar("Drawn")
Act = TypeVar("Act", bound=Callable[..., None])
_DRAWS: dict[str, st.SearchStrategy[tuple[str, dict[str, Any]]]] = {}
BOUNDLESS = 2**256 - 1

tokens = st.sampled_from(["cad", "cad", "eur"])
CALLERS = ["alice"] * 4 + ["bob"] * 4 + ["wallet"] * 2 + ["carol", "stranger"]
callers = st.sampled_from(CALLERS)
people = st.sampled_from([*CALLERS, "nobody", "gate", "engine"])
small = st.integers(1, 200)
edges = st.sampled_from([0, 2**96 - 1, 2**96, 2**128 - 1, 2**128, BOUNDLESS])
# A number, or a share of what there is.
amounts = st.one_of([small] * 6 + [st.sampled_from(["all", "half", "over"]), edges])
indexes = st.integers(0, 255)
# Of a deadline: how many seconds after the block that comes.
moments = st.sampled_from([600] * 4 + [3_600] * 4 + [1, 0, -1])
payments = st.integers(0, 12)
seldom = st.integers(0, 5).map(lambda each: each == 5)


def mostly(rightful: str) -> st.SearchStrategy[str]:
    """The one who may; at times another."""
    return st.sampled_from([rightful] * 7 + ["alice", "stranger"])


def step(**draws: st.SearchStrategy[Any]) -> Callable[[Act], Act]:
    """Mark a method as something that may happen, with what is drawn for it."""

    def mark(act: Act) -> Act:
        _DRAWS[act.__qualname__] = st.tuples(st.just(act.__name__), st.fixed_dictionaries(draws))
        return act

    return mark


def steps_of(machine: type[Machine]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    """Any of its steps, each as likely: hypothesis itself would leave out half of them."""
    names = sorted({getattr(each, "__qualname__", "") for _, each in getmembers(machine)})
    return st.one_of([_DRAWS[name] for name in names if name in _DRAWS])


class Machine(RuleBasedStateMachine):
    """One run; the chain is rewound after it."""

    opened: ClassVar[Duet]

    def __init__(self) -> None:
        super().__init__()
        self._rewind = ExitStack()
        self._rewind.enter_context(self.opened.setting.chain.rewound())
        self.duet = self.opened.again()

    def teardown(self) -> None:
        try:
            if not self.duet.differ:
                self.duet.compare()
        finally:
            self._rewind.close()

    @step(seconds=st.sampled_from([1, 59, 600, 3_600]), go=seldom)
    def time_passes(self, seconds: int, go: bool) -> None:  # noqa: FBT001 (drawn)
        if go:
            self.duet.setting.chain.advance(seconds)

    def acts(self, step: tuple[str, dict[str, Any]]) -> None:
        """The only rule; `step` is a method's name and what was drawn for it."""
        name, drawn = step
        getattr(self, name)(**drawn)

    def does(self, operation: str, *args: Any, by: str) -> bool:  # noqa: ANN401 (ABI values)
        note(f"{operation} by {by}")
        return self.duet.does(operation, *args, by=by)

    def at(self, name: str) -> str:
        return self.duet.setting.people[name]

    def name(self, address: str) -> str:
        people = self.duet.setting.people
        return next(name for name, each in people.items() if each == address)

    def token(self, label: str) -> Token:
        found = self.duet.model(label)
        assert isinstance(found, Token)
        return found

    @property
    def gate(self) -> Gate:
        found = self.duet.model("gate")
        assert isinstance(found, Gate)
        return found

    def moment(self, after: int) -> int:
        return max(self.duet.setting.chain.coming + after, 0)


def share(amount: int | str, available: int) -> int:
    """The number drawn, or what it means of what there is."""
    if isinstance(amount, int):
        return amount
    over = min(available + 1, BOUNDLESS)
    return {"all": available, "over": over, "half": available // 2}[amount]


def picked(index: int, among: Sequence[Drawn]) -> Drawn | None:
    """One of those there are, if there are any."""
    return among[index % len(among)] if among else None


def ref_of(payment: int, entry: int = 0) -> str:
    return f"0x{payment:032x}{entry:032x}"
