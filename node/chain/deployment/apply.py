"""Brings a plan onto a chain, and goes on where it was stopped.

In: an `Rpc`, a plan, somebody who signs for the deployer, the path of the record.
Out: `Deployment`, saved. Called by: app (embedded chain), scripts/deploy.py.

Each step is a transaction whose signed bytes are in a journal beside the record before they are
sent. After an interruption the same bytes are sent again, so nothing is deployed twice.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, Protocol

from eth_utils.crypto import keccak

from node.chain.artifacts import load
from node.chain.codec import decode_error, encode_call, encode_constructor
from node.chain.deployment.code import check_code
from node.chain.deployment.plan import Plan, TokenPlan
from node.chain.deployment.rights import BANK_ACCESS, Target, setup_calls
from node.chain.deployments import (
    ACCESS,
    Argument,
    DeployedContract,
    Deployment,
    checksummed,
    load_deployment,
    save_deployment,
)
from node.chain.rpc import AlreadyKnown, CallReverted, NonceTooLow, Receipt, Rpc, WrongChain
from node.core.errors import Fatal, Rejected
from node.core.money import currency
from node.core.types import Address

TOKEN: Final = "DepositToken"  # noqa: S105 - a contract, not a secret
GATE: Final = "IssuanceGate"
PROXY: Final = "ERC1967Proxy"
GAS_MARGIN_PERCENT: Final = 125
PATIENCE_SECONDS: Final = 300


class StepFailed(Fatal):
    """A transaction of the deployment reverted or was never mined."""

    code = "DEPLOYMENT_STEP_FAILED"
    title = "Deployment step failed"


class PlanDiffers(Rejected):
    """Something else stands on the chain than the plan asks for; its rights belong to others."""

    code = "DEPLOYMENT_DIFFERS"
    title = "Deployment differs from the plan"


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

    Raises `WrongChain`, `WrongContract`, `PlanDiffers`, `StepFailed`.
    """
    if rpc.chain_id() != plan.chain_id:
        raise WrongChain(
            f"the plan is for chain {plan.chain_id}, the endpoint serves chain {rpc.chain_id()}",
            remedy="Correct the plan's chain_id or the endpoint. Nothing was sent.",
        )
    if path.exists():
        return _standing(rpc, plan, path)
    return _Run(rpc, plan, deployer, path, progress).run()


def _standing(rpc: Rpc, plan: Plan, path: Path) -> Deployment:
    found = load_deployment(path)
    check_code(rpc, found)
    if found.plan_hash != plan.hash:
        raise PlanDiffers(
            f"{path.name} was deployed from another plan",
            remedy="Rights and limits of what stands are changed by their holders on chain; verify"
            " with scripts/verify_deployment.py. For a new deployment use another folder.",
        )
    return found


