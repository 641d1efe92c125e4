"""The served node as processes of its own: ready soon, stopped within 3 s, one writer at a time."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.support.command_line import ROOT, concord, environment

STOP_SECONDS_MAX = 3
PATIENCE_SECONDS = 60


@dataclass
class Served:
    """A node that serves."""

    process: subprocess.Popen[str]
    folder: Path
    port: int
    metrics_port: int

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @contextmanager
    def signed_in(self) -> Iterator[httpx.Client]:
        """A treasurer's browser."""
        with httpx.Client(base_url=self.url("/"), timeout=PATIENCE_SECONDS) as browser:
            token = re.search(r'name="csrf" value="([^"]+)"', browser.get("/sign-in").text)
            assert token
            browser.post("/sign-in", data={"csrf": token[1], "role": "treasurer"})
            yield browser


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    port, metrics_port = _free_port(), _free_port()
    folder = tmp_path / "var"
    process = subprocess.Popen(
        [sys.executable, "-m", "node", "run", "--json", "--port", str(port)],
        cwd=ROOT,
        env=environment(folder, CONCORD_METRICS_PORT=str(metrics_port)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    told = "".join(iter(process.stdout.readline, "}\n")) + "}"
    assert json.loads(told)["url"] == f"http://127.0.0.1:{port}/"
    yield Served(process, folder, port, metrics_port)
    if process.poll() is None:
        process.kill()
    process.communicate()


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_within_three_seconds_with_a_stream_open(served: Served, sig: int) -> None:
    with served.signed_in() as browser, browser.stream("GET", "/stream") as stream:
        assert next(stream.iter_lines()) == "retry: 2000"
        started = time.monotonic()
        served.process.send_signal(sig)
        assert served.process.wait(PATIENCE_SECONDS) == 0
        assert time.monotonic() - started < STOP_SECONDS_MAX
    assert served.process.stderr is not None
    said = served.process.stderr.read()
    assert "Traceback" not in said
    assert "Ctrl-C stops it" in said


def test_other_verbs_work_beside_it_and_a_second_node_does_not(served: Served) -> None:
    assert httpx.get(served.url("/health"), timeout=PATIENCE_SECONDS).json()["live"] is True
    numbers = f"http://127.0.0.1:{served.metrics_port}/metrics"
    assert "concord_leads 1.0" in httpx.get(numbers, timeout=PATIENCE_SECONDS).text
    _until_compared(served)
    found = concord(served.folder, "doctor", "--json")
    assert (found.code, found.json["ok"]) == (0, True)
    taken = concord(served.folder, "run", "--port", str(served.port))
    assert (taken.code, "--port" in taken.err) == (3, True)
    second = concord(served.folder, "run", "--port", str(_free_port()))
    assert (second.code, "another process writes this chain" in second.err) == (3, True)
    reset = concord(served.folder, "demo", "--reset", "--once")
    assert (reset.code, "is running" in reset.err) == (3, True)
    assert served.process.poll() is None


def _until_compared(served: Served) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        said = concord(served.folder, "prove", "--json")
        if said.code == 0:
            assert said.json["agrees"] is True
            return
        assert said.json["code"] == "NOT_COMPARED_YET"
    raise AssertionError("the node never compared its records")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port
