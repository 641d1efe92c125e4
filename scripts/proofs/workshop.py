"""A copy of the tree in which contracts are replaced by others, and its tests run.

In: sources of contracts, mutated. Out: which tests fail. Tests know contracts by name and by their
bytes alone, so in the copy each contract is an empty one, whose bytes are then put in its place:
nothing but a mutant is ever compiled. The working tree is not touched. Used by mutants.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from scripts.compile import (
    ARTIFACTS,
    MOCKS,
    NODE_MODULES,
    ROOT,
    SHIM,
    read_config,
    read_sources,
)
from scripts.proofs import tools

COPIED: Final = (
    *("contracts", "node", "scripts", "tests"),
    *("foundry.toml", "pyproject.toml", "remappings.txt"),
)
OUT: Final = Path("build/forge")
STUB: Final = "// SPDX-License-Identifier: MIT\npragma solidity 0.8.37;\n\ncontract {name} {{}}\n"
# Quick to compile, the quicker first; the tests ask what the contracts do, not what they cost.
QUICK: Final[tuple[dict[str, object], ...]] = (
    {"viaIR": False, "optimizer": {"enabled": True, "runs": 1}},
    {
        "viaIR": True,
        "optimizer": {
            "enabled": True,
            "details": {
                "yul": True,
                "yulDetails": {"stackAllocation": True, "optimizerSteps": "u"},
            },
        },
    },
)
TOO_DEEP: Final = "Stack too deep"
_FAILED: Final = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)

# Contract to its creation bytes, 0x text.
Codes = dict[str, str]


class DoesNotCompile(Exception):
    """The compiler refuses the sources."""


def ours() -> dict[str, str]:
    """The contracts of ours that are deployed, and their sources."""
    found = read_config().artifacts
    return {name: path for name, path in found.items() if path.startswith("contracts/")}


class DoesNotRun(Exception):
    """There is no such test, or it cannot be started."""


@cache
def imported(name: str) -> dict[str, str]:
    """The sources that a contract is made of."""
    return read_sources([ours()[name]])


def made_of(file: str) -> list[str]:
    """The deployed contracts that a source is part of."""
    return [name for name in ours() if file in imported(name)]


def sound(names: Iterable[str]) -> Codes:
    """The contracts as they are."""
    return {name: _code(ARTIFACTS / f"{name}.json") for name in names}


def compiled(names: Iterable[str], sources: Mapping[str, str]) -> Codes:
    """Raises `DoesNotCompile`, with the first error."""
    paths = {name: ours()[name] for name in names}
    answer: dict[str, Any] = {}
    for settings in QUICK:
        answer = _compile(paths, sources, settings)
        wrong = [each["message"] for each in answer.get("errors", []) if _is_error(each)]
        if not wrong:
            break
        if TOO_DEEP not in wrong[0]:
            raise DoesNotCompile(wrong[0])
    return {
        name: "0x" + answer["contracts"][path][name]["evm"]["bytecode"]["object"]
        for name, path in paths.items()
    }


def _is_error(told: Mapping[str, str]) -> bool:
    return told["severity"] == "error"


def _compile(
    paths: Mapping[str, str], sources: Mapping[str, str], settings: Mapping[str, object]
) -> dict[str, Any]:
    asked = {path: {name: ["evm.bytecode"]} for name, path in paths.items()}
    request = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in sources.items()},
        "settings": {**read_config().settings, **settings, "outputSelection": asked},
    }
    done = subprocess.run(
        [str(SHIM), "--standard-json"],
        input=json.dumps(request),
        env=tools.environment({}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DoesNotCompile(f"the compiler ended with {done.returncode}: {done.stderr[-300:]}")
    return dict(json.loads(done.stdout))


@dataclass(frozen=True)
class Workshop:
    """One copy; one test run at a time."""

    root: Path

    @classmethod
    def build(cls, root: Path) -> Workshop:
        """Copy the tree and compile the tests in it."""
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir(parents=True)
        for name in COPIED:
            _copy(ROOT / name, root / name)
        (root / NODE_MODULES.name).symlink_to(NODE_MODULES)
        mocks = read_config().mocks
        for name, path in {**ours(), **mocks}.items():
            (root / path).write_text(STUB.format(name=name), "utf-8")
        shop = cls(root)
        done = shop._run([tools.forge(), "build"])
        if done.returncode:
            raise DoesNotCompile((done.stderr or done.stdout)[-1000:])
        shop.place(sound(ours()) | {name: _code(MOCKS / f"{name}.json") for name in mocks})
        return shop

    def another(self, root: Path) -> Workshop:
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.root, root, symlinks=True)
        return Workshop(root)

    def place(self, codes: Codes) -> None:
        """Put the bytes where both kinds of tests find them."""
        for name, code in codes.items():
            path = Path(ours().get(name) or read_config().mocks[name])
            for_solidity = self.root / OUT / path.name / f"{name}.json"
            artifact = json.loads(for_solidity.read_text("utf-8"))
            artifact["bytecode"]["object"] = code
            for_solidity.write_text(json.dumps(artifact), "utf-8")
            for_python = self.root / (ARTIFACTS / f"{name}.json").relative_to(ROOT)
            if for_python.is_file():
                known = json.loads(for_python.read_text("utf-8")) | {"bytecode": code}
                for_python.write_text(json.dumps(known), "utf-8")

    def failed(self, test: str) -> list[str]:
        """The tests that fail: of a file of tests/solidity, or of pytest."""
        python = test.startswith("tests/")
        return self._in_python(test) if python else self._in_solidity(test)

    def _in_solidity(self, test: str) -> list[str]:
        path = f"tests/solidity/{test}"
        done = self._run([tools.forge(), "test", "--json", "--match-path", path])
        start = done.stdout.find("{")
        if start < 0:
            raise DoesNotRun(f"{path}: {(done.stderr or done.stdout).strip()[-300:]}")
        suites = json.loads(done.stdout[start:])
        return [
            f"{suite.rpartition(':')[2]}.{name.partition('(')[0]}"
            for suite, told in suites.items()
            for name, result in told["test_results"].items()
            if result["status"] == "Failure"
        ]

    def _in_python(self, test: str) -> list[str]:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", test]
        done = self._run(command)
        failed = _FAILED.findall(done.stdout)
        if done.returncode and not failed:
            raise DoesNotRun(f"{test}: {done.stdout.strip()[-300:]}")
        return [each.rpartition("::")[2] for each in failed]

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        env = tools.environment({"FOUNDRY_PROFILE": "default", "PYTHONPATH": str(self.root)})
        return subprocess.run(
            command, cwd=self.root, env=env, capture_output=True, text=True, check=False
        )


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy2(source, target)


def _code(artifact: Path) -> str:
    return str(json.loads(artifact.read_text("utf-8"))["bytecode"])
