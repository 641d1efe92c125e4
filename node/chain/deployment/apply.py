"""Brings a plan onto a chain, and goes on where it was stopped.

In: an `Rpc`, a plan, somebody who signs for the deployer, the path of the record.
Out: `Deployment`, saved. Called by: app (embedded chain), scripts/deploy.py.

Each step is a transaction of `sending`, which does none twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from node.chain.artifacts import load
from node.chain.codec import encode_call, encode_constructor
from node.chain.deployment.archive import keep
from node.chain.deployment.code import check_code
from node.chain.deployment.journal import Journal, PlanDiffers, alone, journal_path
from node.chain.deployment.plan import Plan
from node.chain.deployment.rights import BANK_ACCESS, setup_calls
from node.chain.deployment.sending import Deployer, Sender, StepFailed
from node.chain.deployment.steps import CODE, DEPLOYER, RIGHTS, Creation, creations, filled
from node.chain.deployment.verify import verify
from node.chain.deployments import (
    ACCESS,
    Argument,
    DeployedContract,
    Deployment,
    checksummed,
    load_deployment,
    save_deployment,
)
from node.chain.rpc import Receipt, Rpc, WrongChain
from node.core.types import Address


def ensure_deployed(
    rpc: Rpc,
    plan: Plan,
    deployer: Deployer,
    path: Path,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> Deployment:
    """The deployment of the plan: the one on record when its code stands, else a new one.

    `progress` hears the name of each step as it begins. Raises `WrongChain`, `WrongContract`,
    `PlanDiffers`, `DeploymentBusy`, `StepFailed`.
    """
    check_chain(rpc, plan)
    if path.exists():
        return _standing(rpc, plan, path)
    with alone(path):
        journal = Journal.open(path, plan.hash, deployer.address)
        deployment = _Run(rpc, plan, deployer, journal, progress).run()
        keep(path, (each.contract for each in (*deployment.contracts, *deployment.implementations)))
        save_deployment(path, deployment)
        journal.path.unlink(missing_ok=True)
    return deployment


def check_chain(rpc: Rpc, plan: Plan) -> None:
    """Raise `WrongChain` unless the endpoint serves the plan's chain."""
    if rpc.chain_id() != plan.chain_id:
        raise WrongChain(
            f"the plan is for chain {plan.chain_id}, the endpoint serves chain {rpc.chain_id()}",
            remedy="Correct the plan's chain_id or the endpoint. Nothing was sent.",
        )


def _standing(rpc: Rpc, plan: Plan, path: Path) -> Deployment:
    found = load_deployment(path)
    check_code(rpc, found)
    if found.plan_hash != plan.hash:
        # The holders of the rights may have brought the chain to where this plan is.
        differences = verify(rpc, plan, found)
        if differences:
            listed = "\n".join(map(str, differences))
            raise PlanDiffers(
                f"{path.name} was deployed from another plan, and what stands is not this one:\n"
                f"{listed}",
                remedy="Rights and limits of what stands are changed by their holders on chain."
                " For a new deployment use another folder. Nothing was sent.",
            )
    journal_path(path).unlink(missing_ok=True)
    return found


class _Run:
    """One deployment from its first to its last step."""

    def __init__(
        self,
        rpc: Rpc,
        plan: Plan,
        deployer: Deployer,
        journal: Journal,
        progress: Callable[[str], None],
    ) -> None:
        self._chain_id = rpc.chain_id()
        self._plan = plan
        self._deployer = deployer.address
        self._progress = progress
        self._sender = Sender(rpc, deployer, journal)

    def run(self) -> Deployment:
        addresses = {DEPLOYER: self._deployer}
        made: list[DeployedContract] = []
        for each in creations(self._plan):
            made.append(created(self._sent, each, addresses))
            addresses[each.label] = made[-1].address
        called = tuple(each for each in made if each.label != CODE)
        self._sent(RIGHTS, addresses[ACCESS], self._rights(called))
        behind = tuple(each for each in made if each.label == CODE)
        return Deployment(self._chain_id, called, behind, self._plan.hash)

    def _sent(self, step: str, to: Address | None, data: str) -> Receipt:
        self._progress(step)
        return self._sender.send(step, to, data)

    def _rights(self, contracts: tuple[DeployedContract, ...]) -> str:
        """All rights in one call, so that there is no moment at which half of them are set."""
        calls = setup_calls(self._plan, contracts, self._deployer)
        return encode_call(load(BANK_ACCESS), "multicall", (calls,))


def created(
    send: Callable[[str, Address | None, str], Receipt],
    step: Creation,
    addresses: Mapping[str, Address],
) -> DeployedContract:
    """Create one contract; those it needs are in `addresses`, by label."""
    args = filled(step.args, addresses)
    artifact = load(step.artifact)
    data = artifact.bytecode + encode_constructor(artifact, args).removeprefix("0x")
    receipt = send(step.label, None, data)
    if receipt.contract_address is None:
        raise StepFailed(f"{step.label}: the receipt names no contract")
    return DeployedContract(
        label=step.label,
        contract=step.contract,
        address=checksummed(receipt.contract_address),
        block_number=receipt.block_number,
        tx_hash=receipt.tx_hash,
        constructor_args=_as_record(args),
        artifact_hash=load(step.contract).hash,
        currency=step.currency,
        implementation=addresses[CODE] if step.speaks_for else None,
    )


def _as_record(args: tuple[Any, ...]) -> tuple[Argument, ...]:
    return tuple(
        tuple(str(part) for part in each) if isinstance(each, tuple) else str(each) for each in args
    )
