"""The command line as a person uses it: a process of its own, on a data folder of its own.

In: words after `concord`. Out: exit code and both outputs. Used by acceptance tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 180


@dataclass(frozen=True)
class Said:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Its one JSON object."""
        told: dict[str, Any] = json.loads(self.out)
        return told


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a node on `folder`, free of what the tests were started with."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CONCORD_")}
    return kept | {"CONCORD_DATA_FOLDER": str(folder), "NO_COLOR": "1", "COLUMNS": "160"} | more


def concord(folder: Path, *words: str | Path, **more: str) -> Said:
    """Run `concord` with these words to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "node", *map(str, words)],
        cwd=ROOT,
        env=environment(folder, **more),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)
