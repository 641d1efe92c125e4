"""The role matrix of what is really deployed: every function, asked as every role and as nobody.

In: tests/contracts/test_role_matrix.py. Out: how many were allowed, delayed, denied. Called by
`make verify`.
"""

from __future__ import annotations

import re
import sys
from typing import Final

from scripts.proofs import tools
from scripts.proofs.proof import Verdict

TEST: Final = "tests/contracts/test_role_matrix.py"
_FIGURES: Final = re.compile(r"^\d+ functions of .*denied$", re.MULTILINE)


def prove() -> Verdict:
    done = tools.run("roles", [sys.executable, "-m", "pytest", "-q", "-s", TEST])
    told = _FIGURES.search(done.out)
    if done.code == 0 and told:
        return Verdict(told[0])
    wrong = [line.removeprefix("E ").strip() for line in done.out.splitlines() if line[:2] == "E "]
    return Verdict("did not run", (*wrong, f"pytest ended with {done.code}, see {done.where}"))
