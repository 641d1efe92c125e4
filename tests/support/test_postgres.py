"""The throwaway server: fresh databases that copy their template and go away."""

import os
import tempfile
from pathlib import Path

import psycopg
import pytest

from tests.support import postgres
from tests.support.optional import absent

pytestmark = pytest.mark.postgres


def _names(server: postgres.Server) -> set[str]:
    with postgres.connect(server.port) as connection:
        return {row[0] for row in connection.execute("SELECT datname FROM pg_database")}


def _open(server: postgres.Server, name: str) -> psycopg.Connection:
    url = server.url(name).replace("postgresql+psycopg", "postgresql")
    return psycopg.connect(url, autocommit=True)


def test_a_copy_has_what_its_template_has(postgres_server: postgres.Server) -> None:
    template = postgres_server.create()
    with _open(postgres_server, template) as connection:
        connection.execute("CREATE TABLE marker (id int)")
    copy = postgres_server.create(template)
    with _open(postgres_server, copy) as connection:
        assert connection.execute("SELECT count(*) FROM marker").fetchone() == (0,)
    postgres_server.drop(copy)
    postgres_server.drop(template)


def test_a_dropped_database_is_gone_even_when_still_in_use(
    postgres_server: postgres.Server,
) -> None:
    name = postgres_server.create()
    left_open = _open(postgres_server, name)
    postgres_server.drop(name)
    assert name not in _names(postgres_server)
    left_open.close()


def test_nothing_is_left_behind() -> None:
    reason = postgres.why_absent()
    if reason is not None:
        absent(reason)
    with postgres.server() as running:
        pid = _postmaster_pid(running)
    assert not Path(f"/proc/{pid}").exists()


def _postmaster_pid(running: postgres.Server) -> int:
    homes = Path(tempfile.gettempdir()).glob("concord-postgres-*/data/postmaster.pid")
    pids = {lines[3]: int(lines[0]) for lines in (path.read_text().split() for path in homes)}
    pid = pids[str(running.port)]
    os.kill(pid, 0)  # it runs now
    return pid


@pytest.mark.parametrize("version", ["9", "15", "160"])
def test_the_newest_version_is_found(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in {"8", version}:
        (tmp_path / each / "bin").mkdir(parents=True)
        (tmp_path / each / "bin" / "initdb").touch()
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(postgres, "_DEBIAN", tmp_path)
    assert postgres.find_programs() == tmp_path / version / "bin"
