"""A node killed at each commit and each call to the chain of one day, on SQLite and PostgreSQL.

In: tests/integration/test_kill_matrix.py on anvil, a share of the moments per core. Out: how many
deaths were survived, by kind of moment; one whose restart ended in other books, another chain or a
second send fails. Called by `make verify`.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from scripts.proofs import tools
from scripts.proofs.proof import Verdict

TEST: Final = "tests/integration/test_kill_matrix.py"
DATABASES: Final = ("sqlite", "postgres")
KINDS: Final = ("before commit", "after commit", "eth_sendRawTransaction", "eth_getBlockReceipts")
MOMENTS_MIN: Final = 400  # of each database

# By database and moment: `sqlite before commit`.
Tally = Counter[str]


def prove() -> Verdict:
    shares = os.cpu_count() or 1
    with ThreadPoolExecutor(max_workers=shares) as pool:
        done = list(pool.map(lambda share: _share(share, shares), range(shares)))
    tally = sum((each for each, _ in done), Tally())
    failures = [failure for _, failure in done if failure]
    return Verdict(_figures(tally), tuple(failures or missing(tally)), _table(tally))


def missing(tally: Mapping[str, int]) -> list[str]:
    """Kinds of moments at which nothing was ever killed, and databases with too few."""
    wrong = []
    for database in DATABASES:
        every = {name: count for name, count in tally.items() if name.startswith(database)}
        if sum(every.values()) < MOMENTS_MIN:
            wrong.append(f"{database}: {sum(every.values())} moments, fewer than {MOMENTS_MIN}")
        wrong += [
            f"{database}: never killed at {kind}"
            for kind in KINDS
            if not any(kind in name for name in every)
        ]
    return wrong


def _share(share: int, shares: int) -> tuple[Tally, str]:
    name = f"kills-{share}"
    told = tools.BUILD / f"{name}.json"
    told.unlink(missing_ok=True)
    settings = {"CONCORD_SHARE": f"{share}/{shares}", "CONCORD_TALLY": str(told)}
    quiet = ["-q", "-o", "faulthandler_timeout=0"]
    done = tools.run(name, [sys.executable, "-m", "pytest", *quiet, TEST], settings)
    tally = Tally(json.loads(told.read_text("utf-8"))) if told.is_file() else Tally()
    failed = [line for line in done.out.splitlines() if line.startswith("E ")]
    return tally, "\n".join([f"see {done.where}", *failed[:40]]) if done.code else ""


def _figures(tally: Tally) -> str:
    by = {each: sum(n for name, n in tally.items() if name.startswith(each)) for each in DATABASES}
    told = ", ".join(f"{count:,} on {database}" for database, count in by.items())
    return f"{tally.total():,} deaths of one day, at every commit and call: {told}"


def _table(tally: Tally) -> str:
    return "\n".join(f"{name:<48}{count:>6,}" for name, count in sorted(tally.items()))
