"""Releases of the node that carry another token than the one that stands, sound or not.

In: the committed artifacts and mocks. Out: `Releases`, one of which is in force at a time. Used by
tests of upgrades.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from node.chain import artifacts
from node.chain.artifacts import Artifact, load
from node.chain.codec import encode_constructor
from node.chain.deployment import functions
from node.chain.deployment.functions import FUNCTIONS
from node.chain.deployment.roles import ADMIN
from node.core.ids import sha256_hex

TOKEN: Final = "DepositToken"
MOCKS: Final = Path(__file__).parents[1] / "contracts" / "artifacts"
SLOT: Final = "2ba8499dd3fd80021dbd21b2186c169e0491f966646ab608678714974d9f6d00"
OPENED: Final = 2**256 - 1


def mock(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((MOCKS / f"{name}.json").read_text("utf-8"))
    return found


def mock_artifact(name: str) -> Artifact:
    found = mock(name)
    fields = {name: found[name] for name in Artifact.__slots__ if name in found}
    return Artifact(**fields, hash="")


def impostor(real: str, function: str, place: int) -> str:
    """Creation code of one that does as `real`, but flips a bit in what one function answers."""
    contract = mock_artifact("TokenImpostor")
    code = next(each for each, name in functions.function_names(TOKEN).items() if name == function)
    arguments = encode_constructor(contract, (real, code, place))
    return contract.bytecode + arguments.removeprefix("0x")


@dataclass
class Releases:
    """A folder for artifacts of releases; `use` puts one in force until the test ends."""

    folder: Path
    patch: pytest.MonkeyPatch
    count: int = field(default=0, init=False)

    def use(self, changes: Mapping[str, Any]) -> Artifact:
        """This release but for what its token's file says; the token."""
        current, self.count = artifacts.FOLDER, self.count + 1
        folder = self.folder / str(self.count)
        shutil.copytree(current, folder)
        path, manifest = folder / f"{TOKEN}.json", folder / artifacts.MANIFEST
        token = json.loads(path.read_text("utf-8")) | changes | {"name": TOKEN}
        path.write_text(json.dumps(token, indent=1), "utf-8")
        listed = json.loads(manifest.read_text("utf-8"))
        listed["artifacts"][TOKEN] = sha256_hex(path.read_bytes())
        manifest.write_text(json.dumps(listed), "utf-8")
        self.patch.setattr(artifacts, "FOLDER", folder)
        return load(TOKEN)

    def later(self) -> Artifact:
        """A sound later version: one function more, in the table of rights, and its storage."""
        known = {**FUNCTIONS, TOKEN: {**FUNCTIONS[TOKEN], "setTerms": ADMIN}}
        self.patch.setattr(functions, "FUNCTIONS", known)
        return self.use(mock("DepositTokenNext"))

    def other_layout(self) -> Artifact:
        """Its storage begins elsewhere and is in another order."""
        now, elsewhere = load(TOKEN), SLOT[:-4] + "6e00"
        layout = {place: list(members) for place, members in now.storage_layout.items()}
        layout["erc7201:concord.storage.DepositToken"].reverse()
        code = {
            key: getattr(now, key).replace(SLOT, elsewhere)
            for key in ("bytecode", "deployed_bytecode")
        }
        return self.use({**code, "storage_layout": layout})
