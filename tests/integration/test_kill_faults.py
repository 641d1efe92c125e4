"""What fails while the process lives: the database goes, an answer is lost, the clock jumps.

Each fault comes again and again through one day; the node says that it must try again, tries, and
ends as one that met none.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from node.core.errors import Retryable
from node.db.engine import open_engine
from node.db.migrate import upgrade
from node.db.unit_of_work import DatabaseUnavailable
from tests.support.chain_bank import open_bank
from tests.support.chain_way import Way, embedded_way
from tests.support.clock import Clock
from tests.support.kill_day import ask, begin, commands, facts
from tests.support.kill_points import Points
from tests.support.kill_postgres import cutting, restarting
from tests.support.optional import absent
from tests.support.postgres import Server, why_absent

ATTEMPTS_MAX = 200
CUTS = 24


@pytest.fixture(scope="module")
def undisturbed(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a node comes to that meets no fault."""
    folder = tmp_path_factory.mktemp("undisturbed")
    database = folder / "concord.db"
    database.write_bytes(sqlite_template.read_bytes())
    with embedded_way(folder, f"sqlite:///{database}") as way:
        begin(way)
        ask(way)
        way.finish()
        return facts(way)


@contextmanager
def disturbed(
    folder: Path, url: str, happens: Callable[[int, str], None], clock: Clock | None = None
) -> Iterator[Way]:
    """A day begun in peace, in which something happens at each moment from then on."""
    with embedded_way(folder, url) as way:
        begin(way)
    bank, engine, points = open_bank(folder), open_engine(url), Points(happens)
    points.watch_commits(engine)
    rpc = points.rpc(bank.chain.answer, bank.deployment.chain_id)
    try:
        yield Way(
            engine, rpc, bank.deployment, clock or bank.clock, bank.chain.mine, bank.chain.reorg
        )
    finally:
        bank.chain.close()
        engine.dispose()


def insist(*works: Callable[[], object]) -> list[Retryable]:
    """Try each until it succeeds, as the clock does; gives what stood in the way."""
    met: list[Retryable] = []
    for work in works:
        for _ in range(ATTEMPTS_MAX):
            try:
                work()
            except Retryable as error:
                met.append(error)
            else:
                break
        else:
            raise AssertionError(f"it never succeeds: {met[-1].detail}")
    return met


@pytest.mark.postgres
def test_the_database_server_stops_and_starts(undisturbed: dict[str, Any], tmp_path: Path) -> None:
    reason = why_absent()
    if reason is not None:
        absent(reason)
    with restarting() as running:
        url = running.server.url()
        upgrade(url)

        commits = itertools.count(1)

        def happens(_number: int, name: str) -> None:
            if "commit" in name and next(commits) % 37 == 0:
                running.restart()

        with disturbed(tmp_path, url, happens) as way:
            met = insist(*commands(way), way.finish)
            assert len(met) > 3
            assert {type(each) for each in met} == {DatabaseUnavailable}
            assert facts(way) == undisturbed


@pytest.mark.postgres
@pytest.mark.parametrize("is_heard", [True, False], ids=["the answer is lost", "it is not heard"])
def test_a_commit_of_which_nothing_is_heard(
    undisturbed: dict[str, Any],
    postgres_server: Server,
    postgres_database_url: str,
    tmp_path: Path,
    is_heard: bool,  # noqa: FBT001 - a parameter
) -> None:
    with cutting(
        postgres_server.port,
        lambda number: number % 5 == 0 and number <= 5 * CUTS,
        is_heard=is_heard,
    ) as (
        line,
        port,
    ):
        url = postgres_database_url.replace(f":{postgres_server.port}/", f":{port}/")
        with embedded_way(tmp_path, postgres_database_url) as calm:
            begin(calm)
        with embedded_way(tmp_path, url) as way:
            met = insist(*commands(way), way.finish)
            assert len(met) == line.cut == CUTS
            assert {type(each) for each in met} == {DatabaseUnavailable}
    with embedded_way(tmp_path, postgres_database_url) as way:
        assert facts(way) == undisturbed


def test_the_clock_jumps_by_ninety_seconds_and_back(
    undisturbed: dict[str, Any], database_url: str, tmp_path: Path
) -> None:
    clock = Clock()
    first = clock.now()

    def happens(number: int, _name: str) -> None:
        clock.at = first + timedelta(seconds=90 * (number // 7 % 3 - 1))

    with disturbed(tmp_path, database_url, happens, clock) as way:
        ask(way)
        way.finish()
        found = facts(way)
    # What the attestor said carries the moment at which he said it.
    said, others = found.pop("said"), dict(undisturbed)
    assert len(said) == len(others.pop("said"))
    assert found == others
