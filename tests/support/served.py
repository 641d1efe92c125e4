"""A demo node that serves, in a process of its own, on a free port of the loopback.

In: a data folder. Out: `Served`, stopped at the end as a person would stop it. Used by acceptance
tests.
"""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.support.command_line import ROOT, environment

START_SECONDS_MAX = 120


@dataclass(frozen=True)
class Served:
    """Where it serves."""

    url: str

    def call(
        self,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> Any:  # noqa: ANN401 - JSON
        """One call of the API; the answer's JSON."""
        request = urllib.request.Request(  # noqa: S310 - loopback
            self.url + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **headers},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
            return json.loads(answer.read())

    def bearer(self, role: str) -> dict[str, str]:
        """The header of a caller with that role."""
        token = self.call("/v1/tokens", {"role": role})["access_token"]
        return {"Authorization": f"Bearer {token}"}


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """Start `concord demo` and wait until it serves."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder.parent / "served.log"
    with log.open("w") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "node", "demo", "--port", str(port)],
            cwd=ROOT,
            env=environment(folder),
            stdout=told,
            stderr=told,
        )
    try:
        _wait(process, log)
        yield Served(f"http://127.0.0.1:{port}")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)


def _wait(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while "serves at" not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)
