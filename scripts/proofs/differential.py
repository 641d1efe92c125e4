"""A Python model of the contracts against the contracts: same answers, same events, same state.

In: tests/contracts/differential, on anvil. A shard per core, each its own runs of one seed, which
is printed; CONCORD_SEED gives it again. Out: how often each operation was accepted and refused; one
that only ever was either fails, as it proves nothing. Called by `make verify`.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scripts.proofs import tools
from scripts.proofs.proof import Verdict

TEST: Final = "tests/contracts/test_differential.py"
STEPS_MIN: Final = 10_000
RUNS: Final = 240
ACCEPTED: Final = "accepted"
LINES_SHOWN: Final = 60

# By operation and answer: `accepted`, or the name of the refusal.
Tally = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Shard:
    """What one process found."""

    tally: Tally
    failure: str = ""


def prove() -> Verdict:
    seed = int(os.environ.get("CONCORD_SEED") or secrets.randbelow(2**32))
    shards = _run(seed, os.cpu_count() or 1)
    tally = sum((each.tally for each in shards), Tally())
    failures = [each.failure for each in shards if each.failure]
    return Verdict(_figures(tally, seed), tuple(failures or one_sided(tally)), _table(tally))


def one_sided(tally: Tally) -> list[str]:
    """Too few steps, and the operations that were never accepted or never refused."""
    few = tally.total() < STEPS_MIN
    wrong = [f"{tally.total()} steps, fewer than {STEPS_MIN}"] if few else []
    for operation, accepted, refused in _by_operation(tally):
        if not accepted or not refused:
            wrong.append(f"{operation}: never {'refused' if accepted else ACCEPTED}")
    return wrong


def _run(seed: int, shards: int) -> list[Shard]:
    with ThreadPoolExecutor(max_workers=shards) as pool:
        return list(pool.map(lambda shard: _shard(seed, shard, shards), range(shards)))


def _shard(seed: int, shard: int, shards: int) -> Shard:
    name = f"differential-{shard}"
    told = tools.BUILD / f"{name}.json"
    told.unlink(missing_ok=True)
    settings = {"CONCORD_RUNS": str(-(-RUNS // shards)), "CONCORD_TALLY": str(told)}
    command = [sys.executable, "-m", "pytest", "-q", TEST, f"--hypothesis-seed={seed + shard}"]
    done = tools.run(name, command, settings)
    if done.code or not told.is_file():
        return Shard(Tally(), f"seed {seed}, shard {shard}, see {done.where}\n{_brief(done.out)}")
    return Shard(_read(told))


def _read(path: Path) -> Tally:
    rows = json.loads(path.read_text("utf-8"))
    return Tally({(operation, answer): count for operation, answer, count in rows})


def _brief(output: str) -> str:
    """The lines that pytest marks as the error: what differs, then the steps that lead there."""
    lines = [line for line in output.splitlines() if line.startswith("E ")]
    return "\n".join((lines or output.splitlines())[-LINES_SHOWN:])


def _by_operation(tally: Tally) -> Iterator[tuple[str, int, int]]:
    for operation in sorted({operation for operation, _ in tally}):
        every = [(answer, count) for (name, answer), count in tally.items() if name == operation]
        accepted = sum(count for answer, count in every if answer == ACCEPTED)
        yield operation, accepted, sum(count for _, count in every) - accepted


def _figures(tally: Tally, seed: int) -> str:
    operations = list(_by_operation(tally))
    accepted = sum(each[1] for each in operations)
    refusals = {answer for _, answer in tally} - {ACCEPTED}
    return (
        f"{tally.total():,} steps of {len(operations)} operations, {accepted:,} accepted; "
        f"{len(refusals)} kinds of refusal; seed {seed} (CONCORD_SEED={seed} repeats it)"
    )


def _table(tally: Tally) -> str:
    lines = [f"{'operation':<34}{'accepted':>9}{'refused':>9}  most often for"]
    for operation, accepted, refused in _by_operation(tally):
        often = ", ".join(_often(tally, operation))
        lines.append(f"{operation:<34}{accepted:>9,}{refused:>9,}  {often}")
    return "\n".join(lines)


def _often(tally: Tally, operation: str) -> Sequence[str]:
    refused = Counter(
        {
            answer: count
            for (name, answer), count in tally.items()
            if name == operation and answer != ACCEPTED
        }
    )
    return [answer for answer, _ in refused.most_common(2)]
