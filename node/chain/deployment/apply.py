"""Brings a plan onto a chain, and goes on where it was stopped.

In: an `Rpc`, a plan, somebody who signs for the deployer, the path of the record.
Out: `Deployment`, saved. Called by: app (embedded chain), scripts/deploy.py.

Each step is a transaction whose signed bytes are in a journal beside the record before they are
sent. After an interruption the same bytes are sent again, so nothing is deployed twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

from node.chain.artifacts import load
from node.chain.codec import decode_error, encode_call, encode_constructor
from node.chain.deployment.code import check_code
from node.chain.deployment.journal import Journal, PlanDiffers, alone, journal_path, tx_hash
from node.chain.deployment.plan import Plan
from node.chain.deployment.rights import BANK_ACCESS, setup_calls
from node.chain.deployment.steps import (
    CODE,
    DEPLOYER,
    GATE,
    RIGHTS,
    TOKEN,
    Creation,
    creations,
    filled,
)
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
from node.chain.rpc import (
    AlreadyKnown,
    CallReverted,
    NonceTooLow,
    Receipt,
    Rpc,
    Underpriced,
    WrongChain,
)
from node.core.errors import Fatal
from node.core.types import Address

GAS_MARGIN_PERCENT: Final = 125
PATIENCE_SECONDS: Final = 300
PATIENCE_SECONDS_NONCE_USED: Final = 10  # an endpoint may know the nonce before the receipt
POLL_SECONDS: Final = 0.2


class StepFailed(Fatal):
    """A transaction of the deployment reverted or was never mined."""

    code = "DEPLOYMENT_STEP_FAILED"
    title = "Deployment step failed"


class Deployer(Protocol):
    """Whoever signs for the account that deploys."""

    @property
    def address(self) -> Address:
        """The account that pays, and that ends without any right."""

    def sign(
        self, *, chain_id: int, nonce: int, to: Address | None, data: str, gas: int, fee_wei: int,
        tip_wei: int,
    ) -> bytes:  # fmt: skip
        """Signed bytes of one transaction."""


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
        self._rpc = rpc
        self._plan = plan
        self._deployer = deployer
        self._progress = progress
        self._journal = journal

    def run(self) -> Deployment:
        addresses = {DEPLOYER: self._deployer.address}
        made: list[DeployedContract] = []
        for each in creations(self._plan):
            made.append(self._create(each, addresses))
            addresses[each.label] = made[-1].address
        called = tuple(each for each in made if each.label != CODE)
        self._send(RIGHTS, addresses[ACCESS], self._rights(called))
        behind = tuple(each for each in made if each.label == CODE)
        return Deployment(self._rpc.chain_id(), called, behind, self._plan.hash)

    def _create(self, step: Creation, addresses: dict[str, Address]) -> DeployedContract:
        args = filled(step.args, addresses)
        artifact = load(step.artifact)
        data = artifact.bytecode + encode_constructor(artifact, args).removeprefix("0x")
        receipt = self._send(step.label, None, data)
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

    def _rights(self, contracts: tuple[DeployedContract, ...]) -> str:
        """All rights in one call, so that there is no moment at which half of them are set."""
        calls = setup_calls(self._plan, contracts, self._deployer.address)
        return encode_call(load(BANK_ACCESS), "multicall", (calls,))

    def _send(self, step: str, to: Address | None, data: str) -> Receipt:
        self._progress(step)
        raw = self._journal.find(step) or self._journal.keep(step, self._sign(step, to, data))
        receipt = self._mined(step, raw)
        if not receipt.status:
            raise StepFailed(
                f"{step} reverted in block {receipt.block_number} ({receipt.tx_hash})",
                remedy=f"Find out why; then remove {self._journal.path.name} and start anew.",
            )
        return receipt

    def _sign(self, step: str, to: Address | None, data: str) -> bytes:
        sender = self._deployer.address
        try:
            gas = self._rpc.gas_estimate(sender, to, data)
        except CallReverted as error:
            known = [load(each) for each in (BANK_ACCESS, TOKEN, GATE)]
            raise StepFailed(
                f"{step} would revert: {decode_error(known, error.data)}",
                remedy="Nothing was sent for this step. Correct the plan or the account.",
            ) from error
        fees = self._rpc.fees()
        return self._deployer.sign(
            chain_id=self._plan.chain_id,
            nonce=self._rpc.nonce(sender, pending=True),
            to=to,
            data=data,
            gas=gas * GAS_MARGIN_PERCENT // 100,
            fee_wei=2 * fees.base_wei + fees.tip_wei,
            tip_wei=fees.tip_wei,
        )

    def _mined(self, step: str, raw: bytes) -> Receipt:
        patience = PATIENCE_SECONDS
        try:
            self._rpc.send_raw(raw)
        except AlreadyKnown:
            pass
        except NonceTooLow:
            patience = PATIENCE_SECONDS_NONCE_USED
        except Underpriced as error:
            raise StepFailed(
                f"{step}: gas costs more by now than what was signed: {error.detail}",
                remedy="Run the same command again once it costs less, or remove"
                f" {self._journal.path.name} and start anew.",
            ) from error
        receipt = self._receipt(tx_hash(raw), patience)
        if receipt is not None:
            return receipt
        if patience == PATIENCE_SECONDS_NONCE_USED:
            raise StepFailed(
                f"{step}: the account has used its nonce for something else meanwhile",
                remedy=f"Remove {self._journal.path.name} and start anew, with an account that"
                " sends nothing else.",
            )
        raise StepFailed(
            f"{step} ({tx_hash(raw)}) was not mined within {patience} s",
            remedy="Run the same command again: it sends the same bytes and goes on.",
        )

    def _receipt(self, sent: str, patience: int) -> Receipt | None:
        deadline = time.monotonic() + patience
        while (receipt := self._rpc.receipt(sent)) is None and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        return receipt


def _as_record(args: tuple[Any, ...]) -> tuple[Argument, ...]:
    return tuple(
        tuple(str(part) for part in each) if isinstance(each, tuple) else str(each) for each in args
    )
