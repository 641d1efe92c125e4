"""What is proved of every state and every input, not of those that tests happen to try.

In: tests/symbolic. Out: how many properties hold on how many paths. A `check_` must hold wherever
its calls go through; each `witness_` claims that they never do, and must be refuted, so that no
property holds only because nothing it speaks of can happen. Called by `make verify`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from scripts.proofs import tools
from scripts.proofs.proof import Verdict

FOLDER: Final = "tests/symbolic"
HOLDS, REFUTED = 0, 1
# The hardest takes one minute alone on a core; a busy machine must not decide what is proved.
SECONDS_PER_QUERY: Final = 900
# More often than any loop of a proof runs: a loop that is cut short proves less than it says.
LOOPS_MAX: Final = 8
_PROPERTY: Final = re.compile(r"check_(I\d+)_")
_ENDS: Final = {2: "no answer in time", 3: "not fully explored", 4: "every path reverts"}


@dataclass(frozen=True)
class Result:
    """How one function ended: halmos's exit code, and the paths it took."""

    contract: str
    name: str
    code: int
    paths: int
    cut_loops: int


def prove() -> Verdict:
    report = tools.BUILD / "symbolic.json"
    report.unlink(missing_ok=True)
    settings = tools.foundry("forge-symbolic", "plain")
    # The engine compiles by the IR alone, as it is deployed.
    settings |= {"FOUNDRY_SRC": FOLDER, "FOUNDRY_TEST": FOLDER, "FOUNDRY_VIA_IR": "true"}
    command = [tools.beside("halmos"), "--root", ".", "--no-status"]
    command += ["--forge-build-out", settings["FOUNDRY_OUT"], "--json-output", str(report)]
    command += ["--match-test", "^(check|witness)_", "--solver", "yices"]
    command += ["--loop", str(LOOPS_MAX)]
    command += ["--solver-timeout-assertion", str(SECONDS_PER_QUERY * 1000)]
    done = tools.run("symbolic", command, settings)
    if not report.is_file():
        return Verdict("did not run", (f"halmos: see {done.where}",))
    return judge(read(json.loads(report.read_text("utf-8"))), done.where)


def read(report: dict[str, Any]) -> list[Result]:
    """The results of a report, in its order."""
    return [
        Result(
            contract=contract.rpartition(":")[2],
            name=each["name"].partition("(")[0],
            code=each["exitcode"],
            paths=(each["num_paths"] or [0])[0],
            cut_loops=each["num_bounded_loops"] or 0,
        )
        for contract, tests in report["test_results"].items()
        for each in tests
    ]


def judge(results: list[Result], where: str) -> Verdict:
    """Every check must hold, every witness be refuted, and every contract have a witness."""
    checks = [each for each in results if each.name.startswith("check_")]
    witnesses = [each for each in results if each.name.startswith("witness_")]
    failures = [_told(each, where) for each in checks if each.code != HOLDS]
    failures += [f"{_name(each)}: a loop was cut" for each in checks if each.cut_loops]
    failures += [
        f"{_name(each)}: what it says never happens was not seen to happen ({where})"
        for each in witnesses
        if each.code != REFUTED
    ]
    unwitnessed = {each.contract for each in checks} - {each.contract for each in witnesses}
    failures += [f"{contract}: no witness" for contract in sorted(unwitnessed)]
    if not checks:
        failures.append("no property was found")
    paths = sum(each.paths for each in checks)
    figures = f"{len(checks)} properties on {paths} paths, {len(witnesses)} witnesses"
    return Verdict(figures, tuple(failures), _table(checks))


def _name(result: Result) -> str:
    return f"{result.contract}.{result.name}"


def _told(result: Result, where: str) -> str:
    how = "refuted" if result.code == REFUTED else _ENDS.get(result.code, "not decided")
    return f"{_name(result)}: {how}, see {where}"


def _table(checks: list[Result]) -> str:
    by_invariant: dict[str, list[Result]] = {}
    for each in checks:
        found = _PROPERTY.match(each.name)
        by_invariant.setdefault(found[1] if found else "other", []).append(each)
    ordered = sorted(by_invariant, key=lambda name: (len(name), name))
    return "\n".join(
        f"  {name:<5} {len(by_invariant[name]):>3} properties"
        f" {sum(each.paths for each in by_invariant[name]):>6} paths"
        for name in ordered
    )
