"""Leases: who leads, and that nobody writes who led before.

In: two holders of one role on both kinds of database. Run by pytest.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine

from node.core.errors import Retryable
from node.db.cursors import move_cursor, read_cursor
from node.db.leases import Fence, LostLease, acquire, lease, release
from node.db.unit_of_work import read_only, unit_of_work

ROLE = "posting"


def taken(engine: Engine, holder: str, *, seconds: int = 60) -> Fence:
    fence = acquire(engine, ROLE, holder, seconds=seconds)
    assert fence is not None
    return fence


def write(engine: Engine, fence: Fence) -> None:
    """Do a stage's work; whether it may is asked last, so that there is something to take back."""
    with unit_of_work(engine) as session:
        move_cursor(session, ROLE, 9)
        session.flush()
        fence.check(session)


def epoch(engine: Engine) -> int:
    with read_only(engine) as session:
        found = lease(session, ROLE)
        return 0 if found is None else found.epoch


def position(engine: Engine) -> int:
    with read_only(engine) as session:
        return read_cursor(session, ROLE)


def test_a_running_lease_is_not_given_to_another(engine: Engine) -> None:
    taken(engine, "a")
    assert acquire(engine, ROLE, "b") is None
    assert epoch(engine) == 1


def test_a_lost_lease_writes_nothing(engine: Engine) -> None:
    lost = taken(engine, "a", seconds=0)
    taken(engine, "b")
    with pytest.raises(LostLease) as caught:
        write(engine, lost)
    assert (caught.value.code, isinstance(caught.value, Retryable)) == ("LEASE_LOST", True)
    assert position(engine) == 0


def test_a_fence_of_a_lease_never_taken_is_refused(engine: Engine) -> None:
    with pytest.raises(LostLease), unit_of_work(engine) as session:
        Fence(ROLE, 1).check(session)


def test_who_lost_the_lease_does_not_release_it(engine: Engine) -> None:
    taken(engine, "a", seconds=0)
    taken(engine, "b")
    release(engine, ROLE, "a")
    assert acquire(engine, ROLE, "a") is None


def test_releasing_what_was_never_taken_does_nothing(engine: Engine) -> None:
    release(engine, ROLE, "a")
    assert epoch(engine) == 0


def test_the_leader_writes(engine: Engine) -> None:
    fence = taken(engine, "a")
    write(engine, fence)
    assert position(engine) == 9


def test_a_renewal_keeps_the_epoch_and_the_fence(engine: Engine) -> None:
    first = taken(engine, "a", seconds=0)
    assert taken(engine, "a") == first
    assert acquire(engine, ROLE, "b") is None


def test_each_change_of_leader_raises_the_epoch(engine: Engine) -> None:
    epochs = [taken(engine, holder, seconds=0).epoch for holder in ("a", "b", "a")]
    assert epochs == [1, 2, 3]


def test_a_released_lease_is_free_at_once(engine: Engine) -> None:
    taken(engine, "a")
    release(engine, ROLE, "a")
    assert taken(engine, "b").epoch == 2


def test_a_lease_says_who_holds_it_and_until_when(engine: Engine) -> None:
    before = datetime.now(UTC)
    taken(engine, "a", seconds=60)
    with read_only(engine) as session:
        found = lease(session, ROLE)
    assert found is not None
    assert (found.holder, found.epoch) == ("a", 1)
    assert found.expires_at - before >= timedelta(seconds=60)


def test_roles_are_led_apart(engine: Engine) -> None:
    taken(engine, "a")
    other = acquire(engine, "submission", "b")
    assert other == Fence("submission", 1)


def test_of_two_that_come_first_at_once_one_leads(engine: Engine) -> None:
    together = Barrier(2)

    def come(holder: str) -> Fence | None:
        together.wait()
        return acquire(engine, ROLE, holder)

    with ThreadPoolExecutor(2) as pool:
        fences = list(pool.map(come, "ab"))
    assert sorted(fences, key=str) == [Fence(ROLE, 1), None]


def test_of_two_that_find_an_expired_lease_one_leads(engine: Engine) -> None:
    taken(engine, "before", seconds=0)
    together = Barrier(2)

    def come(holder: str) -> Fence | None:
        together.wait()
        return acquire(engine, ROLE, holder)

    with ThreadPoolExecutor(2) as pool:
        fences = list(pool.map(come, "ab"))
    assert sorted(fences, key=str) == [Fence(ROLE, 2), None]


def test_a_new_leader_waits_for_the_work_of_the_old_one(engine: Engine) -> None:
    old = taken(engine, "a", seconds=0)
    with ThreadPoolExecutor(1) as pool:
        with unit_of_work(engine) as session:
            old.check(session)
            coming = pool.submit(taken, engine, "b")
            move_cursor(session, ROLE, 9)
            session.flush()
            assert not coming.done()
        assert coming.result(timeout=20).epoch == 2
    assert position(engine) == 9
