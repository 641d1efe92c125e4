"""What forge reports becomes figures and failures; an action that proves nothing is a failure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.proofs import solidity

ACTION = "tests/solidity/token/handlers/TokenHandler.sol:TokenHandler."


def report(name: str, kind: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
    status = "Failure" if reason else "Success"
    test = {"status": status, "reason": reason, "kind": kind}
    return {"tests/solidity/Some.t.sol:SomeTest": {"test_results": {name: test}}}


def invariant(**actions: tuple[int, int]) -> dict[str, Any]:
    metrics = {
        ACTION + name: {"calls": calls, "reverts": reverts, "discards": 0}
        for name, (calls, reverts) in actions.items()
    }
    calls, reverts = (sum(each[i] for each in actions.values()) for i in (0, 1))
    return {"Invariant": {"runs": 2, "calls": calls, "reverts": reverts, "metrics": metrics}}


def test_a_failed_test_is_named() -> None:
    totals = solidity.read(report("test_It()", {"Unit": {"gas": 1}}, reason="1 != 2"))
    assert totals.failures == ["SomeTest.test_It(): 1 != 2"]


@pytest.mark.parametrize(
    ("counted", "told"),
    [
        ((10, 10), ["TokenHandler.pays: never accepted"]),
        ((10, 0), ["TokenHandler.pays: never refused"]),
        ((10, 1), []),
    ],
)
def test_an_action_of_one_kind_proves_nothing(counted: tuple[int, int], told: list[str]) -> None:
    totals = solidity.read(report("invariant_It()", invariant(pays=counted)))
    assert solidity.one_sided(totals) == told


def test_time_is_never_refused() -> None:
    totals = solidity.read(report("invariant_It()", invariant(timePasses=(10, 0))))
    assert solidity.one_sided(totals) == []


def test_everything_is_counted() -> None:
    totals = solidity.read(
        report("test_It()", {"Unit": {"gas": 1}})
        | {"b:B": report("testFuzz_It(uint256)", {"Fuzz": {"runs": 64}}).popitem()[1]}
        | {"c:C": report("invariant_It()", invariant(pays=(10, 3), burns=(5, 1))).popitem()[1]}
    )
    assert (totals.units, totals.fuzzed, totals.fuzz_runs) == (1, 1, 64)
    assert (totals.invariants, totals.calls, totals.refused) == (1, 15, 4)
    assert totals.accepted_by == {"TokenHandler.pays": 7, "TokenHandler.burns": 4}


def test_other_bytes_than_are_deployed_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, built = tmp_path / "kept", tmp_path / "built" / "Gate.sol"
    kept.mkdir()
    built.mkdir(parents=True)
    gate = {"name": "Gate", "source": "contracts/token/Gate.sol", "bytecode": "0x01"}
    (kept / "Gate.json").write_text(json.dumps(gate), "utf-8")
    monkeypatch.setattr(solidity, "ARTIFACTS", kept)
    wrong = ["Gate: forge compiled other bytes than node/artifacts has"]
    assert solidity.other_bytes(tmp_path / "built") == wrong
    (built / "Gate.json").write_text(json.dumps({"bytecode": {"object": "0x02"}}), "utf-8")
    assert solidity.other_bytes(tmp_path / "built") == wrong
    (built / "Gate.deployed.json").write_text(json.dumps({"bytecode": {"object": "0x01"}}), "utf-8")
    assert solidity.other_bytes(tmp_path / "built") == []
