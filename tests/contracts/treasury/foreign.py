"""Protocols that npm packages bring as sources only, compiled when a test first asks for them.

In: the sources in node_modules and the compilers there. Out: bytecode and ABI by contract, kept in
cache/ (which is never committed) under the hash of all that went in. Used by the builders beside
this file.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

from node.chain.artifacts import Artifact
from node.core.ids import sha256_hex
from scripts import compile as compiling
from scripts.compile import NODE_MODULES, ROOT
from tests.contracts.treasury.packages import artifact, linked

CACHE: Final = ROOT / "cache" / "protocols"
# Solidity's imports, with double or single quotes, on one line or on several.
_IMPORT: Final = re.compile(r"""^\s*(?:import|\}\s*from)\b[^;"']*["']([^"']+)["']""", re.MULTILINE)
# Its notes go to stdout, where only the answer may be.
_RUN: Final = """
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = () => true;
const solc = require(process.argv[1]);
write(solc.compile(require("node:fs").readFileSync(0, "utf8")));
"""


@dataclass(frozen=True)
class Sources:
    """What to compile, and how: roots and remappings are paths below node_modules."""

    compiler: str
    roots: tuple[str, ...]
    settings: Mapping[str, Any]
    remappings: Mapping[str, str] = field(default_factory=dict)


class Protocol:
    """Compiled contracts by name."""

    def __init__(self, contracts: Mapping[str, Any]) -> None:
        self._contracts = contracts

    def artifact(self, name: str, libraries: Mapping[str, str] | None = None) -> Artifact:
        """One of them, with the addresses of its libraries."""
        found = self._contracts[name]
        code = found["evm"]["bytecode"]
        bytecode = linked(code["object"], code["linkReferences"], libraries or {})
        return artifact(name, found["abi"], bytecode)


def compiled(sources: Sources) -> Protocol:
    """From the cache, or by the compiler."""
    request = json.dumps(_request(sources), sort_keys=True)
    kept = CACHE / f"{sha256_hex((sources.compiler + request).encode())}.json"
    if not kept.is_file():
        _keep(kept, _by_name(sources, _compile(sources.compiler, request)))
    return Protocol(json.loads(kept.read_text("utf-8")))


def _request(sources: Sources) -> dict[str, Any]:
    texts = dict(sorted(_texts(sources)))
    folder = os.path.commonpath(sources.roots)
    wanted = ["abi", "evm.bytecode.object", "evm.bytecode.linkReferences"]
    settings = {
        "remappings": [f"{old}={new}" for old, new in sources.remappings.items()],
        "outputSelection": {name: {"*": wanted} for name in texts if name.startswith(folder)},
    }
    return {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in texts.items()},
        "settings": {**sources.settings, **settings},
    }


def _texts(sources: Sources) -> Iterator[tuple[str, str]]:
    """The roots and all they import."""
    seen, waiting = set[str](), list(sources.roots)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        text = (NODE_MODULES / name).read_text("utf-8")
        yield name, text
        waiting += [_resolved(name, each, sources.remappings) for each in _IMPORT.findall(text)]


def _resolved(importer: str, imported: str, remappings: Mapping[str, str]) -> str:
    if imported.startswith("."):
        return os.path.normpath(PurePosixPath(importer).parent / imported)
    for old, new in remappings.items():
        if imported.startswith(old):
            return new + imported.removeprefix(old)
    return imported


def _compile(compiler: str, request: str) -> dict[str, Any]:
    with compiling._node_on_path():
        done = subprocess.run(
            ["node", "-e", _RUN, compiler],
            input=request,
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        )
    output: dict[str, Any] = json.loads(done.stdout)
    errors = [each for each in output.get("errors", []) if each["severity"] == "error"]
    assert not errors, errors[0]["formattedMessage"]
    return output


def _by_name(sources: Sources, output: dict[str, Any]) -> dict[str, Any]:
    """By contract; where two files have one name, the file that is named after it."""
    folder = os.path.commonpath(sources.roots)
    found: dict[str, Any] = {}
    for path, contracts in output["contracts"].items():
        for name, each in contracts.items():
            named = Path(path).stem == name
            if path.startswith(folder) and (named or name not in found):
                found[name] = each
    return found


def _keep(path: Path, contracts: Mapping[str, Any]) -> None:
    # Two test processes may do this at once; each writes its own file and the last one stays.
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(contracts), "utf-8")
    draft.replace(path)
