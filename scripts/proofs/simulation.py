"""The node in a simulated world: forks, faults, deaths, commands in any order, truths after each.

In: tests/simulation, in memory. A shard per core, each its own runs of one seed, which is printed;
CONCORD_SEED gives it again. Out: how often each state and fault was reached; one that never was
fails, as nothing is known of it. Called by `make verify`.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from scripts.proofs import tools
from scripts.proofs.proof import Verdict

TEST: Final = "tests/simulation/test_simulation.py"
STEPS_MIN: Final = 100_000
RUNS: Final = 220
LINES_SHOWN: Final = 60

REQUIRED: Final = {
    "intent": "PREPARED SIGNED SENT MINED CONFIRMED FINAL REVERTED REFUSED".split(),
    "instruction": "SETTLED REFUSED FAILED".split(),
    "event": "SEEN CONFIRMED FINAL RETRACTED".split(),
    "entry": "PENDING POSTED VOIDED".split(),
    "reorg": "same reordered vanished delayed duplicated back".split(),
    "reorg depth": ["1", "2 to 8", "9 to 32", "33 to 64"],
    "fault": "limited,nonsense,gone,empty,answer lost,death before a call,death after a call".split(
        ","
    ),
    "death": ["before a commit", "after a commit", "between stages"],
    "endpoint": ["behind"],
    "command": "issue transfer redeem again".split(),
    "outside": ["transfer"],
}
# By kind and what of it: `("intent", "FINAL")`.
Tally = Counter[tuple[str, str]]


def prove() -> Verdict:
    seed = int(os.environ.get("CONCORD_SEED") or secrets.randbelow(2**32))
    shards = os.cpu_count() or 1
    with ThreadPoolExecutor(max_workers=shards) as pool:
        done = list(pool.map(lambda shard: _shard(seed, shard, shards), range(shards)))
    tally = sum((each for each, _ in done), Tally())
    failures = [failure for _, failure in done if failure]
    figures = (
        f"{steps(tally):,} steps, {_total(tally, 'reorg'):,} reorgs, {_total(tally, 'fault'):,}"
        f" faults, {_total(tally, 'death'):,} deaths; seed {seed} (CONCORD_SEED={seed} repeats it)"
    )
    return Verdict(figures, tuple(failures or missing(tally)), _table(tally))


def missing(tally: Tally) -> list[str]:
    """Too few steps, and the states and faults that were never reached."""
    few = steps(tally) < STEPS_MIN
    wrong = [f"{steps(tally):,} steps, fewer than {STEPS_MIN:,}"] if few else []
    return wrong + [
        f"{kind}: never {what}"
        for kind, every in REQUIRED.items()
        for what in every
        if not tally[kind, what]
    ]


def steps(tally: Tally) -> int:
    """How often the truths were asked."""
    return _total(tally, "step")


def _total(tally: Tally, kind: str) -> int:
    return sum(count for (each, _), count in tally.items() if each == kind)


def _shard(seed: int, shard: int, shards: int) -> tuple[Tally, str]:
    name = f"simulation-{shard}"
    told = tools.BUILD / f"{name}.json"
    told.unlink(missing_ok=True)
    settings = {"CONCORD_RUNS": str(-(-RUNS // shards)), "CONCORD_TALLY": str(told)}
    command = [sys.executable, "-m", "pytest", "-q", "-o", "faulthandler_timeout=0", TEST]
    done = tools.run(name, [*command, f"--hypothesis-seed={seed + shard}"], settings)
    tally = _read(told) if told.is_file() else Tally()
    failure = f"seed {seed}, shard {shard}, see {done.where}\n{_brief(done.out)}"
    return tally, failure if done.code else ""


def _read(path: Path) -> Tally:
    rows = json.loads(path.read_text("utf-8"))
    return Tally({(kind, what): count for kind, what, count in rows})


def _brief(output: str) -> str:
    """The lines that pytest marks as the error: what is untrue, then the steps that lead there."""
    lines = [line for line in output.splitlines() if line.startswith("E ")]
    return "\n".join((lines or output.splitlines())[-LINES_SHOWN:])


def _table(tally: Tally) -> str:
    kinds = sorted({kind for kind, _ in tally})
    return "\n".join(f"{kind:<16}{_reached(tally, kind)}" for kind in kinds)


def _reached(tally: Tally, kind: str) -> str:
    every = sorted((what, count) for (each, what), count in tally.items() if each == kind)
    return ", ".join(f"{what} {count:,}" for what, count in every)
