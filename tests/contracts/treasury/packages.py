"""The compiled contracts that npm packages bring along, as artifacts.

In: node_modules. Out: `Artifact`s, with their libraries linked. Used by the builders of protocols
beside this file. Nothing of it is ever copied into the repository: its licences forbid that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from node.chain.artifacts import Artifact
from scripts.compile import NODE_MODULES
from tests.support.optional import absent

LinkReferences = Mapping[str, Mapping[str, list[dict[str, int]]]]


def need(*packages: str) -> None:
    """Skip where they are not installed; in CI, fail."""
    missing = [each for each in packages if not (NODE_MODULES / each).is_dir()]
    if missing:
        absent(f"{', '.join(missing)} not installed (make node-modules)")


def hardhat(folder: str, name: str, libraries: Mapping[str, str] | None = None) -> Artifact:
    """What Hardhat wrote of a contract into `folder` of node_modules."""
    path = NODE_MODULES / folder / f"{Path(name).name}.sol" / f"{Path(name).name}.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    code = linked(found["bytecode"], found["linkReferences"], libraries or {})
    return artifact(found["contractName"], found["abi"], code)


def artifact(name: str, abi: list[dict[str, Any]], bytecode: str) -> Artifact:
    """What it takes to deploy and to call."""
    return Artifact(name, abi, bytecode, "0x", {}, "")


def linked(bytecode: str, references: LinkReferences, libraries: Mapping[str, str]) -> str:
    """The bytecode with the addresses of its libraries in their places."""
    code = bytecode.removeprefix("0x")
    for names in references.values():
        for name, places in names.items():
            for place in places:
                start, end = 2 * place["start"], 2 * (place["start"] + place["length"])
                code = code[:start] + libraries[name].removeprefix("0x") + code[end:]
    return "0x" + code
