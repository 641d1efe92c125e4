"""What the benchmark of ingest calls true is what is on the chain, and nothing less passes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from sqlalchemy import Engine
from sqlmodel import col, delete, update

from node.db.engine import open_engine
from node.db.unit_of_work import unit_of_work
from node.events.proof import Mode
from node.events.tables import EventChangeRow, EventRow
from scripts import compile as compiling
from scripts.bench.ingest import compare, ours, raw
from scripts.bench.ingest_memory import peak_mebibytes
from scripts.bench.workload import Source, Workload, served
from tests.support import anvil
from tests.support.optional import absent

pytestmark = pytest.mark.npm
SMALL = Workload(blocks=12, transactions=3, events=4)


@pytest.fixture(scope="module")
def source() -> Iterator[Source]:
    """Give a chain with a few transfers."""
    reason = anvil.why_absent()
    if reason is not None or not (compiling.NODE_MODULES / "solc").is_dir():
        absent(reason or "the npm modules are not installed (make node-modules)")
    with served(SMALL) as made:
        yield made


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Give an empty database."""
    made = open_engine(database_url)
    yield made
    made.dispose()


def test_a_row_that_is_not_true_is_found(source: Source, engine: Engine) -> None:
    ours(source, lambda: nullcontext(engine), Mode.FAST, check=False)
    with unit_of_work(engine) as session:
        session.exec(update(EventRow).where(col(EventRow.id) == 5).values(tx_hash="0x00"))
    with pytest.raises(RuntimeError, match="true is"):
        compare(engine, source.truth())


def test_a_step_that_is_missing_is_found(source: Source, engine: Engine) -> None:
    ours(source, lambda: nullcontext(engine), Mode.FAST, check=False)
    with unit_of_work(engine) as session:
        session.exec(delete(EventChangeRow).where(col(EventChangeRow.event_id) == 5))
    with pytest.raises(RuntimeError, match="not every event"):
        compare(engine, source.truth())


@pytest.mark.parametrize("mode", list(Mode))
def test_what_is_kept_is_true_in_either_mode(source: Source, engine: Engine, mode: Mode) -> None:
    assert ours(source, lambda: nullcontext(engine), mode, check=True) > 0
    assert len(list(source.truth())) == SMALL.count == 144
    assert raw(source) > 0


def test_memory_is_that_of_a_process_that_ingests_all(
    source: Source, engine: Engine, database_url: str
) -> None:
    before, peak = peak_mebibytes(source, database_url, Mode.PROVEN)
    compare(engine, source.truth())
    assert 0 < before <= peak < 300
