"""What is refuted, undecided or cut short fails; so does a property that nothing can happen to."""

from __future__ import annotations

import pytest

from scripts.proofs import symbolic
from scripts.proofs.symbolic import HOLDS, REFUTED, Result

CHECK = Result("Token", "check_I3_transfer", HOLDS, paths=36, cut_loops=0)
WITNESS = Result("Token", "witness_transfer", REFUTED, paths=9, cut_loops=0)


def judged(*results: Result) -> tuple[str, ...]:
    return symbolic.judge(list(results), "the log").failures


def test_what_is_proved_is_counted() -> None:
    verdict = symbolic.judge([CHECK, WITNESS], "the log")
    assert verdict.proved
    assert verdict.figures == "1 properties on 36 paths, 1 witnesses"


@pytest.mark.parametrize(
    ("code", "how"),
    [
        (REFUTED, "refuted"),
        (2, "no answer in time"),
        (3, "not fully explored"),
        (4, "every path reverts"),
        (5, "not decided"),
    ],
)
def test_anything_but_a_proof_fails(code: int, how: str) -> None:
    found = Result("Token", "check_I3_transfer", code, paths=1, cut_loops=0)
    assert judged(found, WITNESS) == (f"Token.check_I3_transfer: {how}, see the log",)


def test_a_loop_that_was_cut_fails() -> None:
    found = Result("Token", "check_I3_transfer", HOLDS, paths=1, cut_loops=1)
    assert judged(found, WITNESS) == ("Token.check_I3_transfer: a loop was cut",)


@pytest.mark.parametrize("code", [HOLDS, 2, 3, 4, 5])
def test_a_witness_that_is_not_refuted_fails(code: int) -> None:
    never = Result("Token", "witness_transfer", code, paths=1, cut_loops=0)
    (told,) = judged(CHECK, never)
    assert told.startswith("Token.witness_transfer: what it says never happens")


def test_a_contract_without_a_witness_fails() -> None:
    assert judged(CHECK) == ("Token: no witness",)


def test_nothing_at_all_fails() -> None:
    assert judged() == ("no property was found",)


def test_a_report_is_read() -> None:
    told = {
        "name": "check_I3_transfer(address,address,uint256)",
        "exitcode": 0,
        "num_paths": [36, 4, 1],
        "num_bounded_loops": None,
    }
    report = {"test_results": {"tests/symbolic/TokenMovements.t.sol:Token": [told]}}
    assert symbolic.read(report) == [CHECK]
