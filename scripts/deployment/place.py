"""Where a plan is applied: the chain, the record and the keys that the command line names.

In: parsed arguments and CONCORD_KEYSTORE_PASSWORD. Out: `Place`. Called by: deploy,
verify_deployment, roles, upgrade.

A key never stands on the command line, where other users of the machine can read it.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from node.chain.deployment.apply import check_chain
from node.chain.deployment.plan import Plan
from node.chain.deployment.roles import RoleRule
from node.chain.deployments import Deployment, checksummed, deployment_path, load_deployment
from node.chain.embedded import EmbeddedChain
from node.chain.finality import EMBEDDED_CHAIN_ID
from node.chain.rpc import Rpc
from node.core.errors import Rejected
from node.core.ids import wallet_key
from node.core.types import Address
from node.submission.deployer import KeystoreDeployer
from node.submission.signer import KeystoreSigner

EMBEDDED: Final = "embedded"
PASSWORD: Final = "CONCORD_KEYSTORE_PASSWORD"  # noqa: S105 - its name
_LABEL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,50}")


class PasswordMissing(Rejected):
    """Keys are asked for, and nothing says what opens them."""

    code = "KEYSTORE_PASSWORD_MISSING"
    title = "Keystore password missing"


class AccountUnclear(Rejected):
    """The plan does not say which one account schedules."""

    code = "ACCOUNT_UNCLEAR"
    title = "Account unclear"


@dataclass(frozen=True, slots=True)
class Place:
    """One plan, the chain it is for, and where its record is."""

    plan: Plan
    rpc: Rpc
    shown: str
    record: Path


def add_place(parser: argparse.ArgumentParser) -> None:
    """The arguments that say where."""
    parser.add_argument("plan", type=Path, metavar="PLAN.toml", help="what shall stand")
    add_chain(parser)


def add_chain(parser: argparse.ArgumentParser) -> None:
    """The arguments that say which chain, and where its record is."""
    parser.add_argument(
        "--rpc", required=True, type=_endpoint, help="http(s)://… of the chain, or `embedded`"
    )
    parser.add_argument(
        "--deployments", type=Path, metavar="DIR",
        help="folder of the records (default: deployments; FOLDER/deployments when embedded)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    add_folder(parser)


def add_folder(parser: argparse.ArgumentParser) -> None:
    """The argument that says where keys and the embedded chain are by default."""
    parser.add_argument(
        "--folder", type=Path, default=Path("var"), metavar="DIR",
        help="folder of the embedded chain and of keys (default: var)",
    )  # fmt: skip


def add_keys(parser: argparse.ArgumentParser) -> None:
    """The arguments that say who signs."""
    parser.add_argument(
        "--keystore", type=Path, metavar="DIR", help="folder of key files (default: FOLDER/keys)"
    )
    parser.add_argument(
        "--deployer", type=_label, default="deployer", metavar="LABEL",
        help="label of the key that pays (default: deployer)",
    )  # fmt: skip


def add_account(parser: argparse.ArgumentParser, role: RoleRule) -> None:
    """The argument that says who schedules what needs a delay."""
    parser.add_argument(
        "--account", type=_account, metavar="0x…",
        help=f"who schedules (default: the one holder of {role.name} in the plan)",
    )  # fmt: skip


def holder(plan: Plan, role: RoleRule, asked: Address | None) -> Address:
    """Who schedules: the account asked for, or the only one. Raises `AccountUnclear`."""
    holders = plan.roles[role.name].holders
    named = ", ".join(holders)
    if asked is not None and asked not in holders:
        raise AccountUnclear(
            f"{asked} does not hold {role.name} in the plan", remedy=f"Name one of {named}."
        )
    if asked is None and len(holders) > 1:
        raise AccountUnclear(
            f"several accounts hold {role.name}", remedy=f"Name one by --account: {named}."
        )
    return asked or holders[0]


def signer(options: argparse.Namespace, account: Address) -> KeystoreDeployer | None:
    """Signs for an account whose key is in the keystore; None for a Safe, or where it is not."""
    keys = keystore(options)
    known = wallet_key(account) in keys.addresses()
    return KeystoreDeployer(keys, account) if known else None


def keystore(options: argparse.Namespace) -> KeystoreSigner:
    """The keys. Raises `PasswordMissing`, `KeystoreLocked`."""
    password = os.environ.get(PASSWORD, "")
    if not password:
        raise PasswordMissing(
            f"{PASSWORD} is not set", remedy="Set it to the password of the key files."
        )
    return KeystoreSigner(_keys_folder(options), password)


def deployer_seen(options: argparse.Namespace) -> Address | None:
    """The account that would pay, where its key exists and can be opened."""
    if not os.environ.get(PASSWORD) or not _keys_folder(options).is_dir():
        return None
    keys = keystore(options)
    return keys.address(options.deployer) if options.deployer in keys.labels else None


def deployer(options: argparse.Namespace) -> KeystoreDeployer:
    """The account that pays; on the embedded chain its key is made at the first call.

    Raises `KeyUnknown`, `PasswordMissing`, `KeystoreLocked`.
    """
    keys = keystore(options)
    if options.rpc == EMBEDDED:
        keys.create(options.deployer)
    return KeystoreDeployer(keys, keys.address(options.deployer))


@contextmanager
def opened(
    options: argparse.Namespace, plan: Plan, payer: Address | None, *, writes: bool
) -> Iterator[Place]:
    """The place, for as long as it is used. Raises `WrongChain`, `RpcUnavailable`.

    A new embedded chain begins with money for the payer; it is kept only where something is to be
    written.
    """
    if options.rpc != EMBEDDED:
        yield _checked(options, plan, Rpc([options.rpc]))
        return
    path = options.folder / "chain.db"
    chain = EmbeddedChain(path if writes or path.exists() else None, [payer] if payer else [])
    try:
        yield _checked(options, plan, chain.rpc())
    finally:
        chain.close()


@contextmanager
def standing(options: argparse.Namespace) -> Iterator[tuple[Rpc, Deployment]]:
    """What is on record of the endpoint's chain, for as long as that is used; nothing is written.

    Raises `DeploymentMissing`, `RpcUnavailable`.
    """
    if options.rpc != EMBEDDED:
        rpc = Rpc([options.rpc])
        yield rpc, load_deployment(_record(options, rpc.chain_id()))
        return
    deployment = load_deployment(_record(options, EMBEDDED_CHAIN_ID))
    chain = EmbeddedChain(options.folder / "chain.db")
    try:
        yield chain.rpc(), deployment
    finally:
        chain.close()


def _checked(options: argparse.Namespace, plan: Plan, rpc: Rpc) -> Place:
    check_chain(rpc, plan)
    return Place(plan, rpc, options.rpc, _record(options, plan.chain_id))


def _record(options: argparse.Namespace, chain_id: int) -> Path:
    own = options.folder / "deployments" if options.rpc == EMBEDDED else Path("deployments")
    return deployment_path(options.deployments or own, chain_id)


def _keys_folder(options: argparse.Namespace) -> Path:
    folder: Path = options.keystore or options.folder / "keys"
    return folder


def _endpoint(text: str) -> str:
    if text != EMBEDDED and not re.match(r"https?://[^/]", text):
        raise argparse.ArgumentTypeError("is http://… or https://…, or the word `embedded`")
    return text


def _account(text: str) -> Address:
    try:
        return checksummed(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _label(text: str) -> str:
    if not _LABEL.fullmatch(text):
        raise argparse.ArgumentTypeError("is made of letters, digits, dots, dashes")
    return text
