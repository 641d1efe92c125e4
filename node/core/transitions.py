"""State machines as tables: which state may follow which.

In: the table a package declares. Out: a refusal when a step is not in it.
Called by: submission and settlement before they write a new state.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from node.core.errors import IllegalTransition

State = TypeVar("State", bound=StrEnum)


def step(table: Mapping[State, frozenset[State]], old: State, new: State) -> State:
    """Return `new` if the table allows it after `old`; raises `IllegalTransition` otherwise."""
    if new not in table.get(old, frozenset()):
        raise IllegalTransition(
            f"{type(old).__name__} cannot go from {old} to {new}",
            remedy="Report this: the state table and the code disagree.",
        )
    return new
