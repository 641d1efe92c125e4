"""What a node stands on: its database, its chain, the contracts there, the keys of the desk.

In: addresses, folders, secrets. Out: an engine and a `Ground`, proved to belong together; or a
refusal that says what is missing and how to start anew. Called by: app.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError

from node.chain import store as blocks
from node.chain.deployment.apply import ensure_deployed
from node.chain.deployment.code import WrongContract, check_code
from node.chain.deployment.demo_plan import CURRENCIES, DEPLOYER, LABELS, demo_plan
from node.chain.deployment.journal import PlanDiffers, journal_path
from node.chain.deployment.plan import Plan, read_plan
from node.chain.deployment.sending import Deployer
from node.chain.deployments import Deployment, deployment_path, load_deployment
from node.chain.embedded import ChainInUse, EmbeddedChain, in_use
from node.chain.finality import EMBEDDED_CHAIN_ID
from node.chain.rpc import Rpc, WrongChain
from node.core.errors import Fatal, NotFound, Rejected
from node.core.types import Address
from node.db.cursors import read_cursor
from node.db.engine import open_engine
from node.db.migrate import upgrade_engine
from node.db.unit_of_work import read_only
from node.events.indexer import FINAL
from node.submission.deployer import KeystoreDeployer
from node.submission.keyring import NamedSigner
from node.submission.signer import KeystoreSigner

Progress = Callable[[str], None]
_RESET: Final = "Restore the folder from its backup, or forget it and start anew: make reset."


class StateForeign(Fatal):
    """The node's files do not belong together: some were removed, or come from another node."""

    code = "STATE_NOT_TOGETHER"
    title = "The node's files do not belong together"


class SettingRefused(Rejected):
    """A setting is not well formed, or contradicts another one."""

    code = "SETTING_REFUSED"
    title = "Setting refused"
    exit_code = 2


class NoNodeYet(NotFound):
    """The data folder holds no node."""

    code = "NO_NODE_YET"
    title = "No node yet"


@dataclass(frozen=True, slots=True)
class Ground:
    """The chain as the node uses it; `chain` is None unless it is the one inside the node."""

    chain: EmbeddedChain | None
    rpc: Rpc
    deployment: Deployment
    plan: Plan | None
    signer: NamedSigner


