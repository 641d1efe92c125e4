"""Runs the deployment scripts as a user does, in this process, on files of the test's own.

In: a folder. Out: `Scripts`, whose verbs give exit code and output. Used by tests of the scripts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from node.chain.deployment.plan import Plan
from node.chain.deployment.roles import GIVEN
from node.submission.signer import KeystoreSigner
from scripts import deploy, verify_deployment
from tests.support.deployed import DEPLOYER, PASSWORD, planned


@dataclass(frozen=True)
class Said:
    """How a script ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


@dataclass
class Scripts:
    """A folder with keys and a plan, and an endpoint; `run` is one call of a script."""

    folder: Path
    rpc: str
    chain_id: int
    captured: pytest.CaptureFixture[str]
    keys: KeystoreSigner = field(init=False)
    plan: Plan = field(init=False)

    def __post_init__(self) -> None:
        self.keys = KeystoreSigner(self.folder / "keys", PASSWORD)
        self.keys.create(DEPLOYER)
        self.write_plan("CAD")

    @property
    def plan_path(self) -> Path:
        return self.folder / "plan.toml"

    @property
    def record(self) -> Path:
        return self.folder / "deployments" / f"{self.chain_id}.json"

    def write_plan(self, *codes: str, chain_id: int | None = None) -> None:
        """Write the plan of the keys for these currencies as TOML."""
        self.plan = planned(self.keys, *codes, chain_id=chain_id or self.chain_id)
        self.plan_path.write_text(_toml(self.plan), "utf-8")

    def deploy(self, verb: str, *more: str) -> Said:
        return self._said(deploy.main([verb, *self.where, *more]))

    def verify(self, *more: str) -> Said:
        return self._said(verify_deployment.main([*self.where, *more]))

    @property
    def where(self) -> list[str]:
        """The arguments that every verb on a plan takes."""
        deployments = ["--deployments", str(self.folder / "deployments")]
        return [str(self.plan_path), "--rpc", self.rpc, "--folder", str(self.folder), *deployments]

    def _said(self, code: int) -> Said:
        out, err = self.captured.readouterr()
        return Said(code, out, err)


def _toml(plan: Plan) -> str:
    lines = [f"chain_id = {plan.chain_id}"]
    for rule in GIVEN:
        role = plan.roles[rule.name]
        lines += [f"[roles.{rule.name}]", f"holders = {json.dumps(role.holders)}"]
        lines += [f'delay = "{role.delay}s"'] if role.delay else []
    lines += ["[treasury]", f'account = "{plan.treasury.account}"']
    for ccy, token in plan.tokens.items():
        lines += [f"[tokens.{ccy}]", f'name = "{token.name}"', f'symbol = "{token.symbol}"']
        limits = token.limits
        lines += [
            f"[tokens.{ccy}.limits]",
            f'capacity = "{limits.capacity}"',
            f'refill_per_second = "{limits.refill_per_second}"',
            f'attestation_max_age = "{limits.attestation_max_age}s"',
        ]
    return "\n".join(lines)
