"""The upgrade script on a chain in a process of its own: planned, scheduled, done days later."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from node.chain.deployments import load_deployment
from scripts import upgrade
from tests.support.anvil import CHAIN_ID, Anvil
from tests.support.deployed import DEPLOYER, PASSWORD
from tests.support.deployment_script import Said, Scripts
from tests.support.releases import Releases, impostor
from tests.support.safe import sent

pytestmark = pytest.mark.npm
WAIT = 2 * 86_400 + 60


@pytest.fixture
def scripts(
    anvil: Anvil,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Scripts:
    monkeypatch.setenv("CONCORD_KEYSTORE_PASSWORD", PASSWORD)
    monkeypatch.setenv("COLUMNS", "120")
    made = Scripts(tmp_path, anvil.url, CHAIN_ID, capsys)
    made.write_plan("CAD", "EUR")
    for label in (DEPLOYER, "UPGRADER"):
        anvil.fund(made.keys.address(label))
    assert made.deploy("apply", "--yes").code == 0
    return made


@pytest.fixture
def releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Releases:
    return Releases(tmp_path / "releases", monkeypatch)


def run(scripts: Scripts, verb: str, *more: str) -> Said:
    code = upgrade.main([verb, *scripts.where, *more])
    out, err = scripts.captured.readouterr()
    return Said(code, out, err)


def later(anvil: Anvil, seconds: int) -> None:
    anvil.ask("evm_increaseTime", seconds)
    anvil.ask("evm_mine")


@pytest.mark.parametrize("more", [["--migration", "0x1"], ["--account", "0x12"], ["--colour"]])
def test_wrong_usage_is_code_2(capsys: pytest.CaptureFixture[str], more: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        upgrade.main(["apply", "x.toml", "--rpc", "http://127.0.0.1:1", *more])
    assert ended.value.code == 2
    assert "usage: scripts.upgrade" in capsys.readouterr().err


def test_an_account_without_the_role_is_refused(scripts: Scripts) -> None:
    stranger = "0x" + "1" * 40
    said = run(scripts, "apply", "--account", stranger)
    assert (said.code, "does not hold UPGRADER in the plan" in said.err) == (3, True)


def test_code_that_lies_is_refused_by_every_verb(scripts: Scripts, releases: Releases) -> None:
    where = load_deployment(scripts.record).token("CAD").implementation
    assert where is not None
    releases.use({"bytecode": impostor(where, "name", 64)})
    said = run(scripts, "plan")
    assert (said.code, "Refused: CAD: name: AnswerChanged(" in said.out) == (3, True)
    said = run(scripts, "apply")
    assert (said.code, "Upgrade refused" in said.err) == (3, True)
    assert "Nothing was sent" in said.err
    assert run(scripts, "verify").code == 1


def test_nothing_is_to_be_done_on_the_same_release(scripts: Scripts) -> None:
    assert "Nothing to upgrade" in run(scripts, "plan").out
    assert run(scripts, "apply", "--json").json["needed"] is False
    said = run(scripts, "verify")
    assert (said.code, "every token runs on the code of this release" in said.out) == (0, True)


def test_an_upgrade_from_plan_to_proof(scripts: Scripts, anvil: Anvil, releases: Releases) -> None:
    releases.later()
    said = run(scripts, "plan")
    assert said.code == 0
    for part in ("setTerms(bytes32)", "concord.storage.DepositTokenNext: terms", "passed: 0",
                 "gone from the interface   nothing", "To be scheduled"):  # fmt: skip
        assert part in said.out, part
    assert run(scripts, "verify").code == 1
    assert "scheduled; from 20" in run(scripts, "apply").out
    told = run(scripts, "apply", "--json").json
    assert [each["stage"] for each in told["tokens"]] == ["WAITING", "WAITING"]
    later(anvil, WAIT)
    said = run(scripts, "apply")
    assert (said.code, "Upgraded" in said.out) == (0, True)
    assert run(scripts, "verify", "--json").json["proved"] is True
    assert scripts.verify().code == 0


def test_a_safe_gets_its_calls_as_a_file(
    scripts: Scripts, anvil: Anvil, releases: Releases
) -> None:
    releases.later()
    holder = scripts.keys.address("UPGRADER")
    (scripts.folder / "keys" / "UPGRADER.json").unlink()
    batch = scripts.record.with_suffix(".safe.json")
    for waits in (0, WAIT):
        later(anvil, waits)
        assert run(scripts, "apply").code == 0
        found = json.loads(batch.read_text())
        assert (found["chainId"], len(found["transactions"])) == (str(CHAIN_ID), 2)
        anvil.ask("anvil_impersonateAccount", holder)
        for call in found["transactions"]:
            assert sent(anvil, holder, call["to"], call["data"]).status
    assert run(scripts, "apply", "--json").json["done"] is True
    assert not batch.exists()
    assert run(scripts, "verify").code == 0
