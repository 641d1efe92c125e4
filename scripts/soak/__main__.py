"""Runs the soak: `python -m scripts.soak --minutes 10`.

In: how long, how many a second, a seed. Out: what went wrong, one line of figures as JSON; 1 unless
all that was accepted is settled or refused, nothing came twice, the memory is flat and
`concord prove` is green. Called by `make soak`.
"""

from __future__ import annotations

import argparse
import json
import secrets
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, Final

from scripts.soak.chaos import Chaos
from scripts.soak.ground import BLOCK_SECONDS, Bank, open_bank
from scripts.soak.load import Load
from scripts.soak.verdict import Verdict, judge
from tests.support import postgres
from tests.support.anvil import Anvil, anvil, why_absent
from tests.support.fault_proxy import served

OPENING_SECONDS_MAX: Final = 120
DRAIN_SECONDS_MIN: Final = 180
# Blocks each second, large enough for the load; old states are not kept, so that it stays small.
CHAIN: Final = (
    "--block-time",
    str(BLOCK_SECONDS),
    "--gas-limit",
    "300000000",
    "--slots-in-an-epoch",
    "1",
)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--per-second", type=float, default=25)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    asked = parser.parse_args(arguments)
    reason = why_absent()
    if reason is not None:
        parser.error(reason)
    print(f"seed {asked.seed}", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="concord-soak-") as name, _database(name) as database:
        verdict = soak(Path(name), database, asked.minutes, asked.per_second, asked.seed)
    for wrong in verdict.wrong:
        print(f"WRONG  {wrong}", file=sys.stderr)
    print(json.dumps({"name": "soak", "seed": asked.seed, **verdict.figures}))
    return 1 if verdict.wrong else 0


def soak(folder: Path, database: str, minutes: float, per_second: float, seed: int) -> Verdict:
    """Load and chaos for so long, then peace, then the verdict."""
    chance, port = Random(seed), _free_port()  # noqa: S311 - to be repeated
    with anvil(options=CHAIN) as running:
        bank = open_bank(running, folder, database)
        with _node(bank, running, port, chance) as chaos:
            load = Load(f"http://127.0.0.1:{port}", bank, chance)
            load.first_issues()
            load.settle(OPENING_SECONDS_MAX)
            time.sleep(10)
            chaos.raging = True
            began = time.monotonic()
            load.run(minutes * 60, per_second)
            chaos.raging = False
            heard = load.settle(DRAIN_SECONDS_MIN)
            calm = time.monotonic()
            at_rest = _drained(bank, max(DRAIN_SECONDS_MIN, minutes * 60))
            told: dict[str, Any] = {
                "minutes": minutes,
                "asked_per_second": per_second,
                "load_seconds": round(calm - began, 1),
                "drain_seconds": round(time.monotonic() - calm, 1),
                "heard": heard,
                "at_rest": at_rest,
            }
            load.stop()
        return judge(bank, running, load, chaos, told)


@contextmanager
def _node(bank: Bank, running: Anvil, port: int, chance: Random) -> Iterator[Chaos]:
    ready: list[str] = []
    own = Random(chance.random())  # noqa: S311 - to be repeated
    chaos = Chaos(running, lambda: bank.start(ready[0], port), own)
    with served(chaos.faults) as url:
        ready.append(url)
        chaos.begin()
        try:
            yield chaos
        finally:
            chaos.end()


def _drained(bank: Bank, seconds_max: float) -> bool:
    """Wait until no instruction is open any more."""
    deadline = time.monotonic() + seconds_max
    while time.monotonic() < deadline:
        if not bank.open_instructions():
            return True
        time.sleep(1)
    return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def _database(folder: str) -> Iterator[str]:
    """A PostgreSQL server of the soak's own, else a SQLite file."""
    if postgres.why_absent() is not None:
        yield f"sqlite:///{folder}/concord.db"
        return
    with postgres.server() as server:
        yield server.url(server.create()).replace("+psycopg", "")


if __name__ == "__main__":
    sys.exit(main())
