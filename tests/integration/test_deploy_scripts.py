"""The deployment scripts on the embedded chain: what they refuse, show, send and prove."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from node.chain.embedded import EmbeddedChain
from node.chain.finality import EMBEDDED_CHAIN_ID
from scripts import deploy, verify_deployment
from tests.support.deployed import DEPLOYER, PASSWORD
from tests.support.deployment import STEPS
from tests.support.deployment_script import Scripts

ROOT = Path(__file__).resolve().parents[2]
# A process that kills itself as soon as the chain has taken one more step.
KILLED = """
import os, signal, sys
from node.chain.rpc import Rpc
from scripts import deploy
send, ensure_deployed = Rpc.send_raw, deploy.ensure_deployed
def sending(rpc, raw):
    send(rpc, raw)
    os.kill(os.getpid(), signal.SIGKILL)
def applying(*args, **more):
    Rpc.send_raw = sending
    return ensure_deployed(*args, **more)
deploy.ensure_deployed = applying
deploy.main(sys.argv[1:])
"""


@pytest.fixture
def scripts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Scripts:
    monkeypatch.setenv("CONCORD_KEYSTORE_PASSWORD", PASSWORD)
    monkeypatch.setenv("COLUMNS", "200")
    return Scripts(tmp_path, "embedded", EMBEDDED_CHAIN_ID, capsys)


def sent(scripts: Scripts) -> int:
    """How many transactions the deployer has on the chain."""
    chain = EmbeddedChain(scripts.folder / "chain.db")
    nonce = chain.rpc().nonce(scripts.keys.address(DEPLOYER))
    chain.close()
    return nonce


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["plan"],
        ["plan", "x.toml"],
        ["plan", "x.toml", "--rpc", "localhost:8545"],
        ["apply", "x.toml", "--rpc", "embedded", "--json"],
        ["apply", "x.toml", "--rpc", "embedded", "--deployer", "../key"],
    ],
)
def test_wrong_usage_is_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        deploy.main(arguments)
    assert ended.value.code == 2
    assert "usage: scripts.deploy" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        verify_deployment.main(arguments[2:])
    assert ended.value.code == 2


def test_an_unsound_plan_is_refused_before_a_key_is_made(scripts: Scripts) -> None:
    text = scripts.plan_path.read_text()
    scripts.plan_path.write_text(text.replace('delay = "172800s"', 'delay = "1h"'))
    for verb in ("plan", "apply"):
        said = scripts.deploy(verb, "--deployer", "other")
        assert said.code == 3
        assert "roles.ADMIN.delay: must be at least 48h and at most 30d" in said.err
        assert "roles.UPGRADER.delay: must be" in said.err
        assert "docs/deploy.md" in said.err
    assert not (scripts.folder / "keys" / "other.json").exists()
    assert not (scripts.folder / "chain.db").exists()


def test_a_plan_of_another_chain_is_refused(scripts: Scripts) -> None:
    scripts.write_plan("CAD", chain_id=1)
    for said in (scripts.deploy("plan"), scripts.deploy("apply", "--yes"), scripts.verify()):
        assert said.code == 5
        assert "the plan is for chain 1, the endpoint serves chain 131277322940537" in said.err
        assert "Nothing was sent" in said.err


def test_an_endpoint_that_does_not_answer_is_code_5(scripts: Scripts) -> None:
    scripts.rpc = "http://user:secret@127.0.0.1:9"
    for said in (scripts.deploy("plan"), scripts.deploy("apply", "--yes"), scripts.verify()):
        assert said.code == 5
        assert "http://127.0.0.1:9 does not answer" in said.err
        assert "secret" not in said.err
    assert not scripts.record.parent.exists()


def test_errors_are_json_where_that_is_asked_for(scripts: Scripts) -> None:
    scripts.write_plan("CAD", chain_id=1)
    said = scripts.deploy("plan", "--json")
    assert json.loads(said.err)["code"] == "WRONG_CHAIN"
    assert said.out == ""


def test_without_password_nothing_is_signed(
    scripts: Scripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CONCORD_KEYSTORE_PASSWORD")
    said = scripts.deploy("apply", "--yes")
    assert (said.code, "CONCORD_KEYSTORE_PASSWORD is not set" in said.err) == (3, True)
    said = scripts.deploy("plan")
    assert (said.code, "its key is made or opened by `apply`" in said.out) == (0, True)
    monkeypatch.setenv("CONCORD_KEYSTORE_PASSWORD", "wrong")
    said = scripts.deploy("apply", "--yes")
    assert (said.code, "does not open" in said.err) == (3, True)


def test_what_is_not_confirmed_is_not_sent(
    scripts: Scripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    for answer in ("", "no", "n"):
        monkeypatch.setattr("builtins.input", lambda _, given=answer: given)
        said = scripts.deploy("apply")
        assert (said.code, "Not confirmed" in said.err) == (3, True)
        assert "Contracts" in said.out
    assert sent(scripts) == 0
    monkeypatch.setattr("builtins.input", lambda _: "y")
    assert scripts.deploy("apply").code == 0
    assert sent(scripts) == len(STEPS)


def test_an_account_without_money_is_refused(scripts: Scripts) -> None:
    scripts.deploy("apply", "--yes")
    scripts.keys.create("poor")
    scripts.record.unlink()
    said = scripts.deploy("apply", "--yes", "--deployer", "poor")
    assert said.code == 3
    assert "has 0 ETH, the deployment may take up to 0.0" in said.err
    assert not scripts.record.exists()


def test_a_chain_that_another_process_writes_is_left_alone(scripts: Scripts) -> None:
    chain = EmbeddedChain(scripts.folder / "chain.db", [scripts.keys.address(DEPLOYER)])
    said = scripts.deploy("apply", "--yes")
    assert said.code == 3
    assert "the chain belongs to another process" in said.err
    assert chain.height == 0
    chain.close()


def test_a_record_of_another_plan_is_refused_by_apply_and_shown_by_plan(scripts: Scripts) -> None:
    scripts.deploy("apply", "--yes")
    text = scripts.plan_path.read_text()
    scripts.plan_path.write_text(text.replace('symbol = "dCAD"', 'symbol = "other"'))
    said = scripts.deploy("apply", "--yes")
    assert said.code == 3
    assert "CAD.token symbol: expected other, found dCAD" in said.err
    said = scripts.deploy("plan", "--json")
    assert (said.code, said.json["state"]) == (1, "DIFFERS")
    assert [each["subject"] for each in said.json["differences"]] == ["CAD.token symbol"]
    assert sent(scripts) == len(STEPS)


def test_a_journal_of_another_plan_is_refused(scripts: Scripts) -> None:
    command = [sys.executable, "-c", KILLED, "apply", *scripts.where, "--yes"]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    scripts.write_plan("EUR")
    for said in (scripts.deploy("plan"), scripts.deploy("apply", "--yes")):
        assert said.code == 3
        assert "belongs to an interrupted deployment of another plan" in said.err
    assert sent(scripts) == 1


def test_a_plan_is_shown_and_nothing_is_made(scripts: Scripts) -> None:
    said = scripts.deploy("plan")
    assert said.code == 0
    for part in (
        "nothing stands", "IssuanceGate(<CAD.token>, <access>, (500000000, 6000, 93600))",
        scripts.plan.roles["ISSUER"].holders[0], "after 2 d", "GUARDIAN may cancel",
        "DepositToken: setAccountFlags, freeze", f"{len(STEPS)} transactions, about", "1000000 ETH",
    ):  # fmt: skip
        assert part in said.out, part
    assert not (scripts.folder / "chain.db").exists()
    told = scripts.deploy("plan", "--json").json
    assert told["state"] == "NOTHING"
    assert told["deployer"]["address"] == scripts.keys.address(DEPLOYER)
    assert {each["role"]: each["delay_seconds"] for each in told["roles"]}["LIMITS"] == 86400


def test_the_estimate_is_what_it_takes(scripts: Scripts) -> None:
    told = scripts.deploy("plan", "--json").json["deployer"]
    scripts.deploy("apply", "--yes")
    chain = EmbeddedChain(scripts.folder / "chain.db")
    record = json.loads(scripts.record.read_text())
    for each in (*record["contracts"], *record["implementations"]):
        receipt = chain.rpc().receipt(each["tx_hash"])
        assert receipt is not None
        # Addresses in the calldata have other zeros there, which cost a little less or more.
        assert abs(receipt.gas_used - int(told["gas"][each["label"]])) < 2_000
    chain.close()


def test_a_plan_is_applied_once_and_proved(scripts: Scripts) -> None:
    said = scripts.deploy("apply", "--yes")
    assert said.code == 0
    assert "Applied and proved; the deployer holds no role." in said.out
    assert f"  {len(STEPS)}/{len(STEPS)} rights" in said.err
    before = scripts.record.read_bytes()
    said = scripts.deploy("apply", "--yes", "--json")
    assert (said.code, said.json["state"], said.json["differences"]) == (0, "STANDS", [])
    assert "Everything stands" in scripts.deploy("apply", "--yes").out
    assert (sent(scripts), scripts.record.read_bytes()) == (len(STEPS), before)
    assert "everything stands" in scripts.deploy("plan").out
    said = scripts.verify()
    assert (said.code, f"Proved at block {len(STEPS)}" in said.out) == (0, True)
    assert scripts.verify("--json").json["proved"] is True


def test_verification_without_a_record_is_refused(scripts: Scripts) -> None:
    said = scripts.verify()
    assert said.code == 3
    assert "there is no deployment record" in said.err


def test_verification_names_what_differs(scripts: Scripts) -> None:
    scripts.deploy("apply", "--yes")
    scripts.write_plan("CAD", "EUR")
    said = scripts.verify()
    assert said.code == 1
    assert "currency EUR" in said.out
    said = scripts.verify("--json")
    assert (said.code, said.json["proved"]) == (1, False)
    assert said.json["differences"][0]["found"] == "none on record"


def test_a_process_killed_after_each_step_deploys_nothing_twice(scripts: Scripts) -> None:
    command = [sys.executable, "-c", KILLED, "apply", *scripts.where, "--yes"]
    for step in range(1, len(STEPS) + 1):
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        assert sent(scripts) == step
    assert scripts.deploy("plan", "--json").json["state"] == "INTERRUPTED"
    assert scripts.deploy("apply", "--yes").code == 0
    assert sent(scripts) == len(STEPS)
    assert scripts.verify().code == 0


@pytest.mark.parametrize("script", ["deploy.py", "verify_deployment.py"])
def test_a_script_can_be_called_by_its_path(script: str) -> None:
    command = [sys.executable, str(ROOT / "scripts" / script), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "Exit codes: 0" in done.stdout) == (0, True)


def test_a_name_that_looks_like_markup_is_shown_as_it_is(scripts: Scripts) -> None:
    text = scripts.plan_path.read_text()
    scripts.plan_path.write_text(text.replace("Example Bank CAD", "Bank [red]of[/] CAD"))
    assert "Bank [red]of[/] CAD (dCAD)" in scripts.deploy("plan").out
    scripts.deploy("apply", "--yes")
    scripts.plan_path.write_text(text)
    assert "Bank [red]of[/] CAD" in scripts.verify().out


def test_the_example_is_sound(scripts: Scripts) -> None:
    scripts.plan_path.write_text((ROOT / "docs" / "deploy.example.toml").read_text())
    assert scripts.deploy("plan").code == 0
