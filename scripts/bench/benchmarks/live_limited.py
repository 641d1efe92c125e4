"""Seconds, in milliseconds, to read a chain whose endpoint refuses 30 of 100 requests with 429.

Called by: scripts.bench. The reference is the same through the same proxy when it refuses nothing;
the best of some rounds each, in turns.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Final

import httpx

from node.events.proof import Mode
from scripts.bench.benchmarks.ingest_sqlite import databases
from scripts.bench.ingest import ours
from scripts.bench.measured import ROUNDS, Measured
from scripts.bench.workload import SPARSE, Source, source_of

REFUSED: Final = 0.3
_SEED: Final = 7
_MS: Final = 1_000


def measure() -> Measured:
    """Every row is compared with the truth, however often it was asked for."""
    source = source_of(SPARSE)
    limited, clean = [], []
    for _ in range(ROUNDS):
        clean.append(_taken(source, 0))
        limited.append(_taken(source, REFUSED))
    return Measured(min(limited), "ms", min(clean))


def _taken(source: Source, refused: float) -> int:
    with _proxy(source.url, refused) as url:
        per_second = ours(replace(source, url=url), databases, Mode.FAST, check=True)
    return source.workload.count * _MS // per_second


@contextmanager
def _proxy(to: str, refused: float) -> Iterator[str]:
    """Passes requests on byte for byte, or refuses them."""
    chance, lock = Random(_SEED), threading.Lock()  # noqa: S311 - the same in each round

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            self.chain = httpx.Client(timeout=60, headers={"Content-Type": "application/json"})

        def finish(self) -> None:
            self.chain.close()
            super().finish()

        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                refuses = chance.random() < refused
            body = b"" if refuses else self.chain.post(to, content=asked).content
            self.send_response(httpx.codes.TOO_MANY_REQUESTS if refuses else httpx.codes.OK)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
