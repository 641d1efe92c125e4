"""The benchmarks are found by their names, and each line carries a reference of its own run."""

from __future__ import annotations

import json
from itertools import count

import pytest

from node.bank.reader import read
from scripts import compile as compiling
from scripts.bench import __main__ as bench
from scripts.bench import measured as measuring
from scripts.bench.benchmarks import import_camt
from scripts.bench.measured import Absent, Measured, per_second
from scripts.bench.statement_file import statement_file
from tests.support.optional import absent


def _lacking() -> Measured:
    raise Absent("no server here")


def test_an_unknown_prefix_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--only", "nothing"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "no benchmark begins with 'nothing'; there are gas.issue" in said.err


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_what_is_absent_is_named_and_the_rest_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ci: str, code: int
) -> None:
    monkeypatch.setenv("CI", ci)
    assert bench.run_all({"a.b": _lacking, "a.c": lambda: Measured(3, "gas", 2)}) == code
    said = capsys.readouterr()
    assert said.err == "a.b did not run: no server here\n"
    assert json.loads(said.out) == {
        "name": "a.c", "value": 3, "unit": "gas", "reference": 2, "ratio": 1.5,
    }  # fmt: skip


@pytest.mark.parametrize(("ci", "code"), [("false", 0), ("true", 1)])
def test_a_benchmark_may_have_several_lines_of_which_one_is_absent(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, ci: str, code: int
) -> None:
    monkeypatch.setenv("CI", ci)
    lines: bench.Lines = {"": Measured(3, "a/s", 2), ".vs_other": Absent("no other here")}
    assert bench.run_all({"a.b": lambda: lines}) == code
    said = capsys.readouterr()
    assert said.err == "a.b.vs_other did not run: no other here\n"
    assert json.loads(said.out)["name"] == "a.b"


def test_the_benchmarks_are_those_of_the_folder() -> None:
    assert {
        "gas.issue", "gas.transfer.alone", "gas.transfer.existing", "gas.transfer.new",
        "gas.transfer.solady", "import.camt", "ingest.postgres", "ingest.sqlite",
        "post.postgres", "post.sqlite",
    } <= set(bench.found())  # fmt: skip


def test_ours_and_the_reference_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks, turns = count(0, 10**9), list[str]()
    monkeypatch.setattr("time.perf_counter_ns", lambda: next(ticks))
    found = per_second(500, "things", lambda: turns.append("o"), lambda: turns.append("r"))
    assert turns == ["o", "r"] * measuring.ROUNDS
    assert found == Measured(500, "things/s", 500)


def test_the_statement_proves_and_is_the_same_each_time() -> None:
    content = statement_file(300)
    (statement,) = read(content, "bench.xml").statements
    moved = sum(each.amount.minor_units for each in statement.entries)
    assert statement.opening is not None
    assert statement.closing is not None
    assert statement.opening.minor_units + moved == statement.closing.minor_units
    assert len({each.uetr for each in statement.entries}) == 300
    assert statement_file(300) == content


def test_reading_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_camt, "_ENTRIES", 50)
    found = import_camt.measure()
    assert found.unit == "entries/s"
    assert min(found.value, found.reference) > 0


@pytest.mark.npm
def test_gas_is_that_of_the_chain(capsys: pytest.CaptureFixture[str]) -> None:
    if not (compiling.NODE_MODULES / "solc").is_dir():
        absent("the npm modules are not installed (make node-modules)")
    assert bench.main(["--only", "gas."]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    ratio = {each["name"]: each["ratio"] for each in lines}
    # A transfer costs little more than a plain one, and less to an account without money.
    assert ratio["gas.transfer.new"] < 1 < ratio["gas.transfer.existing"] < 1.3
    assert 1 < ratio["gas.transfer.alone"] < 1.12
    assert 1 < ratio["gas.transfer.solady"] < 1.12
    assert ratio["gas.issue"] < 3.5
