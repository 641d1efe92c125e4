"""The run asks every proof, tells what each found, and fails with any of them."""

from __future__ import annotations

import pytest

from scripts.proofs import __main__ as proofs
from scripts.proofs.proof import Proof, Verdict
from scripts.proofs.tools import ToolAbsent


def _proved() -> Verdict:
    return Verdict("7 runs", table="a  b")


def _refuted() -> Verdict:
    return Verdict("8 runs", ("the sum is wrong",))


def _absent() -> Verdict:
    raise ToolAbsent("no forge here")


ALL = (Proof("one", _proved), Proof("two", _refuted), Proof("three", _absent, alone=True))


@pytest.fixture(autouse=True)
def _three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "PROOFS", ALL)


def test_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        proofs.main(["four"])
    assert "no such proof: four; there are: one, two, three" in capsys.readouterr().err


def test_all_are_told_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert proofs.main([]) == 1
    said = capsys.readouterr().out
    assert "== two\nthe sum is wrong" in said
    assert "== three\nno forge here" in said
    assert said.splitlines()[-3:] == [
        "proved  one       0 s  7 runs",
        "FAILED  two       0 s  8 runs",
        "FAILED  three     0 s  did not run",
    ]


def test_what_is_asked_for_is_all_that_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert proofs.main(["one"]) == 0
    assert capsys.readouterr().out == "== one\na  b\n\n\nproved  one     0 s  7 runs\n"
