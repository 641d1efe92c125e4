"""The matrix of rights on the command line: refused without a record, shown whole, told as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from node.chain.finality import EMBEDDED_CHAIN_ID
from scripts import roles
from tests.support.deployed import PASSWORD, Bank
from tests.support.deployment_script import Said, Scripts

WIDTH = 120


@pytest.fixture
def scripts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Scripts:
    monkeypatch.setenv("CONCORD_KEYSTORE_PASSWORD", PASSWORD)
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    return Scripts(tmp_path, "embedded", EMBEDDED_CHAIN_ID, capsys)


def run(scripts: Scripts, *more: str) -> Said:
    code = roles.main(["--rpc", scripts.rpc, "--folder", str(scripts.folder), *more])
    out, err = scripts.captured.readouterr()
    return Said(code, out, err)


def test_without_a_record_nothing_is_asked(scripts: Scripts) -> None:
    said = run(scripts)
    assert (said.code, "there is no deployment record" in said.err) == (3, True)
    assert not (scripts.folder / "chain.db").exists()
    assert json.loads(run(scripts, "--json").err)["code"] == "DEPLOYMENT_NOT_FOUND"


def test_what_differs_is_named(scripts: Scripts) -> None:
    bank = Bank(scripts.folder, "CAD")
    bank.apply()
    issuer = bank.keys.address("ISSUER")
    bank.slowly("ADMIN", bank.access, "grantRole", 7, issuer, 5)
    bank.chain.close()
    said = run(scripts, "--json")
    assert said.code == 1
    found = {each["subject"]: each["found"] for each in said.json["differences"]}
    assert found[f"CAD.token mint by ISSUER+MINTER {issuer}"] == "delayed by 5 s"
    said = run(scripts)
    assert (said.code, "Differences" in said.out) == (1, True)


def test_the_whole_matrix_fits_a_screen(scripts: Scripts) -> None:
    scripts.write_plan("CAD", "EUR")
    assert scripts.deploy("apply", "--yes").code == 0
    scripts.captured.readouterr()
    said = run(scripts)
    assert said.code == 0
    assert max(map(len, said.out.splitlines())) <= WIDTH
    lines = {line.split()[0]: line.split() for line in said.out.splitlines() if line.strip()}
    assert lines["raiseLimits"][1:] == [*"····", "24h", *"·······", "LIMITS"]
    assert lines["burnHeld"][1:] == [*"·······", "●", *"····", "MINTER"]
    assert lines["transfer"][1:] == "the caller's own money".split()
    assert "CAD.token, EUR.token" in said.out
    assert "As the code says" in said.out


def test_the_matrix_as_json(scripts: Scripts) -> None:
    scripts.deploy("apply", "--yes")
    told = run(scripts, "--json").json
    assert told["differences"] == []
    members = {each["role"]: each["members"] for each in told["roles"]}
    assert members["SETTLER"] == [scripts.keys.address("SETTLER")]
    found = {(each["label"], each["function"]): each for each in told["functions"]}
    mint = found["CAD.token", "mint"]
    assert (mint["open"], mint["roles"]["MINTER"]["verdict"]) == (False, "allowed")
    assert mint["roles"]["ISSUER"] == {"verdict": "denied", "delay_seconds": 0}
    opened = found["CAD.token", "transfer"]
    assert (opened["open"], opened["reason"]) == (True, "the caller's own money")
