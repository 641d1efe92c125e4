"""The administrator is a Safe: two of three owners, two days, and nothing short of either."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from eth_account import Account

from node.chain import codec
from node.chain.artifacts import load
from node.chain.deployment.apply import ensure_deployed
from node.chain.deployment.matrix import asked
from node.chain.deployment.plan import Plan, make_plan
from node.chain.deployment.verify import verify
from node.chain.deployments import DeployedContract, Deployment
from node.chain.rpc import CallReverted, Rpc
from node.submission.deployer import KeystoreDeployer
from node.submission.signer import KeystoreSigner
from tests.support import anvil as anvils
from tests.support.anvil import CHAIN_ID, Anvil
from tests.support.deployed import PASSWORD, roles_of
from tests.support.deployment import account, plan_data
from tests.support.optional import absent
from tests.support.safe import THRESHOLD, Safe, new_safe, sent

pytestmark = pytest.mark.npm
HOUR = 3600
NEWCOMER = account(0xD1)
RAISED = (10**12, 10**6, 7 * 24 * HOUR)


@dataclass(frozen=True)
class Bank:
    """What was deployed, with a Safe for ADMIN and another for LIMITS."""

    anvil: Anvil
    rpc: Rpc
    plan: Plan
    deployment: Deployment
    admin: Safe
    limits: Safe

    def data(self, contract: DeployedContract, function: str, *args: object) -> str:
        return codec.encode_call(load(contract.contract), function, args)

    def send(self, safe: Safe, verb: str, target: DeployedContract, data: str) -> None:
        """Have two owners schedule, execute or cancel a call at the access manager."""
        to, call = self.managed(safe, verb, target, data)
        assert safe.send(to, call, safe.owners[:THRESHOLD]).status

    def refusal(self, safe: Safe, verb: str, target: DeployedContract, data: str) -> str:
        """What the access manager says to the Safe; the Safe itself then refuses to go on."""
        to, call = self.managed(safe, verb, target, data)
        assert safe.refusal(to, call, safe.owners[:THRESHOLD]) == "GS013"
        return self.answer(safe.address, to, call)

    def answer(self, caller: str, to: str, data: str) -> str:
        """The decoded error of a call, or nothing."""
        try:
            self.rpc.call(to, data, sender=caller)
        except CallReverted as error:
            return codec.decode_error([load("BankAccess")], error.data)
        return ""

    def managed(
        self, safe: Safe, verb: str, target: DeployedContract, data: str
    ) -> tuple[str, str]:
        access = self.deployment.access
        more = {"schedule": (target.address, data, 0), "execute": (target.address, data)}
        args = more.get(verb, (safe.address, target.address, data))
        return access.address, self.data(access, verb, *args)

    def later(self, seconds: int) -> None:
        self.anvil.ask("evm_increaseTime", seconds)
        self.anvil.ask("evm_mine")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    reason = anvils.why_absent()
    if reason is not None:
        absent(reason)
    with anvils.anvil() as running:
        yield deployed(running, tmp_path_factory.mktemp("safe"))


@pytest.fixture
def bank(built: Bank) -> Iterator[Bank]:
    """Give the bank as it was deployed."""
    snapshot = built.anvil.ask("evm_snapshot")
    yield built
    assert built.anvil.ask("evm_revert", snapshot)


def deployed(anvil: Anvil, folder: Path) -> Bank:
    admin, limits = new_safe(anvil, 1), new_safe(anvil, 2)
    data = plan_data("CAD", chain_id=CHAIN_ID)
    data["roles"]["ADMIN"]["holders"] = [admin.address]
    data["roles"]["LIMITS"]["holders"] = [limits.address]
    plan, rpc = make_plan(data), Rpc([anvil.url])
    keys = KeystoreSigner(folder / "keys", PASSWORD)
    deployer = KeystoreDeployer(keys, keys.create("deployer"))
    anvil.fund(deployer.address)
    deployment = ensure_deployed(rpc, plan, deployer, folder / "record.json")
    return Bank(anvil, rpc, plan, deployment, admin, limits)


def granting(bank: Bank) -> str:
    return bank.data(bank.deployment.access, "grantRole", 1, NEWCOMER, 0)


def raising(bank: Bank) -> str:
    return bank.data(bank.deployment.gate("CAD"), "raiseLimits", RAISED)


def test_fewer_owners_than_decide_are_refused(bank: Bank) -> None:
    to, data = bank.managed(bank.admin, "schedule", bank.deployment.access, granting(bank))
    owners, stranger = bank.admin.owners, Account.create()
    assert bank.admin.refusal(to, data, owners[:1]) == "GS020"
    assert bank.admin.refusal(to, data, [owners[0], owners[0]]) == "GS026"
    assert bank.admin.refusal(to, data, [owners[0], stranger]) == "GS026"


def test_an_owner_alone_is_nobody_to_the_access_manager(bank: Bank) -> None:
    to, data = bank.managed(bank.admin, "schedule", bank.deployment.access, granting(bank))
    owner = bank.admin.owners[0].address
    assert bank.answer(owner, to, data).startswith("AccessManagerUnauthorizedCall")
    told = bank.answer(owner, to, granting(bank))
    assert told.startswith("AccessManagerUnauthorizedAccount")


def test_two_owners_wait_two_days(bank: Bank) -> None:
    access, data = bank.deployment.access, granting(bank)
    told = bank.refusal(bank.admin, "execute", access, data)
    assert told.startswith("AccessManagerNotScheduled")
    bank.send(bank.admin, "schedule", access, data)
    bank.later(48 * HOUR - 60)
    assert bank.refusal(bank.admin, "execute", access, data).startswith("AccessManagerNotReady")
    assert roles_of(bank.rpc, access, NEWCOMER) == set()
    bank.later(120)
    bank.send(bank.admin, "execute", access, data)
    assert roles_of(bank.rpc, access, NEWCOMER) == {"ISSUER"}
    told = bank.refusal(bank.admin, "execute", access, data)
    assert told.startswith("AccessManagerNotScheduled")


def test_the_guardian_cancels_what_raises_risk(bank: Bank) -> None:
    gate, data = bank.deployment.gate("CAD"), raising(bank)
    bank.send(bank.limits, "schedule", gate, data)
    to, cancelling = bank.managed(bank.limits, "cancel", gate, data)
    told = bank.answer(account(0xA1), to, cancelling)
    assert told.startswith("AccessManagerUnauthorizedCancel")
    guardian = bank.plan.roles["GUARDIAN"].holders[0]
    bank.anvil.fund(guardian)
    bank.anvil.ask("anvil_impersonateAccount", guardian)
    assert sent(bank.anvil, guardian, to, cancelling).status
    bank.later(25 * HOUR)
    told = bank.refusal(bank.limits, "execute", gate, data)
    assert told.startswith("AccessManagerNotScheduled")


def test_what_the_administrator_scheduled_the_administrator_cancels(bank: Bank) -> None:
    access, data = bank.deployment.access, granting(bank)
    bank.send(bank.admin, "schedule", access, data)
    to, cancelling = bank.managed(bank.admin, "cancel", access, data)
    guardian = bank.plan.roles["GUARDIAN"].holders[0]
    told = bank.answer(guardian, to, cancelling)
    assert told.startswith("AccessManagerUnauthorizedCancel")
    bank.send(bank.admin, "cancel", access, data)
    bank.later(49 * HOUR)
    told = bank.refusal(bank.admin, "execute", access, data)
    assert told.startswith("AccessManagerNotScheduled")


def test_a_deployment_of_safes_is_proved(bank: Bank) -> None:
    assert verify(bank.rpc, bank.plan, bank.deployment) == []
    matrix = asked(bank.rpc, bank.deployment)
    assert list(matrix.differences()) == []
    assert matrix.members["ADMIN"] == (bank.admin.address.lower(),)
