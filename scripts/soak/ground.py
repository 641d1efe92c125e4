"""What the soak stands on: a chain that mines each second, contracts on it, a bank's folder.

In: a folder, anvil. Out: `Bank`: customers with money to move, and how to start the node. Used by
the run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from node.app import Node, build, load_settings
from node.chain.deployment.apply import ensure_deployed
from node.chain.deployment.demo_plan import DEPLOYER, LABELS, demo_plan
from node.chain.deployments import deployment_path, load_deployment
from node.chain.rpc import Rpc
from node.core.types import Address, ChainId
from node.db.engine import open_engine
from node.db.unit_of_work import read_only
from node.settlement import store as settlement
from node.submission import store as intents
from node.submission.deployer import KeystoreDeployer
from node.submission.intent import IntentState
from node.submission.signer import KeystoreSigner
from tests.support.anvil import CHAIN_ID, Anvil
from tests.support.command_line import ROOT, environment

PASSWORD: Final = "a password of the soak"  # noqa: S105 - opens keys of a chain that is thrown away
SECRET: Final = "s" * 32
CURRENCY: Final = "EUR"
NOSTRO: Final = "DE02100100109307118603"
CUSTOMERS: Final = 20
FINAL_DEPTH: Final = 12
BLOCK_SECONDS: Final = 1
OPENING_SECONDS_MAX: Final = 120


@dataclass(frozen=True)
class Bank:
    """A bank on a chain, and what its node is told."""

    folder: Path
    database: str
    customers: tuple[Address, ...]

    def variables(self, url: str, **more: str) -> dict[str, str]:
        """The settings of a node that asks that endpoint, and whatever else it is told."""
        told = _settings(self.folder, self.database) | {"rpc_urls": url} | more
        return environment(
            self.folder, **{f"CONCORD_{name.upper()}": str(each) for name, each in told.items()}
        )

    def start(self, url: str, port: int, **more: str) -> subprocess.Popen[bytes]:
        """The node as a process of its own; what it says is kept in the folder."""
        with (self.folder / "node.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "node", "run", "--port", str(port)],
                cwd=ROOT,
                env=self.variables(url, **more),
                stdout=log,
                stderr=log,
            )

    def contracts(self, *labels: str) -> list[str]:
        """Where the contracts under these labels are."""
        deployed = load_deployment(deployment_path(self.folder / "deployments", ChainId(CHAIN_ID)))
        return [deployed.contract(label).address for label in labels]

    def open_instructions(self) -> int:
        """How many instructions have not come to their end."""
        engine = open_engine(self.database)
        try:
            with read_only(engine) as session:
                return settlement.count_open(session)
        finally:
            engine.dispose()

    def open(self, url: str) -> Node:
        """The node in this process, to ask it at the end."""
        return _open(self.folder, self.database, url)


def open_bank(anvil: Anvil, folder: Path, database: str) -> Bank:
    """Deploy, take customers in, and wait until the chain has admitted them."""
    keys = KeystoreSigner(folder / "keys", PASSWORD)
    held = {label: keys.create(label) for label in LABELS}
    for address in held.values():
        anvil.ask("anvil_setBalance", address, hex(10**24))
    rpc = Rpc([anvil.url], chain_id=CHAIN_ID)
    plan = demo_plan(ChainId(CHAIN_ID), held, (CURRENCY,))
    record = deployment_path(folder / "deployments", ChainId(CHAIN_ID))
    ensure_deployed(rpc, plan, KeystoreDeployer(keys, held[DEPLOYER]), record)
    customers = tuple(keys.create(f"customer {number}") for number in range(CUSTOMERS))
    bank = Bank(folder, database, customers)
    node = bank.open(anvil.url)
    try:
        _admit(node, customers)
    finally:
        node.close()
    return bank


def _admit(node: Node, customers: tuple[Address, ...]) -> None:
    node.onboarding.correspondent(CURRENCY, NOSTRO, "Nordland Bank", by="soak")
    for number, each in enumerate(customers):
        node.onboarding.customer(
            f"Customer {number}", each, currencies=(CURRENCY,), custodial=True, by="soak"
        )
    deadline = time.monotonic() + OPENING_SECONDS_MAX
    node.drive()
    while not _admitted(node):
        node.drive()
        if time.monotonic() > deadline:
            raise TimeoutError("the chain does not admit the customers")
        time.sleep(1)


def _admitted(node: Node) -> bool:
    with read_only(node.engine) as session:
        states = {each.state for each in intents.intents(session, limit=10 * CUSTOMERS)}
    return states == {IntentState.FINAL}


def _open(folder: Path, database: str, url: str) -> Node:
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("CONCORD_")}
    try:
        return build(load_settings(**_settings(folder, database) | {"rpc_urls": url}))
    finally:
        os.environ.update(kept)


def _settings(folder: Path, database: str) -> dict[str, object]:
    return {
        "data_folder": folder,
        "database_url": database,
        "chain_id": CHAIN_ID,
        "confirmations": 1,
        "final_depth": FINAL_DEPTH,
        "deployments_folder": folder / "deployments",
        "keystore_folder": folder / "keys",
        "keystore_password": PASSWORD,
        "token_secret": SECRET,
        "log_level": "warning",
    }
