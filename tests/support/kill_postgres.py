"""A PostgreSQL server that can be stopped and started, and a line to it that is cut at commits.

In: the server programs. Out: `Restarting`, which keeps what was committed; `cutting`, a proxy on
loopback that lets a COMMIT through and swallows the answer, or swallows the COMMIT. Used by tests
of faults.
"""

from __future__ import annotations

import select
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import postgres
from tests.support.postgres import Server


@dataclass
class Restarting:
    """A server of the test's own."""

    programs: Path
    home: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def server(self) -> Server:
        return Server(self.port)

    def restart(self) -> None:
        """Stop at once, with everyone connected, and start again: it recovers from its log."""
        postgres._stop(self.process)
        self.process = postgres._start(self.programs, self.home, self.port, synchronous_commit="on")
        postgres._wait(self.process, self.home, self.port)


@contextmanager
def restarting() -> Iterator[Restarting]:
    """Run one, durable as a bank's: what it said is committed stays."""
    programs = postgres.find_programs()
    assert programs is not None
    home = Path(tempfile.mkdtemp(prefix="concord-postgres-"))
    try:
        owner = postgres._user()
        if owner is not None:
            shutil.chown(home, user=owner)
        postgres._initialise(programs, home)
        port = postgres._free_port()
        process = postgres._start(programs, home, port, synchronous_commit="on")
        made = Restarting(programs, home, port, process)
        try:
            postgres._wait(process, home, port)
            yield made
        finally:
            postgres._stop(made.process)
    finally:
        shutil.rmtree(home)


@dataclass
class Line:
    """How many commits went over it, and which of them are cut."""

    port: int
    is_cut: Callable[[int], bool]
    is_heard: bool  # whether the server hears the COMMIT of which the answer is lost
    commits: int = 0
    cut: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def carry(self, client: socket.socket) -> None:
        """One connection, to its end."""
        with (
            client,
            socket.create_connection(("127.0.0.1", self.port)) as server,
            suppress(OSError),
        ):
            while True:
                ready, _, _ = select.select([client, server], [], [])
                for each in ready:
                    said = each.recv(65_536)
                    other = server if each is client else client
                    if not said or (each is client and self._cuts(said, server)):
                        return
                    other.sendall(said)

    def _cuts(self, said: bytes, server: socket.socket) -> bool:
        if b"COMMIT" not in said:
            return False
        with self.lock:
            self.commits += 1
            if not self.is_cut(self.commits):
                return False
            self.cut += 1
        if self.is_heard:
            server.sendall(said)
            server.recv(65_536)  # it is committed
        return True


@contextmanager
def cutting(
    port: int, is_cut: Callable[[int], bool], *, is_heard: bool
) -> Iterator[tuple[Line, int]]:
    """A line to the server on a port; gives it and the port on which it listens."""
    line = Line(port, is_cut, is_heard)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listening.accept()
                    threading.Thread(target=line.carry, args=(client,), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield line, listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()
