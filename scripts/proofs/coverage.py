"""How much of our contracts the Solidity tests run through: lines and branches.

In: tests/solidity, and uncovered.toml beside this file: what they cannot reach, each with its
reason. Out: a table by contract; less than 98 % of either in any of them fails. Called by
`make verify`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scripts.compile import ROOT
from scripts.proofs import lcov, tools
from scripts.proofs.lcov import Source
from scripts.proofs.proof import Verdict

PERCENT_MIN: Final = 98
EXEMPTIONS: Final = Path(__file__).with_name("uncovered.toml")
# Without code of their own, or for tests alone.
UNMEASURED: Final = ("contracts/interfaces/", "contracts/mocks/")
Texts = Mapping[str, list[str]]


@dataclass(frozen=True)
class Exemption:
    """Why the tests cannot reach one line of a contract, known by its text; "" is every line."""

    path: str
    line: str
    reason: str


def prove() -> Verdict:
    report = tools.BUILD / "coverage.lcov"
    report.unlink(missing_ok=True)
    command = [tools.forge(), "coverage", "--report", "lcov", "--report-file", str(report)]
    done = tools.run("coverage", command, tools.foundry("forge-coverage", "plain"))
    if done.code or not report.is_file():
        return Verdict("did not run", (f"forge: see {done.where}",))
    sources = lcov.parse(report.read_text("utf-8"))
    return judge(sources, read_exemptions(EXEMPTIONS), read_contracts())


def read_exemptions(path: Path) -> list[Exemption]:
    return [Exemption(**each) for each in tomllib.loads(path.read_text("utf-8"))["exemption"]]


def read_contracts() -> dict[str, list[str]]:
    """The lines of what is to be measured, by path."""
    paths = {str(path.relative_to(ROOT)): path for path in (ROOT / "contracts").rglob("*.sol")}
    return {
        name: path.read_text("utf-8").splitlines()
        for name, path in sorted(paths.items())
        if not name.startswith(UNMEASURED)
    }


def judge(sources: Mapping[str, Source], exemptions: list[Exemption], texts: Texts) -> Verdict:
    """Compare with what is asked, after taking out what is exempt."""
    whole = {each.path for each in exemptions if not each.line}
    asked = {path: text for path, text in texts.items() if path not in whole}
    failures = [f"{path}: forge did not measure it" for path in asked.keys() - sources.keys()]
    failures += [
        f"{each.path}: needless or unreasoned exemption {each.line!r}"
        for each in exemptions
        if not each.reason or not _needed(each, sources, texts)
    ]
    counted = {
        path: sources[path].without(_excused(path, exemptions, text))
        for path, text in asked.items()
        if path in sources
    }
    failures += [
        f"{path}: below {PERCENT_MIN} %, not run: {', '.join(map(str, source.missed))}"
        for path, source in counted.items()
        if min(lcov.percents([source])) < PERCENT_MIN
    ]
    lines, branches = lcov.percents(counted.values())
    figures = (
        f"{lines:.1f} % of lines, {branches:.1f} % of branches in {len(counted)} contract files "
        f"(each at least {PERCENT_MIN}); {len(exemptions)} exemptions"
    )
    return Verdict(figures, tuple(failures), _table(counted))


def _needed(exemption: Exemption, sources: Mapping[str, Source], texts: Texts) -> bool:
    if exemption.path not in texts:
        return False
    if not exemption.line:
        return exemption.path not in sources
    missed = sources[exemption.path].missed if exemption.path in sources else []
    return any(texts[exemption.path][number - 1].strip() == exemption.line for number in missed)


def _excused(path: str, exemptions: list[Exemption], text: list[str]) -> set[int]:
    lines = {each.line for each in exemptions if each.path == path}
    return {number for number, line in enumerate(text, start=1) if line.strip() in lines}


def _table(counted: Mapping[str, Source]) -> str:
    rows = [f"{'contract':<52}{'lines':>9}{'branches':>10}"]
    for path, source in counted.items():
        lines, branches = lcov.percents([source])
        rows.append(f"{path:<52}{lines:>7.1f} %{branches:>8.1f} %")
    return "\n".join(rows)
