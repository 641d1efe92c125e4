"""Clients of Ethereum as processes on loopback, each from its start to its end.

In: a command that listens on a port. Out: the way to speak JSON-RPC with it, once it answers. Used
by the builders of clients and networks.
"""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.support.anvil import Anvil

_PATIENCE_SECONDS: Final = 60


@contextmanager
def running(command: Sequence[str], folder: Path, port: int) -> Iterator[Anvil]:
    """A process that speaks JSON-RPC on that port, until the end of the block."""
    log = folder / "client.log"
    with (
        log.open("w") as told,
        subprocess.Popen(command, cwd=folder, stdout=told, stderr=told) as it,
    ):
        try:
            spoken = Anvil(f"http://127.0.0.1:{port}")
            _wait(spoken, it, log)
            yield spoken
        finally:
            it.kill()


def free_port() -> int:
    """One that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _wait(spoken: Anvil, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            spoken.ask("eth_chainId")
        except OSError:
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < deadline, log.read_text("utf-8")
            time.sleep(0.1)
        else:
            return
