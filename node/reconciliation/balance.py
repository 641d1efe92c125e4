"""Totals of one currency, weighed against each other by balance rules.

In: nothing. Out: `Weights`, `BalanceRule`. Called by: rules and sweep. Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weights:
    """What stands on each side of a currency, and what open breaks already say about it."""

    currency: str
    supply: int
    wallets: int
    explained_chain: int
    block: int


@dataclass(frozen=True, slots=True)
class BalanceRule:
    """A rule over totals: what is left unexplained, in minor units; zero where all is well."""

    name: str
    priority: int
    remainder: Callable[[Weights], int]
