"""An upgrade that is under way, on disk beside the record from its first step to its last.

In: a record. Out: `Pending`, read and written whole. Called by: upgrade, scripts/upgrade.py.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from node.chain.deployment.journal import JournalUnreadable, PlanDiffers
from node.chain.deployments import checksummed
from node.core.types import Address, BlockNumber, Hash32

_Address = Annotated[Address, AfterValidator(checksummed)]


class Pending(BaseModel):
    """Which code is to stand, where it was put, who schedules, and the call per currency."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    artifact_hash: str
    code: _Address
    block_number: BlockNumber
    tx_hash: Hash32
    account: _Address
    calls: dict[str, str]


def pending_path(record: Path) -> Path:
    """Where the upgrade of a record's deployment is, as long as it is under way."""
    return record.with_suffix(".upgrade.json")


def read_pending(record: Path, artifact_hash: str) -> Pending | None:
    """The upgrade under way to the code of that hash. Raises `PlanDiffers` for one to another."""
    path = pending_path(record)
    if not path.exists():
        return None
    try:
        found = Pending.model_validate(json.loads(path.read_bytes()))
    except (ValidationError, ValueError) as error:
        raise JournalUnreadable(
            f"{path} is not an upgrade under way: {error}",
            remedy="Restore the file; it has the call that was scheduled. Nothing was sent.",
        ) from error
    if found.artifact_hash != artifact_hash:
        raise PlanDiffers(
            f"{path.name} is the upgrade to the code of another release",
            remedy="Finish that one with its release, or have it cancelled and remove the file."
            " Nothing was sent.",
        )
    return found


def save_pending(record: Path, pending: Pending) -> None:
    """Write it whole or not at all."""
    path = pending_path(record)
    draft = path.with_suffix(".new")
    with draft.open("w", encoding="utf-8") as file:
        file.write(pending.model_dump_json(indent=1))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
