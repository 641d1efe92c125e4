"""The node in a simulated world, in any order of events: every truth holds after every step.

In: nothing but a seed. A few runs, always the same, in `make test`; `make verify` asks for many by
CONCORD_RUNS (scripts/proofs/simulation.py) and reads what was reached where CONCORD_TALLY says.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.contracts.differential.fresh import BACKEND
from tests.simulation.machine import Machine

pytestmark = pytest.mark.verify
RUNS = os.environ.get("CONCORD_RUNS")
TALLY = os.environ.get("CONCORD_TALLY")
STEPS_PER_RUN = 200 if RUNS else 80
# Where it exists it is memory: hundreds of databases are written and thrown away.
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as made:
        yield Path(made)


def test_every_truth_holds_after_every_step(sqlite_template: Path, folder: Path) -> None:
    numbers, template = count(), sqlite_template.read_bytes()

    def fresh() -> str:
        for left in folder.iterdir():
            left.unlink()
        path = folder / f"{next(numbers)}.db"
        path.write_bytes(template)
        return f"sqlite:///{path}"

    tally = Counter[tuple[str, str]]()
    run = type("Run", (Machine,), {"tally": tally, "fresh": staticmethod(fresh)})
    try:
        run_state_machine_as_test(
            run,
            settings=settings(
                max_examples=int(RUNS or 2),
                stateful_step_count=STEPS_PER_RUN,
                derandomize=not RUNS,
                backend=BACKEND,
                database=None,
                deadline=None,
                phases=[Phase.generate],  # shrinking a run of hundreds of steps takes minutes
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        if TALLY:
            told = [[*what, times] for what, times in sorted(tally.items())]
            Path(TALLY).write_text(json.dumps(told), "utf-8")
    assert tally["intent", "FINAL"]
