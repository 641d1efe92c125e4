"""A chain in this process, keys for every role, and a plan that gives each role to its key.

In: a folder of the test's own. Out: `Bank`, nothing deployed yet. Used by tests of deployment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from node.chain import codec
from node.chain.artifacts import Artifact, load
from node.chain.deployment.apply import ensure_deployed
from node.chain.deployment.plan import Plan, make_plan
from node.chain.deployment.roles import GIVEN, ROLES
from node.chain.deployment.sending import Sender
from node.chain.deployments import DeployedContract, Deployment, deployment_path
from node.chain.embedded import GENESIS_TIME, EmbeddedChain
from node.chain.rpc import Receipt, Rpc
from node.core.types import Address
from node.submission.deployer import KeystoreDeployer
from node.submission.signer import KeystoreSigner, UnsignedTx
from tests.support.deployment import CHAIN_ID, plan_data

PASSWORD = "open sesame"
DEPLOYER = "deployer"
TREASURY_ACCOUNT = "treasury account"
GAS = 5_000_000


class Interrupted(Exception):
    """Stands for the end of the process."""


@contextmanager
def interrupted(step: str, *, sent: bool = True) -> Iterator[None]:
    """What happens inside ends just after that step is sent, or just before."""
    whole = Sender._mined

    def mined(sender: Sender, name: str, raw: bytes) -> Receipt:
        if name == step and not sent:
            raise Interrupted
        receipt = whole(sender, name, raw)
        if name == step:
            raise Interrupted
        return receipt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sender, "_mined", mined)
        with pytest.raises(Interrupted):
            yield


def planned(keys: KeystoreSigner, *codes: str, chain_id: int = CHAIN_ID) -> Plan:
    """A sound plan whose roles are held by keys of their names."""
    data = plan_data(*codes, chain_id=chain_id)
    for rule in GIVEN:
        data["roles"][rule.name]["holders"] = [keys.create(rule.name)]
    data["treasury"]["account"] = keys.create(TREASURY_ACCOUNT)
    return make_plan(data)


class Bank:
    """One deployment on a chain of its own; `later` moves the chain's clock."""

    def __init__(self, folder: Path, *codes: str) -> None:
        self.keys = KeystoreSigner(folder / "keys", PASSWORD)
        self.plan = planned(self.keys, *codes)
        self.deployer = KeystoreDeployer(self.keys, self.keys.create(DEPLOYER))
        self.record = deployment_path(folder / "deployments", CHAIN_ID)
        self._now = float(GENESIS_TIME)
        funded = sorted(self.keys.addresses())
        self.chain = EmbeddedChain(folder / "chain.db", funded, now=lambda: self._now)
        self.rpc = self.chain.rpc()

    def apply(
        self, plan: Plan | None = None, *, progress: Callable[[str], None] = lambda _: None
    ) -> Deployment:
        return ensure_deployed(
            self.rpc, plan or self.plan, self.deployer, self.record, progress=progress
        )

    def later(self, seconds: int) -> None:
        self._now += seconds
        self.chain.mine()

    def send(self, role: str, contract: DeployedContract, function: str, *args: object) -> Receipt:
        """Send a call as the holder of a role; it must succeed."""
        data = codec.encode_call(load(contract.contract), function, args)
        receipt = self.transact(role, contract.address, data)
        assert receipt.status, function
        return receipt

    def slowly(self, role: str, contract: DeployedContract, function: str, *args: object) -> None:
        """The same for a role with a delay: schedule, wait, execute."""
        access = self.access
        data = codec.encode_call(load(contract.contract), function, args)
        self.send(role, access, "schedule", contract.address, data, 0)
        self.later(49 * 3600)
        self.send(role, access, "execute", contract.address, data)

    def create(self, artifact: Artifact) -> Address:
        """Put a contract on the chain that no plan knows."""
        receipt = self.transact(DEPLOYER, None, artifact.bytecode)
        assert receipt.contract_address is not None
        return receipt.contract_address

    def transact(self, label: str, to: Address | None, data: str) -> Receipt:
        signed = self.keys.sign(self.keys.address(label), self._unsigned(label, to, data))
        receipt = self.rpc.receipt(self.rpc.send_raw(signed.raw))
        assert receipt is not None
        return receipt

    @property
    def access(self) -> DeployedContract:
        return self.apply().access

    def _unsigned(self, label: str, to: Address | None, data: str) -> UnsignedTx:
        fees = self.rpc.fees()
        return UnsignedTx(
            chain_id=self.rpc.chain_id(),
            nonce=self.rpc.nonce(self.keys.address(label)),
            to=to,
            data=data,
            value=0,
            gas=GAS,
            fee_wei_max=2 * fees.base_wei + fees.tip_wei,
            tip_wei_max=fees.tip_wei,
        )


def roles_of(rpc: Rpc, access: DeployedContract, account: str) -> set[str]:
    """Every role that the access manager says the account is a member of."""
    artifact = load(access.contract)
    held = set()
    for rule in ROLES:
        asked = codec.encode_call(artifact, "hasRole", (rule.id, account))
        member, _ = codec.decode_result(artifact, "hasRole", rpc.call(access.address, asked))
        if member:
            held.add(rule.name)
    return held
