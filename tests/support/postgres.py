"""A throwaway PostgreSQL server for the tests, and databases on it.

In: the server programs on PATH or where Debian puts them. Out: a URL per database; the server and
its files are gone when the context ends. Called by conftest only.
"""

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

START_SECONDS_MAX = 30
_DEBIAN = Path("/usr/lib/postgresql")
_ACCOUNT = "postgres"  # the server refuses root; Debian's package makes this account
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
    # The data lives as long as the test run: durability would only cost time.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
}


class ServerFailed(RuntimeError):
    """The server did not come up; carries the end of its log."""


@dataclass(frozen=True)
class Server:
    """A running server: where it listens, and fresh names for databases on it."""

    port: int
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str = "postgres") -> str:
        """Give the SQLAlchemy URL of one database."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def create(self, template: str = "template1") -> str:
        """Create a database as a copy of the template and give its name."""
        name = f"concord_{next(self.numbers)}"
        self._admin(sql.SQL("CREATE DATABASE {} TEMPLATE {}"), name, template)
        return name

    def drop(self, name: str) -> None:
        """Drop a database, closing whatever is still connected to it."""
        self._admin(sql.SQL("DROP DATABASE {} WITH (FORCE)"), name)

    def _admin(self, command: sql.SQL, *names: str) -> None:
        with connect(self.port) as connection:
            connection.execute(command.format(*map(sql.Identifier, names)))


def connect(port: int) -> psycopg.Connection:
    return psycopg.connect(
        host="127.0.0.1", port=port, user="postgres", dbname="postgres", autocommit=True
    )


def why_absent() -> str | None:
    """Say what is missing to start a server; None when nothing is."""
    if find_programs() is None:
        return "PostgreSQL server not found (initdb is neither on PATH nor in Debian's place)"
    if os.geteuid() == 0 and account() is None:
        return f"PostgreSQL does not run as root and there is no account {_ACCOUNT!r}"
    return None


def find_programs() -> Path | None:
    """Find the folder of initdb and postgres, the newest version first."""
    on_path = shutil.which("initdb")
    if on_path is not None:
        return Path(on_path).parent
    found = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def account() -> str | None:
    """Name the account to run the server as; None when there is none but root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    known = {entry.pw_name for entry in pwd.getpwall()}
    return _ACCOUNT if _ACCOUNT in known else None


@contextmanager
def server() -> Iterator[Server]:
    """Run a server on a free loopback port until the context ends."""
    programs = find_programs()
    if programs is None:
        raise ServerFailed(why_absent())
    home = Path(tempfile.mkdtemp(prefix="concord-postgres-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(home, user=_ACCOUNT)
        _initialise(programs, home)
        port = _free_port()
        process = _start(programs, home, port)
        try:
            _wait(process, home, port)
            yield Server(port)
        finally:
            _stop(process)
    finally:
        shutil.rmtree(home)


def _user() -> str | None:
    return _ACCOUNT if os.geteuid() == 0 else None


def _initialise(programs: Path, home: Path) -> None:
    subprocess.run(
        [
            programs / "initdb",
            f"--pgdata={home / 'data'}",
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=home,
        user=_user(),
        group=_user(),
    )


def _start(programs: Path, home: Path, port: int, **settings: str) -> subprocess.Popen[bytes]:
    options = [f"--{name}={value}" for name, value in (_SETTINGS | settings).items()]
    with (home / "log").open("wb") as log:
        return subprocess.Popen(
            [programs / "postgres", "-D", home / "data", "-p", str(port), *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=home,
            user=_user(),
            group=_user(),
        )


def _wait(process: subprocess.Popen[bytes], home: Path, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and process.poll() is None:
        try:
            connect(port).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise ServerFailed((home / "log").read_text()[-2000:])


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop at once (SIGQUIT): nothing in it is worth a shutdown checkpoint."""
    process.send_signal(signal.SIGQUIT)
    try:
        process.wait(timeout=START_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
