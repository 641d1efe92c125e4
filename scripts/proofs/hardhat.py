"""The Solidity tests again, as a developer runs them: `hardhat test`.

In: hardhat.config.js, tests/solidity. Out: how many passed. Another EVM and another runner than
forge's, so that what passes is not one tool's opinion. Called by `make verify`.
"""

from __future__ import annotations

import re
from typing import Final

from scripts.compile import NODE_MODULES
from scripts.proofs import tools
from scripts.proofs.proof import Verdict

CLI: Final = NODE_MODULES / "hardhat" / "dist" / "src" / "cli.js"
_PASSING: Final = re.compile(r"^(\d+) passing", re.MULTILINE)
_FAILED: Final = re.compile(r"^\s+\u2716 (.*)$", re.MULTILINE)


def prove() -> Verdict:
    done = tools.run("hardhat", ["node", str(CLI), "test"])
    passing = _PASSING.search(done.out)
    figures = f"{passing[1]} tests pass on Hardhat's EVM" if passing else "did not run"
    if done.code == 0 and passing:
        return Verdict(figures)
    failed = [f"failed: {name}" for name in dict.fromkeys(_FAILED.findall(done.out))]
    return Verdict(figures, (*failed, f"hardhat ended with {done.code}, see {done.where}"))
