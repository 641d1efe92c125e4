"""The sealer: full batches at once, the rest after a while, each row under one seal."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from node.db.leases import LostLease
from node.db.unit_of_work import read_only, unit_of_work
from node.ledger import booking, journal
from node.sealing import store
from node.sealing.seal import FIRST, Book, Seal
from node.sealing.sealer import SEAL_SECONDS, SEALED_MAX, SealerStage
from tests.support.chain_desk import unfenced
from tests.support.clock import Clock
from tests.support.ledger_books import ALICE, NOSTRO, NOW, new_entry


def seals(engine: Engine) -> list[Seal]:
    with read_only(engine) as session:
        return [seal for seal, _ in store.seals(session)]


def write(engine: Engine, count: int, name: str = "e") -> None:
    with unit_of_work(engine) as session:
        for account in (NOSTRO, ALICE):
            journal.open_account(session, account, at=NOW)
        new = [booking.posted(new_entry(f"{name}{n}", 1), NOW) for n in range(count)]
        journal.book(session, new)


def test_without_the_lease_nothing_is_sealed(engine: Engine) -> None:
    def lost(_session: Session) -> None:
        raise LostLease("another leads")

    write(engine, SEALED_MAX)
    with pytest.raises(LostLease):
        SealerStage(engine=engine, fence=lost, clock=Clock(NOW)).run_once()
    assert seals(engine) == []


def test_a_full_batch_is_sealed_at_once_and_the_rest_after_a_while(engine: Engine) -> None:
    clock = Clock(NOW)
    stage = SealerStage(engine=engine, fence=unfenced, clock=clock)
    write(engine, SEALED_MAX + 3)
    assert [stage.run_once(), stage.run_once()] == [SEALED_MAX, 0]
    clock.later(seconds=SEAL_SECONDS - 1)
    assert stage.run_once() == 0
    clock.later(seconds=1)
    assert [stage.run_once(), stage.run_once()] == [3, 0]
    first, second = seals(engine)
    assert (first.first, first.last, first.count, first.before) == (
        1,
        SEALED_MAX,
        SEALED_MAX,
        FIRST,
    )
    assert (second.first, second.last, second.count) == (SEALED_MAX + 1, SEALED_MAX + 3, 3)
    assert (second.number, second.before, second.book) == (2, first.hash, Book.JOURNAL)


def test_what_is_sealed_waits_anew_after_a_pause(engine: Engine) -> None:
    clock = Clock(NOW)
    stage = SealerStage(engine=engine, fence=unfenced, clock=clock)
    stage.run_once()
    clock.later(seconds=10 * SEAL_SECONDS)
    write(engine, 1)
    assert stage.run_once() == 0
    clock.later(seconds=SEAL_SECONDS)
    assert stage.run_once() == 1
