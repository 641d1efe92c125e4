"""A development chain in a process of its own, as a user has one.

In: the npm modules. Out: `Anvil`, running until the block ends. Used by fixtures of tests that are
marked `npm`.
"""

from __future__ import annotations

import json
import platform
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parents[2]
CHAIN_ID = 20260  # not 31337: what is deployed there by habit may hold addresses of that chain
PATIENCE_SECONDS = 20
_MACHINE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
PROGRAM = ROOT / "node_modules" / "@foundry-rs" / f"anvil-linux-{_MACHINE}" / "bin" / "anvil"


@dataclass(frozen=True)
class Anvil:
    """Where it listens, and its levers."""

    url: str

    def answer(self, method: str, params: Sequence[object]) -> dict[str, Any]:
        """One JSON-RPC request; its answer, `result` or `error`."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        headers = {"Content-Type": "application/json"}
        request = Request(self.url, json.dumps(body).encode(), headers)  # noqa: S310 - loopback
        with urlopen(request, timeout=60) as answer:  # noqa: S310 - loopback
            found: dict[str, Any] = json.load(answer)
            return found

    def ask(self, method: str, *params: object) -> Any:  # noqa: ANN401 - JSON
        """One JSON-RPC request; its result."""
        found = self.answer(method, params)
        assert "error" not in found, found
        return found["result"]

    def fund(self, address: str) -> None:
        self.ask("anvil_setBalance", address, hex(10**20))


def why_absent() -> str | None:
    """Why there can be none here; None when there can."""
    return None if PROGRAM.is_file() else "anvil is not installed (make node-modules)"


@contextmanager
def anvil(chain_id: int = CHAIN_ID, options: Sequence[str] = ()) -> Iterator[Anvil]:
    """Run one; it mines each transaction at once and forgets everything at the end."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [str(PROGRAM), "--port", str(port), "--chain-id", str(chain_id), "--silent"]
    with TemporaryDirectory(prefix="anvil-", ignore_cleanup_errors=True) as states:
        # By its own habit it leaves old states at home, for ever: gigabytes from a day of tests.
        command += ["--cache-path", states, *options]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                running = Anvil(f"http://127.0.0.1:{port}")
                _wait(running, process)
                yield running
            finally:
                process.kill()


def _wait(running: Anvil, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            running.ask("eth_chainId")
        except OSError:
            assert process.poll() is None, "anvil ended at once"
            assert time.monotonic() < deadline, "anvil does not answer"
            time.sleep(0.05)
        else:
            return
