"""The whole node on the chain inside it: what it refuses to start on, and that it goes on."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from node.app import build, serve
from node.bank.refusal import FileRefused
from node.chain.embedded import ChainInUse
from node.control import store as control
from node.db.engine import open_engine
from node.db.unit_of_work import read_only
from node.feed import store as feed
from node.settlement.instruction import InstructionState
from tests.support.node_folder import facts, issue, opened, refusal, settings, transfer


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a node that has done some work; copied, never used itself."""
    folder = tmp_path_factory.mktemp("played") / "var"
    with opened(folder) as node:
        issue(node)
        node.drive(to_final=True)
    return folder


@pytest.fixture
def folder(played: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(played, tmp_path / "var"))


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        ("chain.db", "is gone"),
        ("concord.db", "of which the database knows nothing"),
        ("keys/issuer.json", "'issuer' of the demo is gone"),
        ("deployments", "is gone"),
    ],
)
def test_state_that_was_removed_in_part_is_recognised(folder: Path, gone: str, told: str) -> None:
    path = folder / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    error = refusal(folder)
    assert (error.code, error.exit_code) == ("STATE_NOT_TOGETHER", 5)
    assert told in error.detail
    assert "make reset" in error.remedy


def test_a_database_of_another_chain_is_recognised(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    with opened(other) as node:
        node.drive(to_final=True)
    shutil.copy(other / "concord.db", folder / "concord.db")
    error = refusal(folder)
    assert error.code == "STATE_NOT_TOGETHER"
    assert "another chain" in error.detail


def test_an_older_chain_under_a_newer_database_is_recognised(folder: Path, tmp_path: Path) -> None:
    older = shutil.copy(folder / "chain.db", tmp_path / "older.db")
    with opened(folder) as node:
        assert node.chain is not None
        node.chain.mine(20)
        node.drive()
    shutil.copy(older, folder / "chain.db")
    assert "is not on this" in refusal(folder).detail


def test_a_database_of_a_chain_with_another_id_is_recognised(folder: Path) -> None:
    engine = open_engine(f"sqlite:///{folder / 'concord.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE block SET chain_id = 8453 WHERE number = 1"))
    engine.dispose()
    error = refusal(folder)
    assert "books of chain 8453" in error.detail
    assert "CONCORD_DATABASE_URL" in error.remedy


def test_a_newer_database_is_refused(folder: Path) -> None:
    engine = open_engine(f"sqlite:///{folder / 'concord.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    assert refusal(folder).code == "DATABASE_NEWER"


def test_a_currency_the_chain_does_not_have_is_refused(folder: Path) -> None:
    with pytest.raises(Exception, match="no token in JPY; it has EUR"):
        build(settings(folder), currencies=("JPY",))


def test_a_database_that_does_not_answer_is_told(tmp_path: Path) -> None:
    error = refusal(tmp_path / "var", "postgresql://nobody@127.0.0.1:1/none")
    assert (error.code, error.exit_code) == ("DATABASE_UNAVAILABLE", 5)


def test_a_chain_id_without_endpoint_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path / "var", chain_id=8453)
    assert error.exit_code == 2
    assert "CONCORD_RPC_URLS" in error.detail


def test_an_endpoint_that_does_not_answer_is_told(tmp_path: Path) -> None:
    error = refusal(
        tmp_path / "var", rpc_urls="http://127.0.0.1:1", chain_id=1337, token_secret="s" * 32
    )
    assert (error.code, error.exit_code) == ("RPC_UNAVAILABLE", 5)


def test_a_second_process_reads_and_does_not_run(folder: Path) -> None:
    with opened(folder) as first, opened(folder) as second:
        assert second.chain is not None
        assert second.chain.read_only
        assert second.services.prove().agrees == first.services.prove().agrees
        assert all(check.ok for check in second.services.checks())
        with pytest.raises(ChainInUse):
            serve(second, on_ready=lambda _: None)


def test_what_was_instructed_settles(database_url: str, tmp_path: Path) -> None:
    with opened(tmp_path / "var", database_url) as node:
        issue(node)
        node.drive(to_final=True)
        transfer(node)
        node.drive(to_final=True)
        told = facts(node)
    assert [state for _, state, _ in told["instructions"]] == [InstructionState.SETTLED] * 3
    assert told["proof"] == [("EUR", 200_000, 200_000, True)]
    assert {cause for cause, _, _ in told["breaks"]} <= {"TIMING", "MISSING"}


def test_it_goes_on_from_its_state(folder: Path) -> None:
    with opened(folder) as node:
        before = facts(node)
        assert node.drive() == 0
        assert facts(node) == before


def test_its_secrets_are_kept_and_readable_by_the_owner_alone(folder: Path) -> None:
    for name in ("token.secret", "keystore.password"):
        path = folder / name
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert len(path.read_text()) >= 32
    with opened(folder) as first:
        secret = first.services.token_secret
    with opened(folder) as again:
        assert again.services.token_secret == secret
        assert secret.decode() not in repr(again.services)


def test_a_refused_file_is_told_and_stands_in_the_trail(folder: Path) -> None:
    with opened(folder) as node:
        with read_only(node.engine) as session:
            last = feed.last(session)
        with pytest.raises(FileRefused):
            node.services.receive_file(b"<Document/>", "statement.xml", "treasurer")
        with read_only(node.engine) as session:
            (message,) = feed.after(session, last)
            *_, record = control.audit_trail(session)
    assert (message.kind, message.data["name"]) == ("statement.refused", "statement.xml")
    assert (record.actor, record.action) == ("treasurer", "statement.refused")
    assert record.subject == message.subject
