"""The compiled contracts that this node was built with; it needs no compiler to run.

In: node/artifacts/<Name>.json and manifest.json, written by `python -m scripts.compile`. Out:
`Artifact`, frozen and checked against the manifest. Called by: codec users (bindings, events,
submission, settlement), the deployment engine, scripts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from node.core.errors import Fatal, NotFound
from node.core.ids import sha256_hex

FOLDER: Final = Path(__file__).resolve().parents[1] / "artifacts"
MANIFEST: Final = "manifest.json"


class ArtifactUnknown(NotFound):
    """No contract of that name was compiled."""

    code = "ARTIFACT_UNKNOWN"
    title = "Unknown contract"


class ArtifactDamaged(Fatal):
    """A compiled contract is not the one in the manifest; nothing may be deployed or read by it."""

    code = "ARTIFACT_DAMAGED"
    title = "Compiled contract damaged"


@dataclass(frozen=True, slots=True)
class Artifact:
    """One compiled contract. Bytecode is 0x text; `hash` is the SHA-256 of its file.

    `immutable_references` maps each immutable to the ranges ({"start", "length"} in bytes) of
    `deployed_bytecode` that its constructor fills in. `storage_layout` maps each storage namespace
    to its members in order, as [name, type].
    """

    name: str
    abi: list[dict[str, Any]]
    bytecode: str
    deployed_bytecode: str
    immutable_references: dict[str, list[dict[str, int]]]
    hash: str
    storage_layout: dict[str, list[list[str]]] = field(default_factory=dict)


def names() -> list[str]:
    """Every contract in the manifest, in order of the alphabet."""
    return sorted(_manifest(FOLDER))


def load(name: str) -> Artifact:
    """The contract of that name. Raises `ArtifactUnknown`, `ArtifactDamaged`."""
    return _load(FOLDER, name)


@cache
def _manifest(folder: Path) -> dict[str, str]:
    try:
        hashes: dict[str, str] = json.loads((folder / MANIFEST).read_bytes())["artifacts"]
    except (OSError, ValueError, KeyError) as error:
        raise ArtifactDamaged(
            f"{MANIFEST} of the compiled contracts cannot be read: {error}",
            remedy="Restore node/artifacts from the release.",
        ) from error
    return hashes


@cache
def _load(folder: Path, name: str) -> Artifact:
    expected = _manifest(folder).get(name)
    if expected is None:
        known = ", ".join(sorted(_manifest(folder)))
        raise ArtifactUnknown(f"there is no contract {name!r}; there are {known}")
    content = _content(folder / f"{name}.json")
    if sha256_hex(content) != expected:
        raise ArtifactDamaged(
            f"{name}.json is not the file that {MANIFEST} names",
            remedy="Restore node/artifacts from the release, or compile again.",
        )
    return parsed(content)


def file_of(name: str) -> bytes:
    """The file of a contract, the very one that `load` has read. Raises `ArtifactDamaged`."""
    expected, content = load(name).hash, _content(FOLDER / f"{name}.json")
    if sha256_hex(content) != expected:
        raise ArtifactDamaged(
            f"{name}.json has changed since it was read", remedy="Start again, on one release."
        )
    return content


def parsed(content: bytes) -> Artifact:
    """The contract that a file describes."""
    found = json.loads(content)
    return Artifact(
        name=found["name"],
        abi=found["abi"],
        bytecode=found["bytecode"],
        deployed_bytecode=found["deployed_bytecode"],
        immutable_references=found["immutable_references"],
        hash=sha256_hex(content),
        storage_layout=found["storage_layout"],
    )


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ArtifactDamaged(
            f"{path.name} is in the manifest and cannot be read: {error.strerror}",
            remedy="Restore node/artifacts from the release.",
        ) from error
