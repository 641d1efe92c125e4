"""A finding fails, and so does an explanation without a reason or without a finding."""

from __future__ import annotations

import pytest

from scripts.compile import ROOT
from scripts.proofs import slither

FINDING = {"check": "timestamp", "description": "Gate.issue() uses timestamp\n\tdangerous\n"}
EXPLAINED = "// A limit of days.\n// slither-disable-next-line timestamp\nrequire(late);\n"


def test_a_finding_is_named() -> None:
    verdict = slither.judge([FINDING], {}, "102 detectors on 9 contracts")
    assert verdict.failures == ("timestamp: Gate.issue() uses timestamp",)
    assert verdict.figures == "102 detectors on 9 contracts; 1 findings, 0 places explained"


def test_an_explanation_is_counted() -> None:
    verdict = slither.judge([], {"contracts/Gate.sol": EXPLAINED}, "102 detectors")
    assert verdict.proved
    assert verdict.figures == "102 detectors; 0 findings, 1 places explained"


@pytest.mark.parametrize(
    "above", ["", "\n", "uint256 a;\n", "//\n", "// slither-disable-next-line assembly\n"]
)
def test_an_explanation_has_a_reason_above_it(above: str) -> None:
    for kind in ("next-line", "start"):
        text = f"{above}    // slither-disable-{kind} timestamp\n"
        (place,) = list(slither.disabled("Gate.sol", text))[-1:]
        assert not place[1]
    text = f"{above}// slither-disable-next-line timestamp\n"
    verdict = slither.judge([], {"Gate.sol": text}, "102 detectors")
    line = len(text.splitlines())
    assert f"Gate.sol:{line}: disabled without a reason above" in verdict.failures


def test_an_end_needs_no_reason() -> None:
    assert not list(slither.disabled("Gate.sol", "// slither-disable-end timestamp\n"))


def test_an_explanation_of_nothing_is_named() -> None:
    places = [
        {"file": f"{ROOT}/{path}", "line": 7, "unused_detectors": ["timestamp"]}
        for path in ("contracts/Gate.sol", "node_modules/@openzeppelin/Math.sol")
    ]
    found = [{"check": slither.UNUSED, "description": "", "unused_ignores": places}]
    verdict = slither.judge(found, {}, "102 detectors")
    assert verdict.failures == ("contracts/Gate.sol:7: nothing to disable: timestamp",)
