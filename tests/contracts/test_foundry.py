"""Foundry compiles what everybody else compiles: same compiler, settings and Solidity sources.

In: foundry.toml, remappings.txt, contracts/compiler.json. The bytes themselves are compared by
`make verify`, where forge runs.
"""

from __future__ import annotations

import tomllib
from fnmatch import fnmatch
from typing import Any

import pytest

from scripts.compile import CONFIG, NODE_MODULES, ROOT, SHIM, read_config

DEFAULT: dict[str, Any] = tomllib.loads((ROOT / "foundry.toml").read_text("utf-8"))["profile"][
    "default"
]
COMPILED = read_config()


def test_the_compiler_is_ours_and_nothing_is_fetched() -> None:
    assert ROOT / DEFAULT["solc"] == SHIM
    assert DEFAULT["offline"] is True
    assert ROOT / DEFAULT["src"] == CONFIG.parent


def test_the_settings_are_those_of_compiler_json() -> None:
    (deployed,) = DEFAULT["additional_compiler_profiles"]
    foundry = {
        "evmVersion": DEFAULT["evm_version"],
        "optimizer": {"enabled": DEFAULT["optimizer"], "runs": DEFAULT["optimizer_runs"]},
        "viaIR": deployed["via_ir"],
        "metadata": {"bytecodeHash": DEFAULT["bytecode_hash"]},
    }
    assert foundry == COMPILED.settings


@pytest.mark.parametrize("path", [root for root in COMPILED.roots if root.startswith("contracts/")])
def test_what_is_deployed_is_compiled_as_such(path: str) -> None:
    restrictions = DEFAULT["compilation_restrictions"]
    assert [each["via_ir"] for each in restrictions if fnmatch(path, each["paths"])] == [True]


def test_imports_lead_to_the_npm_modules() -> None:
    lines = (ROOT / "remappings.txt").read_text("utf-8").split()
    for prefix, _, target in (line.partition("=") for line in lines):
        assert target == f"{NODE_MODULES.name}/{prefix}"
