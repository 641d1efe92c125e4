"""A JSON-RPC server on loopback that answers as it is told to, well or badly.

In: how each question is answered. Out: the URL of a server with kept-alive connections that takes
batches. Used by fault_proxy, and so by tests of what the node does with bad endpoints.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Raw:
    """Bytes on the wire that need be no JSON. A header with an empty value is left out.

    `drip_seconds` is the pause after each byte; with `then_close` the server closes its side after
    the answer without having said so.
    """

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    drip_seconds: float = 0
    then_close: bool = False


class HangUp(Exception):
    """The endpoint closes the connection without a word."""


Answered = Callable[[str, list[Any]], Any]


class _Server(ThreadingHTTPServer):
    """Ends every connection with itself."""

    daemon_threads = True

    def __init__(
        self,
        answer: Answered,
        gate: Callable[[], Raw | None],
        batch_calls_max: Callable[[], int],
        connected: Callable[[Mapping[str, str]], None],
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.gate = gate
        self.answer, self.batch_calls_max, self.connected = answer, batch_calls_max, connected
        self.open_sockets: set[socket.socket] = set()

    def end(self) -> None:
        self.shutdown()
        for each in list(self.open_sockets):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server
    is_new = True

    def setup(self) -> None:
        self.server.open_sockets.add(self.request)
        super().setup()

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self.server.open_sockets.discard(self.request)

    def do_POST(self) -> None:
        if self.is_new:
            self.is_new = False
            self.server.connected(dict(self.headers))
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            said = self.server.gate() or _said(
                self.server.answer, asked, longest=self.server.batch_calls_max()
            )
        except HangUp:
            self.close_connection = True
            return
        with suppress(OSError):  # whoever asked may have stopped listening
            _say(self, said)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
        """Keep the test's output clean."""


@contextmanager
def serving(
    answer: Answered,
    gate: Callable[[], Raw | None],
    batch_calls_max: Callable[[], int],
    connected: Callable[[Mapping[str, str]], None],
) -> Iterator[str]:
    """The URL of a server that answers so, until the end of the block.

    `gate` may answer a request whatever it asks; `connected` hears the headers of the first
    question of each connection.
    """
    server = _Server(answer, gate, batch_calls_max, connected)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.end()
        thread.join()


def _said(answer: Answered, asked: Any, *, longest: int) -> object:  # noqa: ANN401 - JSON
    if isinstance(asked, list) and len(asked) > longest:
        error = {"code": -32600, "message": "batch too large"}
        refused = {"jsonrpc": "2.0", "id": asked[0]["id"], "error": error}
        # In a list, as geth does, or alone where no batch is taken at all.
        return [refused] if longest else {**refused, "id": None}
    if not isinstance(asked, list):
        return _numbered(answer(asked["method"], asked["params"]), asked["id"])
    answers = [_numbered(answer(each["method"], each["params"]), each["id"]) for each in asked]
    raw = [each for each in answers if isinstance(each, Raw)]
    # Not in the order of asking: a client that relies on it is wrong.
    return raw[0] if raw else answers[::-1]


def _numbered(said: object, request_id: int) -> object:
    return {**said, "id": request_id} if isinstance(said, Mapping) else said


def _say(handler: BaseHTTPRequestHandler, said: object) -> None:
    raw = said if isinstance(said, Raw) else Raw(json.dumps(said).encode())
    handler.send_response(raw.status)
    headers = {"Content-Type": "application/json", "Content-Length": str(len(raw.body))}
    for name, value in (headers | dict(raw.headers)).items():
        if value:
            handler.send_header(name, value)
    handler.end_headers()
    if raw.drip_seconds:
        for byte in raw.body:
            handler.wfile.write(bytes([byte]))
            time.sleep(raw.drip_seconds)
    else:
        handler.wfile.write(raw.body)
    handler.close_connection = handler.close_connection or raw.then_close
