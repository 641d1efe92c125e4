"""The signed bytes of every step, on disk before they are sent.

In: a path beside the record, the plan and the account that deploys. Out: what was signed per step.
Called by: apply, scripts (shows how far an interrupted deployment came).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Self

from eth_utils.crypto import keccak
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from node.core.errors import Fatal, Rejected
from node.core.types import Address, Hash32

_Raw = Annotated[str, StringConstraints(pattern=r"^(?:[0-9a-f]{2})+$")]


class PlanDiffers(Rejected):
    """Something else stands on the chain than the plan asks for; its rights belong to others."""

    code = "DEPLOYMENT_DIFFERS"
    title = "Deployment differs from the plan"


class JournalUnreadable(Fatal):
    """The journal of an interrupted deployment is not as it was written."""

    code = "DEPLOYMENT_JOURNAL_UNREADABLE"
    title = "Deployment journal unreadable"


class DeploymentBusy(Rejected):
    """Another process applies a plan to the same record."""

    code = "DEPLOYMENT_BUSY"
    title = "Deployment under way"


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    plan: str
    deployer: str
    steps: dict[str, _Raw]


class Journal:
    """Steps by name, each with the bytes that were signed for it, once and for ever."""

    def __init__(self, path: Path, content: _Content) -> None:
        self.path = path
        self._content = content

    @classmethod
    def open(cls, record: Path, plan_hash: str, deployer: Address) -> Self:
        """The journal beside a record. Raises `PlanDiffers` for another's, `JournalUnreadable`."""
        path = journal_path(record)
        if not path.exists():
            return cls(path, _Content(plan=plan_hash, deployer=deployer, steps={}))
        content = _read(path, plan_hash)
        if content.deployer != deployer:
            raise PlanDiffers(
                f"{path.name} was begun by {content.deployer}, not by {deployer}",
                remedy="Go on with that account, or remove the journal to start anew."
                " Nothing was sent.",
            )
        return cls(path, content)

    def find(self, step: str) -> bytes | None:
        """What was signed for the step, or None."""
        raw = self._content.steps.get(step)
        return None if raw is None else bytes.fromhex(raw)

    def keep(self, step: str, raw: bytes) -> bytes:
        """Write it down; it may be sent from now on."""
        self._content.steps[step] = raw.hex()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".journal.new")
        with draft.open("w", encoding="utf-8") as file:
            file.write(self._content.model_dump_json(indent=1))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)
        return raw


def journal_path(record: Path) -> Path:
    """Where the journal of a record's deployment is, as long as that is under way."""
    return record.with_suffix(".journal")


def signed_steps(record: Path, plan_hash: str) -> dict[str, Hash32]:
    """How far an interrupted deployment came: the hash under which each step was sent.

    Raises `PlanDiffers` for that of another plan, `JournalUnreadable`.
    """
    path = journal_path(record)
    if record.exists() or not path.exists():
        return {}
    steps = _read(path, plan_hash).steps
    return {name: tx_hash(bytes.fromhex(raw)) for name, raw in steps.items()}


def tx_hash(raw: bytes) -> Hash32:
    """The hash under which the chain knows signed bytes."""
    return Hash32("0x" + keccak(raw).hex())


@contextmanager
def alone(record: Path) -> Iterator[None]:
    """Hold the record's folder for this process. Raises `DeploymentBusy`."""
    record.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(record.parent, os.O_RDONLY)
    try:
        _lock(folder, record)
        yield
    finally:
        os.close(folder)


def _lock(folder: int, record: Path) -> None:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise DeploymentBusy(
            f"another process deploys into {record.parent}",
            remedy="Wait until it is done, then run the same command again.",
        ) from error


def _read(path: Path, plan_hash: str) -> _Content:
    try:
        content = _Content.model_validate(json.loads(path.read_bytes()))
    except (ValidationError, ValueError) as error:
        raise JournalUnreadable(
            f"{path} is not a deployment journal: {error}",
            remedy="Restore the file; if it is lost, remove it and start anew with another account."
            " Nothing was sent.",
        ) from error
    if content.plan != plan_hash:
        raise PlanDiffers(
            f"{path.name} belongs to an interrupted deployment of another plan",
            remedy="Finish that one with its plan, or remove the journal to start anew."
            " Nothing was sent.",
        )
    return content
