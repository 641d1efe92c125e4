"""Mutants: contracts with one line said wrongly; a test must notice each of them.

In: mutations.toml, the contracts, their tests. Out: a table of which test caught which mutant. A
survivor fails, and so does a mutation that no longer applies or compiles, and a test that fails
without it. Called by `make verify`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Final

from scripts.proofs import tools, workshop
from scripts.proofs.mutation import DoesNotApply, Mutation, mutations
from scripts.proofs.proof import Verdict
from scripts.proofs.workshop import Codes, DoesNotCompile, DoesNotRun, Workshop

MUTANTS_MIN: Final = 25


@dataclass(frozen=True)
class Trial:
    """What became of one mutant; `caught_by` is empty where it lived, `wrong` says why."""

    mutation: Mutation
    caught_by: str
    wrong: str
    seconds: float


def prove() -> Verdict:
    listed = mutations()
    shops: SimpleQueue[Workshop] = SimpleQueue()
    try:
        for shop in _workshops(os.cpu_count() or 1):
            shops.put(shop)
    except DoesNotCompile as refused:
        return Verdict("did not run", (str(refused),))
    with ThreadPoolExecutor(max_workers=shops.qsize()) as pool:
        wrong = pool.map(lambda test: _fails_anyway(shops, test), sorted({m.test for m in listed}))
        failures = [each for each in wrong if each]
        trials = list(pool.map(lambda each: _trial(shops, each), listed))
    return _verdict(trials, failures)


def _verdict(trials: Sequence[Trial], failures: Sequence[str]) -> Verdict:
    wrong = [*failures, *(f"{each.mutation.name}: {each.wrong}" for each in trials if each.wrong)]
    if len(trials) < MUTANTS_MIN:
        wrong.append(f"{len(trials)} mutants, fewer than {MUTANTS_MIN}")
    caught = sum(1 for each in trials if each.caught_by)
    return Verdict(f"{caught} of {len(trials)} mutants caught", tuple(wrong), _table(trials))


def _workshops(count: int) -> list[Workshop]:
    first = Workshop.build(tools.BUILD / "mutants-0")
    others = [first.another(tools.BUILD / f"mutants-{number}") for number in range(1, count)]
    return [first, *others]


def _fails_anyway(shops: SimpleQueue[Workshop], test: str) -> str:
    """A test that fails without a mutation would catch everything."""
    try:
        with _one_of(shops) as shop:
            failed = shop.failed(test)
    except DoesNotRun as why:
        return str(why)
    return f"{test}: {failed[0]} fails without a mutation" if failed else ""


def _trial(shops: SimpleQueue[Workshop], mutation: Mutation) -> Trial:
    began = time.monotonic()
    caught_by, wrong = "", ""
    try:
        codes = _mutant(mutation)
        with _one_of(shops) as shop:
            shop.place(codes)
            try:
                failed = shop.failed(mutation.test)
            finally:
                shop.place(workshop.sound(codes))
    except (DoesNotApply, DoesNotCompile, DoesNotRun) as refused:
        wrong = f"{type(refused).__name__}: {refused}"
    else:
        caught_by = failed[0] if failed else ""
        wrong = "" if failed else f"survives {mutation.test}: {mutation.breaks}"
    return Trial(mutation, caught_by, wrong, time.monotonic() - began)


def _mutant(mutation: Mutation) -> Codes:
    names = workshop.made_of(mutation.file)
    if not names:
        raise DoesNotApply(f"{mutation.file} is part of no deployed contract")
    sources = {path: text for name in names for path, text in workshop.imported(name).items()}
    return workshop.compiled(names, mutation.applied(sources))


@contextmanager
def _one_of(shops: SimpleQueue[Workshop]) -> Iterator[Workshop]:
    shop = shops.get()
    try:
        yield shop
    finally:
        shops.put(shop)


def _table(trials: Sequence[Trial]) -> str:
    width = max(len(each.mutation.name) for each in trials)
    lines = [f"{'mutant':<{width}}  {'s':>3}  caught by"]
    for each in trials:
        caught_by = each.caught_by or "NOBODY"
        lines.append(f"{each.mutation.name:<{width}}  {each.seconds:>3.0f}  {caught_by}")
    return "\n".join(lines)
