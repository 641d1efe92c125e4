"""Keeps the compiled contracts that a deployment was made of, beside its record.

In: a record, names of contracts. Out: files named by their hash, and `Artifact`s read from them.
Called by: apply (keeps), upgrade (compares the old code with the new).

A release carries only its own contracts; what stands may be of an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from node.chain import artifacts
from node.chain.artifacts import Artifact
from node.core.errors import NotFound
from node.core.ids import sha256_hex


class ArtifactNotKept(NotFound):
    """The contract that stands is not of this release, and no copy of it was kept."""

    code = "ARTIFACT_NOT_KEPT"
    title = "Compiled contract not kept"


def keep(record: Path, names: Iterable[str]) -> None:
    """Keep this release's contracts of these names, each once."""
    folder = _folder(record)
    folder.mkdir(parents=True, exist_ok=True)
    for name in set(names):
        content = artifacts.file_of(name)
        path = folder / f"{sha256_hex(content)}.json"
        if not path.exists():
            path.write_bytes(content)


def find(record: Path, name: str, artifact_hash: str) -> Artifact:
    """The contract of that hash: this release's, or a copy kept. Raises `ArtifactNotKept`."""
    current = artifacts.load(name)
    if current.hash == artifact_hash:
        return current
    path = _folder(record) / f"{artifact_hash}.json"
    if not path.is_file() or sha256_hex(content := path.read_bytes()) != artifact_hash:
        raise ArtifactNotKept(
            f"{path} is missing or was changed: it is the {name} that stands",
            remedy=f"Copy node/artifacts/{name}.json of the release that deployed it there.",
        )
    return artifacts.parsed(content)


def _folder(record: Path) -> Path:
    return record.parent / "artifacts"
