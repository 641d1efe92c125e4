"""Adding a currency to what stands: created without a right, given them slowly, then on record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from node.chain.deployment.adding import Addition, add, addition
from node.chain.deployment.journal import PlanDiffers
from node.chain.deployment.matrix import asked
from node.chain.deployment.plan import Plan, make_plan
from node.chain.deployment.scheduled import Hands, ScheduleGone, Stage
from node.chain.deployment.verify import verify
from node.chain.deployments import checksummed, load_deployment
from node.submission.deployer import KeystoreDeployer
from tests.support.deployed import Bank, interrupted, planned
from tests.support.deployment import STEPS

WAIT = 2 * 86_400 + 600  # blocks of one moment run ahead of the clock
CREATED = ("EUR.token", "EUR.gate")


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    bank = Bank(tmp_path, "CAD")
    bank.apply()
    yield bank
    bank.chain.close()


@pytest.fixture
def wider(bank: Bank) -> Plan:
    return planned(bank.keys, "CAD", "EUR")


def found(bank: Bank, plan: Plan) -> Addition | None:
    return addition(bank.rpc, plan, bank.record, admin(bank).account)


def admin(bank: Bank, *, with_key: bool = True) -> Hands:
    held = bank.keys.address("ADMIN")
    signer = KeystoreDeployer(bank.keys, held) if with_key else None
    return Hands(bank.deployer, checksummed(held), signer)


def go_on(bank: Bank, plan: Plan, *, with_key: bool = True) -> Addition:
    return add(bank.rpc, plan, bank.record, admin(bank, with_key=with_key))


def stages(added: Addition) -> set[Stage]:
    return {each.stage for each in added.rights}


def sent(bank: Bank) -> int:
    """How many transactions the deployer has had mined since all stood."""
    return bank.rpc.nonce(bank.deployer.address) - len(STEPS)


def files(bank: Bank) -> set[str]:
    return {path.name for path in bank.record.parent.iterdir() if path.is_file()}


def test_a_plan_that_wants_something_else_too_is_no_addition(bank: Bank, wider: Plan) -> None:
    data = wider.model_dump()
    data["tokens"]["CAD"]["symbol"] = "other"
    for limits in data["tokens"].values():
        limits["limits"]["attestation_max_age"] = "26h"
    for role in data["roles"].values():
        role["delay"] = f"{role['delay']}s"
    other = make_plan(data)
    assert found(bank, other) is None
    with pytest.raises(PlanDiffers, match="more than contracts to be added"):
        go_on(bank, other)
    assert sent(bank) == 0


def test_what_stands_or_lacks_something_is_no_addition(bank: Bank) -> None:
    assert found(bank, bank.plan) is None
    assert found(bank, planned(bank.keys, "EUR")) is None


def test_an_addition_of_another_plan_is_finished_first(bank: Bank, wider: Plan) -> None:
    go_on(bank, wider)
    with pytest.raises(PlanDiffers, match="adds what another plan has"):
        go_on(bank, planned(bank.keys, "CAD", "USD"))


def test_what_was_added_can_do_nothing_until_its_rights_are_given(bank: Bank, wider: Plan) -> None:
    before = bank.record.read_bytes()
    added = go_on(bank, wider)
    assert stages(added) == {Stage.WAITING}
    gate = next(each for each in added.made if each.label == "EUR.gate")
    receipt = bank.transact("ISSUER", gate.address, "0x" + "00" * 4)
    assert not receipt.status
    assert bank.record.read_bytes() == before
    assert verify(bank.rpc, bank.plan, load_deployment(bank.record)) == []


def test_a_currency_is_added_and_proved(bank: Bank, wider: Plan) -> None:
    shown = found(bank, wider)
    assert shown is not None
    assert [each.label for each in shown.missing] == list(CREATED)
    assert stages(go_on(bank, wider)) == {Stage.WAITING}
    assert stages(go_on(bank, wider)) == {Stage.WAITING}
    bank.later(WAIT)
    assert go_on(bank, wider).done
    assert sent(bank) == len(CREATED)
    deployed = load_deployment(bank.record)
    assert deployed.currencies == ("CAD", "EUR")
    assert verify(bank.rpc, wider, deployed) == []
    assert list(asked(bank.rpc, deployed).differences()) == []
    assert found(bank, wider) is None
    assert files(bank) == {bank.record.name}


def test_what_a_safe_has_to_send_is_told(bank: Bank, wider: Plan) -> None:
    scheduling = go_on(bank, wider, with_key=False)
    assert {each.what for each in scheduling.calls} >= {
        "EUR.token.COMPLIANCE.schedule", "EUR.gate.ISSUER.schedule", "MINTER.EUR.gate.schedule",
    }  # fmt: skip
    for waits in (0, WAIT):
        bank.later(waits)
        for call in go_on(bank, wider, with_key=False).calls:
            assert bank.transact("ADMIN", call.to, call.data).status, call.what
    assert go_on(bank, wider, with_key=False).done
    assert verify(bank.rpc, wider, load_deployment(bank.record)) == []


def test_what_was_cancelled_is_not_scheduled_again_unasked(bank: Bank, wider: Plan) -> None:
    added = go_on(bank, wider)
    first = added.rights[0].delayed
    access = load_deployment(bank.record).access
    bank.send("ADMIN", access, "cancel", first.account, first.target, first.data)
    with pytest.raises(ScheduleGone, match=f"{first.what}.schedule: what was scheduled is gone"):
        go_on(bank, wider)
    bank.record.with_suffix(".adding.journal").unlink()
    assert stages(go_on(bank, wider)) == {Stage.WAITING}


@pytest.mark.parametrize("step", [*CREATED, "EUR.token.COMPLIANCE.schedule", "MINTER.EUR.gate"])
def test_an_interrupted_addition_goes_on(bank: Bank, wider: Plan, step: str) -> None:
    begun = bank.rpc.nonce(bank.keys.address("ADMIN"))
    if step == "MINTER.EUR.gate":
        go_on(bank, wider)
        bank.later(WAIT)
    with interrupted(step):
        go_on(bank, wider)
    added = go_on(bank, wider)
    if step != "MINTER.EUR.gate":
        bank.later(WAIT)
        added = go_on(bank, wider)
    assert added.done
    assert sent(bank) == len(CREATED)
    assert bank.rpc.nonce(bank.keys.address("ADMIN")) == begun + 2 * len(added.rights)


def test_a_record_of_the_addition_that_is_left_over_changes_nothing(
    bank: Bank, wider: Plan
) -> None:
    go_on(bank, wider)
    left = bank.record.with_suffix(".adding.json")
    assert [each["label"] for each in json.loads(left.read_text())["contracts"]] == list(CREATED)
    content = left.read_bytes()
    bank.later(WAIT)
    assert go_on(bank, wider).done
    left.write_bytes(content)
    assert found(bank, wider) is None
    assert bank.apply(wider).currencies == ("CAD", "EUR")
