"""Foundry compiles what everybody else compiles: same compiler, settings and Solidity sources.

In: foundry.toml, remappings.txt, contracts/compiler.json. The bytes themselves are compared by
`make verify`, where forge runs.
"""

from __future__ import annotations

import tomllib
from typing import Any

from scripts.compile import CONFIG, NODE_MODULES, ROOT, SHIM, read_config

PROFILE: dict[str, Any] = tomllib.loads((ROOT / "foundry.toml").read_text("utf-8"))["profile"]


def test_the_compiler_is_ours_and_nothing_is_fetched() -> None:
    default = PROFILE["default"]
    assert ROOT / default["solc"] == SHIM
    assert default["offline"] is True
    assert ROOT / default["src"] == CONFIG.parent


def test_the_settings_are_those_of_compiler_json() -> None:
    default = PROFILE["default"]
    foundry = {
        "evmVersion": default["evm_version"],
        "optimizer": {"enabled": default["optimizer"], "runs": default["optimizer_runs"]},
        "metadata": {"bytecodeHash": default["bytecode_hash"]},
    }
    if "via_ir" in default:
        foundry["viaIR"] = default["via_ir"]
    assert foundry == read_config().settings


def test_imports_lead_to_the_npm_modules() -> None:
    lines = (ROOT / "remappings.txt").read_text("utf-8").split()
    for prefix, _, target in (line.partition("=") for line in lines):
        assert target == f"{NODE_MODULES.name}/{prefix}"
