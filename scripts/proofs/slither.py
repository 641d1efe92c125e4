"""Slither's judgement of our contracts, with nothing left unexplained.

In: contracts/. Out: how many detectors ran and what they found. A finding that is none stands in
the source as `// slither-disable-next-line <detector>`, or `slither-disable-start` for the rest of
a file, with the reason in a comment on the line above. Called by `make verify`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from scripts.compile import ROOT
from scripts.proofs import tools
from scripts.proofs.proof import Verdict

FILTERED: Final = "node_modules|tests|contracts/mocks"
UNUSED: Final = "unused-ignore-directive"
_DISABLED: Final = re.compile(r"\s*//\s*slither-disable-(?!end)")
_COMMENT: Final = re.compile(r"\s*//\s*(?!slither-)\w")
_ANALYSED: Final = re.compile(r"analyzed \((\d+) contracts with (\d+) detectors\)")


def prove() -> Verdict:
    report = tools.BUILD / "slither.json"
    report.unlink(missing_ok=True)
    settings = tools.foundry("forge-slither", "plain")
    command = [tools.beside("slither"), ".", "--json", str(report), "--warn-unused-ignores"]
    command += ["--filter-paths", FILTERED, "--foundry-out-directory", settings["FOUNDRY_OUT"]]
    done = tools.run("slither", command, settings)
    analysed = _ANALYSED.search(done.err)
    if analysed is None or not report.is_file():
        return Verdict("did not run", (f"slither: see {done.where}",))
    found = json.loads(report.read_text("utf-8"))["results"].get("detectors", [])
    contracts = {
        str(path.relative_to(ROOT)): path.read_text("utf-8")
        for path in sorted((ROOT / "contracts").rglob("*.sol"))
    }
    return judge(found, contracts, f"{analysed[2]} detectors on {analysed[1]} contracts")


def judge(found: list[dict[str, Any]], contracts: dict[str, str], ran: str) -> Verdict:
    """Every finding fails, and every explanation that explains nothing or is not there."""
    findings = [each for each in found if each["check"] != UNUSED]
    failures = [f"{each['check']}: {_first_line(each['description'])}" for each in findings]
    failures += [text for each in found for text in _unused(each)]
    places = [place for path, text in contracts.items() for place in disabled(path, text)]
    failures += [f"{place}: disabled without a reason above" for place, why in places if not why]
    figures = f"{ran}; {len(findings)} findings, {len(places)} places explained"
    return Verdict(figures, tuple(failures))


def disabled(path: str, text: str) -> Iterator[tuple[str, bool]]:
    """Each place where a detector is told to be silent, and whether a reason stands above it."""
    above = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if _DISABLED.match(line):
            yield f"{path}:{number}", bool(_COMMENT.match(above))
        above = line


def _unused(found: dict[str, Any]) -> Iterator[str]:
    for each in found.get("unused_ignores", []):
        path = each["file"].removeprefix(f"{ROOT}/")
        if path.startswith("contracts/"):
            what = ", ".join(each["unused_detectors"])
            yield f"{path}:{each['line']}: nothing to disable: {what}"


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0]
