"""The embedded chain with a bank's contracts on it, deployed once per test process and then copied.

In: a folder of the test's own. Out: `EmbeddedChain`, the record of the deployment, a clock that
both share. Used by tests of submission, settlement and of the whole way of the data.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from node.chain.deployment.apply import ensure_deployed
from node.chain.deployment.plan import make_plan
from node.chain.deployments import Deployment, checksummed
from node.chain.embedded import EmbeddedChain
from node.settlement.desk import Desk
from node.submission.deployer import KeystoreDeployer
from tests.support.chain_keys import BANK, ROLES, MemorySigner, address
from tests.support.clock import Clock
from tests.support.deployment import plan_data

CURRENCIES = ("CAD", "EUR")


@dataclass
class ChainBank:
    """A chain on which a bank is deployed."""

    chain: EmbeddedChain
    deployment: Deployment
    clock: Clock

    @property
    def desk(self) -> Desk:
        return desk(self.deployment)


def open_bank(folder: Path, clock: Clock | None = None) -> ChainBank:
    """The deployed chain in this folder; put there first where the folder has none."""
    clock = clock or Clock()
    content, made = _deployed()
    path = folder / "chain.db"
    if not path.exists():
        path.write_bytes(content)
    return ChainBank(EmbeddedChain(path, now=lambda: clock.now().timestamp()), made, clock)


def deployment() -> Deployment:
    """The record of that deployment, for tests that ask no chain."""
    return _deployed()[1]


def desk(deployment: Deployment) -> Desk:
    """The desk of the bank's own keys."""
    return Desk(
        deployment=deployment,
        issuer=address("issuer"),
        attestor=address("attestor"),
        compliance=address("compliance"),
        funder=address("funder"),
        settler=address("settler"),
    )


@cache
def _deployed() -> tuple[bytes, Deployment]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clock = Clock()
        chain = EmbeddedChain(
            folder / "chain.db", map(address, BANK), now=lambda: clock.now().timestamp()
        )
        data = plan_data(*CURRENCIES)
        for role in ROLES:
            data["roles"][role.upper()]["holders"] = [checksummed(address(role))]
        deployer = KeystoreDeployer(MemorySigner("deployer"), address("deployer"))
        made = ensure_deployed(chain.rpc(), make_plan(data), deployer, folder / "record.json")
        chain.close()
        return (folder / "chain.db").read_bytes(), made