class _Run:
    """One deployment from its first to its last step."""

    def __init__(
        self,
        rpc: Rpc,
        plan: Plan,
        deployer: Deployer,
        path: Path,
        progress: Callable[[str], None],
    ) -> None:
        self._rpc = rpc
        self._plan = plan
        self._deployer = deployer
        self._path = path
        self._progress = progress
        self._journal = _Journal(path.with_suffix(".journal"), plan.hash)

    def run(self) -> Deployment:
        access = self._create(ACCESS, BANK_ACCESS, (self._deployer.address,))
        code = self._create("DepositToken.code", TOKEN, ())
        gates: dict[str, Address] = {}
        contracts, targets = [access], []
        for ccy, token_plan in self._plan.tokens.items():
            token, gate = self._currency(ccy, token_plan, access.address, code.address)
            gates[ccy] = gate.address
            contracts += [token, gate]
            targets += [Target(each.label, each.contract, each.address) for each in (token, gate)]
        calls = setup_calls(self._plan, tuple(targets), gates, self._deployer.address)
        self._call("rights", access.address, encode_call(load(BANK_ACCESS), "multicall", (calls,)))
        deployment = Deployment(self._rpc.chain_id(), tuple(contracts), (code,), self._plan.hash)
        save_deployment(self._path, deployment)
        self._journal.remove()
        return deployment

    def _currency(
        self, ccy: str, plan: TokenPlan, access: Address, code: Address
    ) -> tuple[DeployedContract, DeployedContract]:
        scale = currency(ccy).scale
        setup = encode_call(load(TOKEN), "initialize", (plan.name, plan.symbol, ccy, scale, access))
        token = self._create(
            f"{ccy}.token", PROXY, (code, setup), ccy=ccy, speaks_for=TOKEN, implementation=code
        )
        limits = (
            self._plan.minor_units(ccy, plan.limits.capacity),
            self._plan.minor_units(ccy, plan.limits.refill_per_second),
            plan.limits.attestation_max_age,
        )
        gate = self._create(f"{ccy}.gate", GATE, (token.address, access, limits), ccy=ccy)
        return token, gate

    def _create(
        self,
        label: str,
        contract: str,
        args: tuple[Any, ...],
        *,
        ccy: str = "",
        speaks_for: str = "",
        implementation: Address | None = None,
    ) -> DeployedContract:
        artifact = load(contract)
        data = artifact.bytecode + encode_constructor(artifact, args).removeprefix("0x")
        receipt = self._send(label, None, data)
        if receipt.contract_address is None:
            raise StepFailed(f"{label}: the receipt names no contract")
        name = speaks_for or contract
        return DeployedContract(
            label=label,
            contract=name,
            address=checksummed(receipt.contract_address),
            block_number=receipt.block_number,
            tx_hash=receipt.tx_hash,
            constructor_args=_as_record(args),
            artifact_hash=load(name).hash,
            currency=ccy,
            implementation=implementation,
        )

    def _call(self, name: str, to: Address, data: str) -> None:
        self._send(name, to, data)

    def _send(self, name: str, to: Address | None, data: str) -> Receipt:
        entry = self._journal.find(name)
        if entry is None:
            self._progress(name)
            raw = self._sign(name, to, data)
            entry = self._journal.keep(name, raw)
        receipt = self._mined(name, entry)
        if not receipt.status:
            raise StepFailed(
                f"{name} reverted in block {receipt.block_number} ({receipt.tx_hash})",
                remedy=f"Find out why; then remove {self._journal.path.name} and start anew.",
            )
        return receipt

    def _sign(self, name: str, to: Address | None, data: str) -> bytes:
        sender = self._deployer.address
        try:
            gas = self._rpc.gas_estimate(sender, to, data)
        except CallReverted as error:
            known = [load(each) for each in (BANK_ACCESS, TOKEN, GATE)]
            raise StepFailed(
                f"{name} would revert: {decode_error(known, error.data)}",
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

    def _mined(self, name: str, raw: bytes) -> Receipt:
        tx_hash = ""
        try:
            tx_hash = self._rpc.send_raw(raw)
        except (AlreadyKnown, NonceTooLow):
            tx_hash = self._journal.hash_of(raw)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            receipt = self._rpc.receipt(tx_hash)
            if receipt is not None:
                return receipt
            time.sleep(0.2)
        raise StepFailed(
            f"{name} ({tx_hash}) was not mined within {PATIENCE_SECONDS} s",
            remedy="Run the same command again: it sends the same bytes and goes on.",
        )


class _Journal:
    """The signed bytes of every step, on disk before they are sent."""

    def __init__(self, path: Path, plan_hash: str) -> None:
        self.path = path
        self._content: dict[str, str] = {"plan": plan_hash}
        if path.exists():
            self._content = json.loads(path.read_text())
            if self._content.get("plan") != plan_hash:
                raise PlanDiffers(
                    f"{path.name} belongs to an interrupted deployment of another plan",
                    remedy="Finish that one with its plan, or remove the journal to start anew.",
                )

    def find(self, name: str) -> bytes | None:
        raw = self._content.get(name)
        return None if raw is None else bytes.fromhex(raw)

    def keep(self, name: str, raw: bytes) -> bytes:
        self._content[name] = raw.hex()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".journal.new")
        draft.write_text(json.dumps(self._content, indent=1))
        draft.replace(self.path)
        return raw

    def hash_of(self, raw: bytes) -> str:
        return "0x" + keccak(raw).hex()

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


def steps_of(plan: Plan) -> Iterator[str]:
    """The names of the transactions that a plan takes, in their order."""
    yield from (ACCESS, "DepositToken.code")
    for ccy in plan.tokens:
        yield from (f"{ccy}.token", f"{ccy}.gate")
    yield "rights"


def _as_record(args: tuple[Any, ...]) -> tuple[Argument, ...]:
    return tuple(
        tuple(str(part) for part in each) if isinstance(each, tuple) else str(each) for each in args
    )
