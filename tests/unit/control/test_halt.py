"""The kill switch: who is stopped by what, and who lets it go on.

In: halts of some scopes in both kinds of database. Run by pytest.
"""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from node.control import halt, store
from node.control.halt import Halted, Scope
from node.core.errors import Retryable
from node.db.unit_of_work import read_only, unit_of_work
from tests.support.ledger_books import NOW

LATER = NOW + timedelta(hours=1)


def stop(engine: Engine, reason: str = "deep reorg", scope: Scope = Scope.POSTING) -> None:
    with unit_of_work(engine) as session:
        halt.halt(session, scope, reason, NOW)


def lift(engine: Engine, scope: Scope = Scope.POSTING) -> None:
    with unit_of_work(engine) as session:
        halt.lift(session, scope, "treasurer", LATER)


def in_force(engine: Engine) -> list[tuple[str, str]]:
    with read_only(engine) as session:
        return [(each.scope, each.reason) for each in halt.in_force(session)]


def trail(engine: Engine) -> list[tuple[str, str, str]]:
    with read_only(engine) as session:
        return [(row.actor, row.action, row.subject) for row in store.audit_trail(session)]


def test_a_halted_scope_refuses(engine: Engine) -> None:
    stop(engine)
    with read_only(engine) as session, pytest.raises(Halted, match="deep reorg") as caught:
        halt.refuse_when_halted(session, Scope.POSTING)
    assert (caught.value.code, caught.value.facts["scope"]) == ("NODE_HALTED", "posting")
    assert isinstance(caught.value, Retryable)
    assert caught.value.remedy


def test_another_scope_goes_on(engine: Engine) -> None:
    stop(engine)
    with read_only(engine) as session:
        for scope in (Scope.SUBMISSION, Scope.COMMANDS):
            halt.refuse_when_halted(session, scope)
            assert halt.halted(session, scope) is None


def test_the_same_reason_is_not_stacked(engine: Engine) -> None:
    for _ in range(3):
        stop(engine)
    assert in_force(engine) == [("posting", "deep reorg")]
    assert trail(engine) == [("node", "halt", "posting")]


def test_another_reason_is_added_and_the_first_is_told(engine: Engine) -> None:
    stop(engine, "deep reorg")
    stop(engine, "wrong chain")
    assert in_force(engine) == [("posting", "deep reorg"), ("posting", "wrong chain")]
    with read_only(engine) as session:
        assert halt.halted(session, Scope.POSTING) == "deep reorg"


def test_the_same_reason_stops_each_scope_by_itself(engine: Engine) -> None:
    stop(engine, scope=Scope.POSTING)
    stop(engine, scope=Scope.SUBMISSION)
    assert in_force(engine) == [("posting", "deep reorg"), ("submission", "deep reorg")]


def test_lifting_ends_every_reason_of_the_scope_alone(engine: Engine) -> None:
    stop(engine, "deep reorg")
    stop(engine, "wrong chain")
    stop(engine, scope=Scope.COMMANDS)
    lift(engine)
    assert in_force(engine) == [("commands", "deep reorg")]


def test_who_lifted_it_stays_in_the_trail(engine: Engine) -> None:
    stop(engine)
    lift(engine)
    assert trail(engine) == [("node", "halt", "posting"), ("treasurer", "halt.lifted", "posting")]


def test_lifting_what_runs_leaves_no_trail(engine: Engine) -> None:
    lift(engine)
    assert trail(engine) == []


def test_a_lifted_scope_goes_on(engine: Engine) -> None:
    stop(engine)
    lift(engine)
    with read_only(engine) as session:
        halt.refuse_when_halted(session, Scope.POSTING)


def test_what_was_lifted_may_stop_again_for_the_same_reason(engine: Engine) -> None:
    stop(engine)
    lift(engine)
    stop(engine)
    assert in_force(engine) == [("posting", "deep reorg")]


def test_who_stopped_it_stays_in_the_trail(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        halt.halt(session, Scope.COMMANDS, "maintenance", NOW, by="treasurer")
    assert trail(engine) == [("treasurer", "halt", "commands")]
    with read_only(engine) as session:
        assert halt.in_force(session)[0].at == NOW
