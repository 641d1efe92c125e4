"""The deployment scripts on a chain of another make, in a process of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from node.chain.artifacts import load
from node.chain.codec import encode_call
from node.chain.deployment.code import IMPLEMENTATION_SLOT
from node.chain.deployment.sending import Sender
from node.chain.deployments import load_deployment
from node.chain.rpc import Rpc
from tests.support.anvil import CHAIN_ID, Anvil
from tests.support.deployed import DEPLOYER, PASSWORD, roles_of
from tests.support.deployment import STEPS, account
from tests.support.deployment_script import Scripts
from tests.support.safe import sent

pytestmark = pytest.mark.npm


class Interrupted(BaseException):
    """Stands for the end of the process."""


@pytest.fixture
def scripts(
    anvil: Anvil,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Scripts:
    monkeypatch.setenv("CONCORD_KEYSTORE_PASSWORD", PASSWORD)
    monkeypatch.setenv("COLUMNS", "200")
    made = Scripts(tmp_path, anvil.url, CHAIN_ID, capsys)
    anvil.fund(made.keys.address(DEPLOYER))
    return made


def differences(scripts: Scripts) -> dict[str, str]:
    """What verification finds, by subject."""
    said = scripts.verify("--json")
    assert said.code == 1
    return {each["subject"]: each["found"] for each in said.json["differences"]}


def test_an_account_without_money_is_refused(scripts: Scripts) -> None:
    scripts.keys.create("poor")
    said = scripts.deploy("apply", "--yes", "--deployer", "poor")
    assert (said.code, "has 0 ETH" in said.err) == (3, True)
    said = scripts.deploy("apply", "--yes", "--deployer", "nobody")
    assert (said.code, "no key 'nobody'" in said.err) == (3, True)


def test_a_plan_is_applied_proved_and_applied_again(scripts: Scripts) -> None:
    scripts.write_plan("CAD", "EUR", "JPY")
    assert scripts.deploy("plan", "--json").json["state"] == "NOTHING"
    assert scripts.deploy("apply", "--yes").code == 0
    assert scripts.verify().code == 0
    before = scripts.record.read_bytes()
    said = scripts.deploy("apply", "--yes", "--json")
    assert (said.code, said.json["state"]) == (0, "STANDS")
    assert scripts.record.read_bytes() == before
    deployed, rpc = load_deployment(scripts.record), Rpc([scripts.rpc])
    deployer = scripts.keys.address(DEPLOYER)
    assert rpc.nonce(deployer) == len(STEPS) + 4
    assert roles_of(rpc, deployed.access, deployer) == set()
    assert roles_of(rpc, deployed.access, scripts.keys.address("LIMITS")) == {"LIMITS"}


@pytest.mark.parametrize("step", STEPS)
def test_an_interrupted_deployment_goes_on(
    scripts: Scripts, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    mined = Sender._mined

    def interrupted(sender: Sender, name: str, raw: bytes) -> object:
        receipt = mined(sender, name, raw)
        if name == step and sender.rpc.chain_id() == CHAIN_ID:
            raise Interrupted
        return receipt

    with monkeypatch.context() as patch:
        patch.setattr(Sender, "_mined", interrupted)
        with pytest.raises(Interrupted):
            scripts.deploy("apply", "--yes")
    scripts.captured.readouterr()
    told = scripts.deploy("plan", "--json").json
    assert told["state"] == "INTERRUPTED"
    assert list(told["deployer"]["gas"]) == list(STEPS[STEPS.index(step) + 1 :])
    assert scripts.deploy("apply", "--yes").code == 0
    assert Rpc([scripts.rpc]).nonce(scripts.keys.address(DEPLOYER)) == len(STEPS)
    assert scripts.verify().code == 0


def test_a_chain_that_began_anew_is_not_taken_for_the_old_one(
    scripts: Scripts, anvil: Anvil
) -> None:
    empty = anvil.ask("evm_snapshot")
    scripts.deploy("apply", "--yes")
    assert anvil.ask("evm_revert", empty)
    said = scripts.deploy("apply", "--yes")
    assert said.code == 5
    assert "access at 0x" in said.err
    assert "found no code" in said.err
    assert Rpc([scripts.rpc]).nonce(scripts.keys.address(DEPLOYER)) == 0
    assert "no code" in differences(scripts).values()


def test_other_code_at_an_address_is_found(scripts: Scripts, anvil: Anvil) -> None:
    scripts.deploy("apply", "--yes")
    gate = load_deployment(scripts.record).gate("CAD").address
    anvil.ask("anvil_setCode", gate, load("BankAccess").deployed_bytecode)
    assert differences(scripts) == {f"CAD.gate at {gate}": "other code"}
    said = scripts.deploy("apply", "--yes")
    assert (said.code, "Wrong contract at the address: CAD.gate" in said.err) == (5, True)


def test_another_implementation_is_found(scripts: Scripts, anvil: Anvil) -> None:
    scripts.deploy("apply", "--yes")
    token = load_deployment(scripts.record).token("CAD").address
    anvil.ask("anvil_setStorageAt", token, IMPLEMENTATION_SLOT, f"0x{0xBAD:064x}")
    assert differences(scripts) == {
        "implementation of CAD.token": account(0xBAD),
        f"code behind CAD.token at {account(0xBAD)}": "no code",
    }


def test_a_changed_role_is_found(scripts: Scripts, anvil: Anvil) -> None:
    scripts.deploy("apply", "--yes")
    access = load_deployment(scripts.record).access
    holder = scripts.keys.address("GUARDIAN")
    data = encode_call(load(access.contract), "renounceRole", (5, holder))
    anvil.fund(holder)
    anvil.ask("anvil_impersonateAccount", holder)
    anvil.ask("eth_sendTransaction", {"from": holder, "to": access.address, "data": data})
    assert differences(scripts) == {f"member GUARDIAN {holder}": "not a member"}
    said = scripts.deploy("apply", "--yes")
    assert (said.code, f"GUARDIAN {holder}" in said.out) == (1, True)


def test_a_missing_currency_is_found(scripts: Scripts) -> None:
    scripts.deploy("apply", "--yes")
    scripts.write_plan("CAD", "EUR")
    assert differences(scripts) == {"currency EUR": "none on record"}


def test_a_currency_is_added_to_what_stands(scripts: Scripts, anvil: Anvil) -> None:
    scripts.deploy("apply", "--yes")
    scripts.write_plan("CAD", "EUR")
    admin = scripts.keys.address("ADMIN")
    (scripts.folder / "keys" / "ADMIN.json").unlink()
    shown = scripts.deploy("plan", "--json").json
    assert (shown["state"], shown["addition"]["to_create"]) == ("ADDING", ["EUR.token", "EUR.gate"])
    anvil.fund(admin)
    anvil.ask("anvil_impersonateAccount", admin)
    for seconds in (0, 49 * 3600):
        anvil.ask("evm_increaseTime", seconds)
        anvil.ask("evm_mine")
        said = scripts.deploy("apply", "--yes")
        assert (said.code, "Rights that ADMIN has to give" in said.out) == (0, True)
        batch = json.loads(scripts.record.with_suffix(".safe.json").read_text())
        told = scripts.deploy("plan", "--json").json["addition"]["calls"]
        assert [each["data"] for each in told] == [each["data"] for each in batch["transactions"]]
        for call in batch["transactions"]:
            assert sent(anvil, admin, call["to"], call["data"]).status
    said = scripts.deploy("apply", "--yes")
    assert (said.code, "EUR.gate" in said.out) == (0, True)
    assert not scripts.record.with_suffix(".safe.json").exists()
    assert scripts.verify().code == 0