def open_database(url: str) -> Engine:
    """The database, with the schema of this version. Raises `NewerDatabase` and others."""
    try:
        engine = open_engine(url)
    except (ArgumentError, OSError) as error:
        raise SettingRefused(
            f"CONCORD_DATABASE_URL does not name a database that can be opened: {error}",
            remedy="Write postgresql://user@host/name or sqlite:///path/file.db.",
        ) from error
    try:
        upgrade_engine(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def kept_secret(path: Path, *, given: str = "") -> str:
    """The secret given, or the one kept in a file only we can read; made at the first call."""
    if given:
        return given
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(file, "w") as made:
        made.write(secrets.token_urlsafe(32))
    return path.read_text()


def require_node(folder: Path, chain_file: Path) -> None:
    """Raise `NoNodeYet` where no node was ever started, rather than make one by looking."""
    if not chain_file.exists():
        raise NoNodeYet(
            f"there is no node in {folder}",
            remedy="Run `concord demo` first, or set CONCORD_DATA_FOLDER or CONCORD_RPC_URLS.",
        )


def forget(folder: Path, chain_file: Path) -> None:
    """Remove the folder of a demo; never one of something else, or one that is in use."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    if in_use(chain_file):
        raise ChainInUse(f"a node is running on {folder}", remedy="Stop it first, then reset.")
    if not chain_file.exists():
        raise NoNodeYet(
            f"{folder} holds no demo, so nothing was removed",
            remedy="Set CONCORD_DATA_FOLDER to the folder of the demo.",
        )
    shutil.rmtree(folder)


def embedded_ground(
    chain_file: Path,
    *,
    deployments: Path,
    keys: Callable[[], KeystoreSigner],
    currencies: Sequence[str],
    progress: Progress,
) -> Ground:
    """The chain inside the node, with the demo's contracts on it."""
    record = deployment_path(deployments, EMBEDDED_CHAIN_ID)
    if record.exists() and not chain_file.exists():
        raise StateForeign(f"{record} is there, the chain {chain_file} is gone", remedy=_RESET)
    may_create = not chain_file.exists()
    codes = _currencies(record, currencies)
    signer = keys()
    held = _labels(signer, may_create=may_create)
    plan = demo_plan(EMBEDDED_CHAIN_ID, held, codes)
    chain = EmbeddedChain(chain_file, [held[label] for label in LABELS])
    try:
        deployer = KeystoreDeployer(signer, held[DEPLOYER])
        deployment = _deployed(chain, record, plan, deployer, progress)
    except BaseException:
        chain.close()
        raise
    return Ground(chain, chain.rpc(), deployment, plan, signer)


def remote_ground(
    urls: Sequence[str],
    chain_id: int,
    *,
    deployments: Path,
    plan_file: Path | None,
    signer: NamedSigner,
) -> Ground:
    """A chain of its own, with the contracts that scripts/deploy.py put there."""
    rpc = Rpc(urls, chain_id=chain_id)
    rpc.chain_id()  # asked at once, so that a wrong endpoint ends the start and not a stage
    deployment = load_deployment(deployment_path(deployments, chain_id))
    if deployment.chain_id != chain_id:
        raise WrongChain(
            f"the record in {deployments} is of chain {deployment.chain_id}, not {chain_id}",
            remedy="Restore the record that scripts/deploy.py wrote for this chain.",
        )
    check_code(rpc, deployment)
    plan = read_plan(plan_file) if plan_file else None
    return Ground(None, rpc, deployment, plan, signer)


def check_together(engine: Engine, ground: Ground) -> None:
    """Raise `StateForeign` unless the database tells of this chain, and of all that is on it."""
    chain_id = ground.deployment.chain_id
    with read_only(engine) as session:
        others = blocks.chain_ids(session) - {chain_id}
        final = read_cursor(session, FINAL, -1)
        held = blocks.canonical_at(session, chain_id, final)
        knows_nothing = blocks.last_block(session, chain_id) is None
    if others:
        raise StateForeign(
            f"the database holds the books of chain {min(others)}, the node is on {chain_id}",
            remedy="Point CONCORD_DATABASE_URL at the database of this chain.",
        )
    if ground.chain is None:
        return  # on a chain of others a database may begin late, and a reorg is not ours to undo
    head = ground.rpc.block("latest").number
    if held and (head < held.number or ground.rpc.block(held.number).hash != held.hash):
        raise StateForeign(
            f"the database tells of another chain: its final block {held.number} is not on this",
            remedy=_RESET,
        )
    if knows_nothing and _moved(ground, head):
        raise StateForeign(
            "the chain holds money of which the database knows nothing", remedy=_RESET
        )


def _labels(signer: KeystoreSigner, *, may_create: bool) -> dict[str, Address]:
    known = signer.labels
    missing = [label for label in LABELS if label not in known]
    if missing and not may_create:
        raise StateForeign(f"the key {missing[0]!r} of the demo is gone", remedy=_RESET)
    return {label: signer.create(label) for label in LABELS}


def _currencies(record: Path, wanted: Sequence[str]) -> Sequence[str]:
    """What stands decides; what is wanted must be among it."""
    codes = load_deployment(record).currencies if record.exists() else wanted or CURRENCIES
    missing = set(wanted) - set(codes)
    if missing:
        raise StateForeign(
            f"the chain has no token in {', '.join(sorted(missing))}; it has {', '.join(codes)}",
            remedy=_RESET,
        )
    return codes


def _deployed(
    chain: EmbeddedChain, record: Path, plan: Plan, deployer: Deployer, progress: Progress
) -> Deployment:
    is_known = record.exists() or journal_path(record).exists()
    if chain.read_only and not record.exists():
        raise ChainInUse(
            "another process is just setting this chain up", remedy="Wait until it serves."
        )
    if chain.height and not is_known:
        raise StateForeign(f"the chain has blocks, its record {record} is gone", remedy=_RESET)

    def told(step: str) -> None:
        progress(f"Deploying {step}")

    try:
        return ensure_deployed(chain.rpc(), plan, deployer, record, progress=told)
    except (WrongContract, PlanDiffers) as error:
        raise StateForeign(f"the chain holds other contracts: {error}", remedy=_RESET) from error


def _moved(ground: Ground, head: int) -> bool:
    """Whether tokens moved since they were put there."""
    ours = [each for each in ground.deployment.contracts if each.currency]
    first = max(each.block_number for each in ours) + 1
    addresses = [each.address for each in ours]
    return first <= head and bool(ground.rpc.logs(first, head, addresses))
