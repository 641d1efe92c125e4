"""An endpoint that fails on purpose: over HTTP on loopback, or in this process.

In: what an honest chain answers, and per method the fault that stands before it. Out: an `Rpc` or
the URL of a server. Used by tests of what the node does with endpoints that break or lie.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from web3.providers.base import JSONBaseProvider

from node.chain.rpc import Rpc

Answer = Callable[[str, list[Any]], dict[str, Any]]
# Gets a way to the honest answer and the parameters; gives what the endpoint says instead.
Fault = Callable[[Callable[[], dict[str, Any]], list[Any]], Any]


@dataclass(frozen=True)
class Raw:
    """Bytes on the wire that need be no JSON."""

    body: bytes
    status: int = 200


class HangUp(Exception):
    """The endpoint closes the connection without a word."""


@dataclass
class Faults:
    """An honest chain behind faults; `asked` keeps every method in the order of asking."""

    honest: Answer
    faults: dict[str, Fault] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def answer(self, method: str, params: list[Any]) -> Any:  # noqa: ANN401 - any nonsense
        self.asked.append(method)
        fault = self.faults.get(method) or self.faults.get("*")
        if fault is None:
            return self.honest(method, params)
        return fault(lambda: self.honest(method, params), params)

    def rpc(self, chain_id: int | None = None) -> Rpc:
        """An `Rpc` on this chain, without a network between."""
        return Rpc(_InProcess(self.answer), chain_id=chain_id)


class _InProcess(JSONBaseProvider):
    def __init__(self, answer: Callable[[str, list[Any]], Any]) -> None:
        super().__init__()
        self._answer = answer

    def make_request(self, method: Any, params: Any) -> Any:  # noqa: ANN401 - web3's signature
        return self._answer(str(method), list(params))


def result(value: Any) -> Fault:  # noqa: ANN401 - JSON
    """The endpoint answers this."""
    return lambda _honest, _params: {"jsonrpc": "2.0", "id": 1, "result": value}


def refusal(code: int, message: str, data: object = None) -> Fault:
    """The endpoint answers with this error."""
    error: dict[str, Any] = {"code": code, "message": message}
    if data is not None:
        error["data"] = data
    return lambda _honest, _params: {"jsonrpc": "2.0", "id": 1, "error": error}


def changed(**members: Any) -> Fault:  # noqa: ANN401 - JSON
    """The honest object, or every object of the honest list, with some members replaced."""

    def bend(honest: Callable[[], dict[str, Any]], _params: list[Any]) -> dict[str, Any]:
        told = honest()
        found = told["result"]
        if isinstance(found, list):
            return {**told, "result": [{**each, **members} for each in found]}
        return {**told, "result": {**found, **members}}

    return bend


def hang_up(_honest: Callable[[], dict[str, Any]], _params: list[Any]) -> Any:  # noqa: ANN401
    """The endpoint closes the connection."""
    raise HangUp


@contextmanager
def served(faults: Faults) -> Iterator[str]:
    """The URL of a server on loopback that answers so, until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            try:
                said = faults.answer(asked["method"], asked["params"])
            except HangUp:
                return
            _say(self, said, asked["id"])

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
            """Keep the test's output clean."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _say(handler: BaseHTTPRequestHandler, said: object, request_id: int) -> None:
    if isinstance(said, Mapping):
        said = {**said, "id": request_id}
    raw = said if isinstance(said, Raw) else Raw(json.dumps(said).encode())
    handler.send_response(raw.status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(raw.body)))
    handler.end_headers()
    handler.wfile.write(raw.body)
