"""Contracts that only benchmarks use, compiled by the same compiler with the same settings.

In: names of Solidity files beside this one. Out: `Artifact`s. Called by: payments, workload.
"""

from __future__ import annotations

import json
from dataclasses import replace

from node.chain.artifacts import Artifact
from scripts import compile as compiling
from scripts.bench.measured import Absent


def compiled(*names: str) -> dict[str, Artifact]:
    """The artifacts by name. Raises `Absent` without the compiler."""
    sources = {name: f"scripts/bench/{name}.sol" for name in names}
    config = replace(compiling.read_config(), artifacts=sources, mocks={})
    try:
        files = compiling.compile_all(config).files
    except compiling.CannotCompile as error:
        raise Absent(str(error)) from error
    found = {name: json.loads(files[compiling.ARTIFACTS / f"{name}.json"]) for name in sources}
    return {
        name: Artifact(**{key: each[key] for key in Artifact.__slots__ if key in each}, hash="")
        for name, each in found.items()
    }
