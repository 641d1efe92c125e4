"""Two replicas: one that led stands still, the other takes over, the first wakes and finds out.

A lock tells who was leader, only a fence tells who is: what the first was about to write is not
written, and what it sends again is what was sent before.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from node.db.engine import open_engine
from node.db.tables import LeaseRow
from tests.support import postgres
from tests.support.anvil import Anvil
from tests.support.kill_banks import fresh
from tests.support.kill_matrix import Matrix, Moment, matrix
from tests.support.postgres import Server

pytestmark = pytest.mark.npm


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def bank(
    request: pytest.FixtureRequest, running_anvil: Anvil, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Matrix]:
    folder = tmp_path_factory.mktemp(request.param)
    url, copies = fresh(request, request.param, folder)
    with matrix(running_anvil, url, copies, folder) as made:
        yield made


@pytest.fixture(scope="module")
def undisturbed(bank: Matrix) -> dict[str, Any]:
    return bank.undisturbed(holder="first")


def lease_runs_out(database: str) -> None:
    """Time passes, for the lease alone."""
    engine = open_engine(database)
    with Session(engine) as session, session.begin():
        row = session.get_one(LeaseRow, "pipeline")
        row.expires_at = datetime.now(UTC) - timedelta(seconds=1)
    engine.dispose()


def moments(passed: list[str]) -> list[Moment]:
    """Where a leader may stand still without holding the database: around what it sends."""
    before, after = "before eth_sendRawTransaction", "after eth_sendRawTransaction"
    return [(before, 1), (after, 1), (after, passed.count(after)), ("before eth_estimateGas", 2)]


def test_a_second_replica_does_not_lead_while_the_first_does(
    bank: Matrix, undisturbed: dict[str, Any]
) -> None:
    with bank.bank() as database:
        first = bank.life(
            database, moments(undisturbed["passed"])[0], survives=False, stops=True, holder="first"
        )
        second = bank.life(database, survives=False, holder="second")
        assert "second does not lead" in second["error"]
        assert bank.wake(first["stopped"])["facts"] == undisturbed["facts"]


def test_a_leader_that_wakes_writes_nothing_and_sends_nothing_new(
    bank: Matrix, undisturbed: dict[str, Any]
) -> None:
    for moment in moments(undisturbed["passed"]):
        with bank.bank() as database:
            first = bank.life(database, moment, survives=False, stops=True, holder="first")
            lease_runs_out(database)
            second = bank.life(database, holder="second")
            assert second["facts"] == undisturbed["facts"]
            woken = bank.wake(first["stopped"])
            assert woken["code"] == 1
            assert "LostLease" in woken["error"], woken
            lease_runs_out(database)
            assert bank.life(database, holder="third")["facts"] == undisturbed["facts"]


def test_one_that_stands_still_in_a_unit_of_work_loses_it_with_its_session(
    bank: Matrix, undisturbed: dict[str, Any], postgres_server: Server
) -> None:
    moment = "before commit", undisturbed["passed"].count("before commit") // 2
    with bank.bank() as database:
        if not database.startswith("postgresql"):
            pytest.skip("a SQLite file is locked for as long as the process stands still")
        first = bank.life(database, moment, survives=False, stops=True, holder="first")
        sessions_end(postgres_server)
        lease_runs_out(database)
        assert bank.life(database, holder="second")["facts"] == undisturbed["facts"]
        assert "DatabaseUnavailable" in bank.wake(first["stopped"])["error"]
        lease_runs_out(database)
        assert bank.life(database, holder="third")["facts"] == undisturbed["facts"]


def sessions_end(server: Server) -> None:
    """What the server does by itself to a session that stands still within a unit of work."""
    with postgres.connect(server.port) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE state = 'idle in transaction'"
        ).fetchall()
    assert len(ended) == 1
