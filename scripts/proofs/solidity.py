"""The Solidity tests, long: units, fuzz and invariants, on the very bytes that are deployed.

In: tests/solidity, node/artifacts. Out: how many tests, fuzz runs and calls of invariants, and
which failed. An action of a handler that was never accepted, or never refused, fails too: it proves
nothing. Called by `make verify`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from scripts.compile import ARTIFACTS, ROOT
from scripts.proofs import tools
from scripts.proofs.proof import Verdict

# What the world does around our contracts; nothing can be wrong with it, so nothing refuses it.
WORLD: Final = frozenset({"timePasses", "feels", "admitsOrNot"})


@dataclass
class Totals:
    """What all suites did together."""

    units: int = 0
    fuzzed: int = 0
    fuzz_runs: int = 0
    invariants: int = 0
    calls: int = 0
    refused: int = 0
    failures: list[str] = field(default_factory=list)
    accepted_by: Counter[str] = field(default_factory=Counter)
    refused_by: Counter[str] = field(default_factory=Counter)


def prove() -> Verdict:
    settings = tools.foundry("forge")
    done = tools.run("solidity", [tools.forge(), "test", "--json"], settings)
    start = done.out.find("{")
    if start < 0:
        last = (done.err or done.out).strip().splitlines()[-8:]
        return Verdict("did not run", (f"forge: see {done.where}", *last))
    totals = read(json.loads(done.out[start:]))
    failures = [*totals.failures, *one_sided(totals), *other_bytes(ROOT / settings["FOUNDRY_OUT"])]
    if done.code and not failures:
        failures.append(f"forge ended with {done.code}, see {done.where}")
    return Verdict(_figures(totals), tuple(failures), _table(totals))


def read(suites: dict[str, Any]) -> Totals:
    """Add up forge's report."""
    totals = Totals()
    for suite, name, test in _tests(suites):
        _add(totals, test["kind"])
        if test["status"] != "Success":
            totals.failures.append(f"{suite.rpartition(':')[2]}.{name}: {test['reason']}")
    return totals


def one_sided(totals: Totals) -> list[str]:
    """The actions that only ever passed, or only ever were refused."""
    actions = sorted(totals.accepted_by.keys() | totals.refused_by.keys())
    never = [f"{each}: never accepted" for each in actions if not totals.accepted_by[each]]
    return never + [
        f"{each}: never refused"
        for each in actions
        if not totals.refused_by[each] and each.rpartition(".")[2] not in WORLD
    ]


def other_bytes(built: Path) -> list[str]:
    """The contracts that forge compiled to other bytes than the node deploys."""
    kept = [json.loads(path.read_text("utf-8")) for path in sorted(ARTIFACTS.glob("*.json"))]
    return [
        f"{each['name']}: forge compiled other bytes than node/artifacts has"
        for each in kept
        if each.get("source", "").startswith("contracts/")
        and each["bytecode"] not in _bytecodes(built / Path(each["source"]).name, each["name"])
    ]


def _bytecodes(folder: Path, name: str) -> set[str]:
    # A contract that tests import too is there twice: `deployed` is the pipeline of foundry.toml.
    paths = [folder / f"{name}.json", folder / f"{name}.deployed.json"]
    found = [json.loads(path.read_text("utf-8")) for path in paths if path.is_file()]
    return {each["bytecode"]["object"] for each in found}


def _tests(suites: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for suite, told in suites.items():
        for name, test in told["test_results"].items():
            yield suite, name, test


def _add(totals: Totals, kind: dict[str, Any]) -> None:
    if "Fuzz" in kind:
        totals.fuzzed += 1
        totals.fuzz_runs += kind["Fuzz"]["runs"]
    elif "Invariant" in kind:
        totals.invariants += 1
        totals.calls += kind["Invariant"]["calls"]
        totals.refused += kind["Invariant"]["reverts"]
        for path, metric in kind["Invariant"]["metrics"].items():
            action = path.rpartition(":")[2]
            totals.accepted_by[action] += metric["calls"] - metric["reverts"]
            totals.refused_by[action] += metric["reverts"]
    else:
        totals.units += 1


def _figures(totals: Totals) -> str:
    return (
        f"{totals.units} unit tests; {totals.fuzzed} fuzzed, {totals.fuzz_runs:,} runs; "
        f"{totals.invariants} invariants, {totals.calls:,} calls of "
        f"{len(totals.accepted_by)} actions, {totals.refused:,} refused"
    )


def _table(totals: Totals) -> str:
    lines = [f"{'action':<44}{'accepted':>10}{'refused':>10}"]
    for action in sorted(totals.accepted_by.keys() | totals.refused_by.keys()):
        accepted, refused = totals.accepted_by[action], totals.refused_by[action]
        lines.append(f"{action:<44}{accepted:>10,}{refused:>10,}")
    return "\n".join(lines)
