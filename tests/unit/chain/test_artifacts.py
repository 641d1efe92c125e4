"""Artifacts: each is the file that the manifest names, or it is refused."""

from __future__ import annotations

import json
import shutil
from itertools import chain
from pathlib import Path

import pytest

from node.chain import artifacts
from node.chain.artifacts import ArtifactDamaged, ArtifactUnknown
from node.core.ids import sha256_hex


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the artifacts to be spoiled; each test has a folder of its own, so no cache."""
    copy = tmp_path / "artifacts"
    shutil.copytree(artifacts.FOLDER, copy)
    monkeypatch.setattr(artifacts, "FOLDER", copy)
    return copy


def test_an_unknown_contract_is_told_with_those_there_are() -> None:
    with pytest.raises(ArtifactUnknown, match=r"'Nothing'.*BankAccess, DepositToken"):
        artifacts.load("Nothing")


@pytest.mark.parametrize("name", ["../manifest", "manifest", "", "deposittoken"])
def test_a_name_is_not_a_path(name: str) -> None:
    with pytest.raises(ArtifactUnknown):
        artifacts.load(name)


def test_a_changed_file_is_refused(folder: Path) -> None:
    path = folder / "DepositToken.json"
    path.write_text(path.read_text("utf-8").replace("0x60", "0x61", 1), "utf-8")
    with pytest.raises(ArtifactDamaged, match=r"DepositToken\.json is not the file") as caught:
        artifacts.load("DepositToken")
    assert caught.value.remedy
    assert artifacts.load("BankAccess").name == "BankAccess"


def test_a_missing_file_is_told(folder: Path) -> None:
    (folder / "IssuanceGate.json").unlink()
    with pytest.raises(ArtifactDamaged, match=r"IssuanceGate\.json is in the manifest"):
        artifacts.load("IssuanceGate")


@pytest.mark.parametrize("text", [None, "", "{", "{}"])
def test_without_a_manifest_there_is_nothing(folder: Path, text: str | None) -> None:
    manifest = folder / "manifest.json"
    manifest.unlink() if text is None else manifest.write_text(text, "utf-8")
    with pytest.raises(ArtifactDamaged, match=r"manifest\.json"):
        artifacts.names()


def test_the_contracts_of_the_bank() -> None:
    names = artifacts.names()
    assert {"BankAccess", "DepositToken", "ERC1967Proxy", "IssuanceGate", "LockBox"} <= set(names)
    assert names == sorted(names)
    for name in names:
        found = artifacts.load(name)
        content = (artifacts.FOLDER / f"{name}.json").read_bytes()
        assert found.name == name
        assert found.hash == sha256_hex(content)
        assert found.abi == json.loads(content)["abi"]
        assert found.deployed_bytecode[2:] in found.bytecode


def test_immutables_are_blank_in_the_deployed_code() -> None:
    for name, immutables in (("DepositToken", ["__self"]), ("IssuanceGate", ["_manager", "token"])):
        found = artifacts.load(name)
        assert sorted(found.immutable_references) == immutables
        code = bytes.fromhex(found.deployed_bytecode[2:])
        for span in chain.from_iterable(found.immutable_references.values()):
            assert code[span["start"] : span["start"] + span["length"]] == bytes(32)


def test_an_artifact_is_read_once() -> None:
    assert artifacts.load("DepositToken") is artifacts.load("DepositToken")
