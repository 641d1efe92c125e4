"""One life of a node, ended by SIGKILL between two of its stages: run as a program, never imported.

In: the folder of the chain, the database's URL, the place of the stage to begin with, how many
stages to run. Out: nothing but what they wrote; the process never ends of itself.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from tests.support.chain_way import embedded_way


def main(folder: str, url: str, first: str, count: str) -> None:
    """Run stages in turn, let time pass on chain after each round, and die."""
    with embedded_way(Path(folder), url) as way:
        for at in range(int(first), int(first) + int(count)):
            way.stages[at % len(way.stages)].run_once()
            if at % len(way.stages) == 0:
                way.mine(1)
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
