"""What stands on a chain and where: the record of a deployment, kept as a readable JSON file.

In: `deployments/<chain_id>.json`. Out: `Deployment`, a frozen value that names each contract by its
label (`access`, `CAD.token`, `CAD.gate`). Called by: app (loads), events (which addresses to
watch), bindings and settlement (where to call), the deployment engine (saves).

A proxy is recorded under the name of the contract it speaks for, and `implementation` is where the
code behind it lives. The implementations themselves are listed apart: nobody calls or watches them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from eth_utils.address import to_checksum_address
from pydantic import AfterValidator, ConfigDict, TypeAdapter, ValidationError

from node.core.errors import Fatal, NotFound
from node.core.ids import is_address
from node.core.types import Address, BlockNumber, ChainId, Hash32

# As JSON carries it: integers are decimal text, addresses and bytes 0x text, structs are tuples.
Argument = str | bool | tuple[str | bool, ...]

ACCESS = "access"
UPGRADER = "upgrader"
ENGINE = "engine"
LOCK_BOX = "lockbox"
ADAPTER = "adapter"


class DeploymentMissing(NotFound):
    """No record of a deployment, or no contract under that label in it."""

    code = "DEPLOYMENT_NOT_FOUND"
    title = "Deployment not found"


class DeploymentUnreadable(Fatal):
    """The record is there, but it is not one of ours or was edited by hand."""

    code = "DEPLOYMENT_UNREADABLE"
    title = "Deployment record unreadable"


def checksummed(text: str) -> Address:
    """The one form in which addresses are kept here: EIP-55. Raises ValueError for anything else.

    Mixed case is a checksum and must be right, so that a digit mistyped is found.
    """
    if not is_address(text):
        raise ValueError("an address is 0x and 40 hexadecimal digits")
    address = to_checksum_address(text)
    if text not in {address, address.lower()}:
        raise ValueError("the checksum of the address is wrong: a digit was mistyped")
    return Address(address)


_Address = Annotated[Address, AfterValidator(checksummed)]
_CLOSED = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class DeployedContract:
    """One contract: where it is, and everything needed to prove that it is ours.

    `contract` names the artifact that describes its calls and events; `currency` is empty where it
    serves all; `implementation` is empty unless the address is a proxy; `artifact_hash` is that of
    `contract` (for a proxy: of the implementation behind it).
    """

    label: str
    contract: str
    address: _Address
    block_number: BlockNumber
    tx_hash: Hash32
    constructor_args: tuple[Argument, ...]
    artifact_hash: str
    currency: str = ""
    implementation: _Address | None = None

    __pydantic_config__ = _CLOSED


@dataclass(frozen=True, slots=True)
class Deployment:
    """All that one deployment put on one chain, in the order it was put there."""

    chain_id: ChainId
    contracts: tuple[DeployedContract, ...]
    implementations: tuple[DeployedContract, ...] = ()
    plan_hash: str = ""

    __pydantic_config__ = _CLOSED

    def contract(self, label: str) -> DeployedContract:
        """The contract under a label such as `CAD.gate`. Raises `DeploymentMissing`."""
        for each in self.contracts:
            if each.label == label:
                return each
        raise DeploymentMissing(
            f"chain {self.chain_id} has no contract {label[:50]!r} in its deployment",
            remedy="Use a currency that was deployed; docs/deploy.md says how to add one.",
        )

    @property
    def access(self) -> DeployedContract:
        """The access manager."""
        return self.contract(ACCESS)

    @property
    def upgrader(self) -> DeployedContract:
        """The contract through which tokens get new code."""
        return self.contract(UPGRADER)

    def token(self, currency: str) -> DeployedContract:
        """The deposit token of a currency, at its proxy. Raises `DeploymentMissing`."""
        return self.contract(f"{currency}.token")

    def gate(self, currency: str) -> DeployedContract:
        """The issuance gate of a currency. Raises `DeploymentMissing`."""
        return self.contract(f"{currency}.gate")

    @property
    def currencies(self) -> tuple[str, ...]:
        """Every currency that has a token, in the order of deployment."""
        return tuple(
            each.currency for each in self.contracts if each.label == f"{each.currency}.token"
        )


_RECORD = TypeAdapter(Deployment)


def deployment_path(folder: Path, chain_id: int) -> Path:
    """Where the record of a chain is kept inside a folder of deployments."""
    return folder / f"{chain_id}.json"


def load_deployment(path: Path) -> Deployment:
    """Read a record. Raises `DeploymentMissing` or `DeploymentUnreadable`."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise DeploymentMissing(
            f"there is no deployment record at {path}",
            remedy="Run scripts/deploy.py apply for this chain first.",
        ) from error
    try:
        return _RECORD.validate_json(content)
    except (ValidationError, ValueError) as error:
        raise DeploymentUnreadable(
            f"{path} is not a deployment record: {error}",
            remedy="Restore the file from a copy; it is never edited by hand.",
        ) from error


def save_deployment(path: Path, deployment: Deployment) -> None:
    """Write a record whole or not at all: a reader never sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".json.new")
    with draft.open("wb") as file:
        file.write(_RECORD.dump_json(deployment, indent=2) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
