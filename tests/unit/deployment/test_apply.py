"""Applying a plan: refused before anything is sent, resumed after any step, done once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from node.chain.deployment import apply as applying
from node.chain.deployment import sending
from node.chain.deployment.code import WrongContract
from node.chain.deployment.journal import (
    DeploymentBusy,
    JournalUnreadable,
    PlanDiffers,
    alone,
    journal_path,
    signed_steps,
)
from node.chain.deployment.plan import Plan, make_plan
from node.chain.deployment.sending import StepFailed
from node.chain.deployment.verify import verify
from node.chain.deployments import load_deployment
from node.chain.rpc import InsufficientFunds, Rpc, Underpriced, WrongChain
from tests.support.deployed import Bank, planned, roles_of
from tests.support.deployment import STEPS, plan_data


class Interrupted(Exception):
    """Stands for the end of the process."""


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    bank = Bank(tmp_path, "CAD")
    yield bank
    bank.chain.close()


def sent(bank: Bank) -> int:
    """How many transactions the deployer has had mined."""
    return bank.rpc.nonce(bank.deployer.address)


def other(bank: Bank) -> Plan:
    data = bank.plan.model_dump()
    changed = plan_data("CAD")
    changed["treasury"] = data["treasury"]
    for name, role in data["roles"].items():
        changed["roles"][name]["holders"] = list(role["holders"])
    changed["tokens"]["CAD"]["name"] = "Another bank"
    return make_plan(changed)


def test_a_plan_for_another_chain_is_refused(bank: Bank) -> None:
    with pytest.raises(WrongChain, match="the plan is for chain 5, the endpoint serves chain 131"):
        bank.apply(planned(bank.keys, "CAD", chain_id=5))
    assert sent(bank) == 0
    assert not bank.record.parent.exists()


def test_a_journal_of_another_plan_is_refused(bank: Bank) -> None:
    interrupted(bank, "CAD.token", "before it is sent")
    before = sent(bank)
    with pytest.raises(PlanDiffers, match="an interrupted deployment of another plan"):
        bank.apply(other(bank))
    assert sent(bank) == before


def test_a_journal_of_another_account_is_refused(bank: Bank) -> None:
    interrupted(bank, "CAD.token", "before it is sent")
    path = journal_path(bank.record)
    path.write_text(path.read_text().replace(bank.deployer.address, "0x" + "1" * 40))
    with pytest.raises(PlanDiffers, match="was begun by 0x1111"):
        bank.apply()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"plan": "x", "deployer": "y", "steps": {"a": 1}}']
)
def test_a_damaged_journal_is_refused(bank: Bank, text: str) -> None:
    bank.record.parent.mkdir()
    journal_path(bank.record).write_text(text)
    with pytest.raises(JournalUnreadable, match=r"\.journal is not a deployment journal"):
        bank.apply()
    assert sent(bank) == 0


def test_a_second_process_is_refused(bank: Bank) -> None:
    with alone(bank.record), pytest.raises(DeploymentBusy, match="another process deploys"):
        bank.apply()
    assert sent(bank) == 0


def test_what_would_revert_is_not_sent(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "setup_calls", lambda *_: ["0x12345678"])
    with pytest.raises(StepFailed, match="rights would revert"):
        bank.apply()
    assert sent(bank) == len(STEPS) - 1


def test_an_account_without_money_sends_nothing(tmp_path: Path) -> None:
    bank = Bank(tmp_path, "CAD")
    poor = Bank(tmp_path / "poor", "CAD")
    poor.rpc = bank.rpc
    with pytest.raises(InsufficientFunds):
        poor.apply()
    bank.chain.close()
    poor.chain.close()


def test_a_nonce_used_by_something_else_is_told(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "PATIENCE_SECONDS_NONCE_USED", 0)
    interrupted(bank, "CAD.token", "before it is sent")
    bank.transact("deployer", bank.deployer.address, "0x")
    with pytest.raises(StepFailed, match=r"CAD\.token: the account has used its nonce"):
        bank.apply()


def test_a_price_that_has_risen_is_told(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise Underpriced("max fee per gas less than block base fee")

    with monkeypatch.context() as patch:
        patch.setattr(Rpc, "send_raw", refused)
        with pytest.raises(StepFailed, match="access: gas costs more by now than what was signed"):
            bank.apply()
    assert bank.apply().currencies == ("CAD",)


def test_what_is_never_mined_is_told(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "PATIENCE_SECONDS", 0)
    bank.chain.pause()
    with pytest.raises(StepFailed, match="was not mined within 0 s"):
        bank.apply()
    bank.chain.resume()
    assert bank.apply().currencies == ("CAD",)


def test_a_record_whose_contracts_are_elsewhere_is_refused(bank: Bank, tmp_path: Path) -> None:
    bank.apply()
    fresh = Bank(tmp_path / "fresh", "CAD")
    bank.rpc = fresh.rpc
    with pytest.raises(WrongContract, match=r"access at 0x.*found no code") as refused:
        bank.apply()
    assert "nothing was sent" in refused.value.remedy
    fresh.chain.close()


def test_another_plan_on_what_stands_is_refused(bank: Bank) -> None:
    bank.apply()
    before = sent(bank)
    with pytest.raises(PlanDiffers, match=r"CAD\.token name: expected Another bank, found Example"):
        bank.apply(other(bank))
    assert sent(bank) == before


def test_a_plan_that_follows_what_its_holders_changed_stands(bank: Bank) -> None:
    deployed = bank.apply()
    bank.send("GUARDIAN", deployed.gate("CAD"), "lowerLimits", (100, 0, 3600))
    data = plan_data("CAD")
    data["treasury"]["account"] = bank.plan.treasury.account
    for name, role in bank.plan.model_dump()["roles"].items():
        data["roles"][name]["holders"] = list(role["holders"])
    data["tokens"]["CAD"]["limits"] = {
        "capacity": "1.00", "refill_per_second": "0", "attestation_max_age": "1h",
    }  # fmt: skip
    assert bank.apply(make_plan(data)) == deployed


def test_a_plan_is_applied_once(bank: Bank) -> None:
    heard: list[str] = []
    deployed = bank.apply(progress=heard.append)
    assert tuple(heard) == STEPS
    assert load_deployment(bank.record) == deployed
    assert not journal_path(bank.record).exists()
    before = sent(bank)
    assert bank.apply(progress=heard.append) == deployed
    assert (sent(bank), len(heard)) == (before, len(STEPS))


def test_the_record_says_where_each_contract_came_from(bank: Bank) -> None:
    bank.apply()
    told: dict[str, Any] = json.loads(bank.record.read_text())
    token = next(each for each in told["contracts"] if each["label"] == "CAD.token")
    receipt = bank.rpc.receipt(token["tx_hash"])
    assert receipt is not None
    assert receipt.contract_address == token["address"].lower()
    assert receipt.block_number == token["block_number"]
    gate = next(each for each in told["contracts"] if each["label"] == "CAD.gate")
    assert gate["constructor_args"] == [
        token["address"], told["contracts"][0]["address"], ["500000000", "6000", "93600"],
    ]  # fmt: skip
    assert len(gate["artifact_hash"]) == 64


def test_the_deployer_ends_without_any_role(bank: Bank) -> None:
    deployed = bank.apply()
    assert roles_of(bank.rpc, deployed.access, bank.deployer.address) == set()
    assert roles_of(bank.rpc, deployed.access, bank.keys.address("ISSUER")) == {"ISSUER"}
    assert roles_of(bank.rpc, deployed.access, deployed.gate("CAD").address) == {"MINTER"}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("moment", ["before it is sent", "after it was sent"])
def test_an_interrupted_deployment_goes_on(bank: Bank, step: str, moment: str) -> None:
    interrupted(bank, step, moment)
    assert list(signed_steps(bank.record, bank.plan.hash)) == list(STEPS[: STEPS.index(step) + 1])
    deployed = bank.apply()
    assert sent(bank) == len(STEPS)
    assert verify(bank.rpc, bank.plan, deployed) == []
    assert signed_steps(bank.record, bank.plan.hash) == {}


def test_an_end_before_the_record_is_written_changes_nothing(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(applying, "save_deployment", _interrupt)
        with pytest.raises(Interrupted):
            bank.apply()
    deployed = bank.apply()
    assert sent(bank) == len(STEPS)
    assert verify(bank.rpc, bank.plan, deployed) == []


def interrupted(bank: Bank, step: str, moment: str) -> None:
    """Apply the plan up to the sending of a step, or to just after it."""
    places = iter(STEPS)
    send = Rpc.send_raw

    def sending(rpc: Rpc, raw: bytes) -> Any:  # noqa: ANN401 - as it is
        last = next(places) == step
        if last and moment == "before it is sent":
            raise Interrupted
        hash_ = send(rpc, raw)
        if last:
            raise Interrupted
        return hash_

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rpc, "send_raw", sending)
        with pytest.raises(Interrupted):
            bank.apply()


def _interrupt(*_: object) -> None:
    raise Interrupted
