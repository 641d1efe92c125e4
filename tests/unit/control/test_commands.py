"""One command, one effect: what a key was used for, and what it is not used for again.

In: commands under keys in both kinds of database. Run by pytest.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from node.control import commands
from node.control.commands import CommandInProgress, IdempotencyKeyReused
from node.core.errors import ConcordError, Rejected, Retryable
from node.db.unit_of_work import read_only, unit_of_work
from tests.support.ledger_books import NOW


def carry_out(
    engine: Engine, key: str = "k-1", *, content: str = "f", subject: str = "in-1", scope: str = "a"
) -> str:
    """A command as a service does it; gives the subject of its first use."""
    with unit_of_work(engine) as session:
        before = commands.once(session, scope, key, content)
        if before is None:
            commands.remember(session, scope, key, content, subject=subject, at=NOW)
        return before or subject


def used_for(engine: Engine, key: str = "k-1") -> str | None:
    with read_only(engine) as session:
        return commands.once(session, "a", key, "f")


def test_a_key_with_another_content_is_refused(engine: Engine) -> None:
    carry_out(engine)
    with pytest.raises(IdempotencyKeyReused) as caught:
        carry_out(engine, content="g")
    assert caught.value.code == "IDEMPOTENCY_KEY_REUSED"
    assert caught.value.facts == {"subject": "in-1"}


def test_a_key_remembered_meanwhile_is_refused_for_now(engine: Engine) -> None:
    carry_out(engine)
    with pytest.raises(CommandInProgress) as caught, unit_of_work(engine) as session:
        commands.remember(session, "a", "k-1", "f", subject="in-2", at=NOW)
    assert isinstance(caught.value, Retryable)
    assert (caught.value.code, caught.value.status) == ("COMMAND_IN_PROGRESS", 409)
    assert used_for(engine) == "in-1"


def test_a_command_that_fails_does_not_use_up_its_key(engine: Engine) -> None:
    with pytest.raises(Rejected), unit_of_work(engine) as session:
        _remember_and_fail(session)
    assert used_for(engine) is None
    assert carry_out(engine, subject="in-2") == "in-2"


def test_a_key_that_was_never_used_made_nothing(engine: Engine) -> None:
    assert used_for(engine) is None


def test_the_same_command_again_gives_what_it_made(engine: Engine) -> None:
    assert [carry_out(engine, subject=subject) for subject in ("in-1", "in-2")] == ["in-1"] * 2


def test_callers_do_not_share_their_keys(engine: Engine) -> None:
    subjects = [carry_out(engine, scope=scope, subject=scope) for scope in ("bank a", "bank b")]
    assert subjects == ["bank a", "bank b"]


def test_of_two_with_one_key_at_once_one_is_carried_out(engine: Engine) -> None:
    together = Barrier(2)

    def run(subject: str) -> str:
        together.wait()
        try:
            return carry_out(engine, subject=subject)
        except ConcordError as error:
            return error.code

    with ThreadPoolExecutor(2) as pool:
        answers = set(pool.map(run, ["in-1", "in-2"]))
    made = used_for(engine)
    assert made in {"in-1", "in-2"}
    assert answers <= {made, "COMMAND_IN_PROGRESS"}


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres_database_url"], indirect=True)
def test_who_comes_second_waits_and_is_told(engine: Engine) -> None:
    with ThreadPoolExecutor(1) as pool:
        with unit_of_work(engine) as session:
            assert commands.once(session, "a", "k-1", "f") is None
            commands.remember(session, "a", "k-1", "f", subject="in-1", at=NOW)
            second = pool.submit(carry_out, engine, subject="in-2")
            with pytest.raises(TimeoutError):
                second.result(timeout=0.3)
        with pytest.raises(CommandInProgress):
            second.result(timeout=20)
    assert carry_out(engine, subject="in-2") == "in-1"


def _remember_and_fail(session: Session) -> None:
    commands.remember(session, "a", "k-1", "f", subject="in-1", at=NOW)
    raise Rejected("no such wallet")
