"""The Python tests marked `verify`, long: hypothesis against the chain, the books and the API.

In: tests/. Out: how many passed. Called by `make verify`.
"""

from __future__ import annotations

import re
import sys
from typing import Final

from scripts.proofs import tools
from scripts.proofs.proof import Verdict

_TOLD: Final = re.compile(r"^=* ?((?:\d+ \w+(?:, )?)+) in [\d.]+s", re.MULTILINE)


def prove() -> Verdict:
    command = [sys.executable, "-m", "pytest", "-n", "auto", "--dist", "loadfile", "-m", "verify"]
    done = tools.run("properties", [*command, "--hypothesis-profile=verify"])
    told = _TOLD.findall(done.out)
    figures = told[-1] if told else "did not run"
    if done.code == 0:
        return Verdict(figures)
    failed = [line for line in done.out.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return Verdict(figures, (*failed, f"pytest ended with {done.code}, see {done.where}"))
