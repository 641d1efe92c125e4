"""The address: taken ports, and which of the two applications answers a path."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from starlette.testclient import TestClient

from node.web import PortTaken, Server, Web, is_api, listen

PATIENCE_SECONDS = 10


def _named(name: str) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.stopping = threading.Event()

    @app.get("/{path:path}")
    def answer(path: str) -> PlainTextResponse:
        return PlainTextResponse(f"{name} {path}")

    return app


def test_a_port_that_is_taken_is_told_at_once() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(PortTaken) as taken:
            listen("127.0.0.1", port)
    assert str(port) in taken.value.detail
    assert "\n" not in taken.value.detail
    assert "--port" in taken.value.remedy
    assert taken.value.exit_code == 3


def test_a_port_that_was_let_go_can_be_taken_again() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
    with listen("127.0.0.1", port) as again:
        assert again.getsockname()[1] == port


@pytest.mark.parametrize("path", ["/", "/v1x", "/healthy", "/breaks", "/static/v1/x", "/stream"])
def test_the_console_answers_what_is_not_the_apis(path: str) -> None:
    assert not is_api(path)


@pytest.mark.parametrize("path", ["/v1", "/v1/proof", "/health", "/docs", "/openapi.json"])
def test_the_api_answers_its_paths(path: str) -> None:
    assert is_api(path)


def test_one_application_serves_both() -> None:
    with TestClient(Web(_named("api"), _named("console"))) as client:
        assert client.get("/v1/proof").text == "api v1/proof"
        assert client.get("/breaks").text == "console breaks"


def test_the_server_says_when_it_is_ready_and_ends_streams_when_it_stops() -> None:
    console = _named("console")
    web, ready, stopped = Web(_named("api"), console), threading.Event(), threading.Event()

    def stop() -> None:
        web.end_streams()
        stopped.set()

    server = Server(web, on_ready=ready.set, on_stop=stop)
    with listen("127.0.0.1", 0) as listener:
        host, port = listener.getsockname()
        thread = threading.Thread(target=server.carry, args=[listener])
        thread.start()
        assert ready.wait(PATIENCE_SECONDS)
        assert asyncio.run(_ask(host, port)).startswith(b"HTTP/1.1 200")
        server.stop()
        thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()
    assert stopped.is_set()
    assert console.state.stopping.is_set()
    with socket.socket() as closed:
        assert closed.connect_ex((host, port)) == errno.ECONNREFUSED


async def _ask(host: str, port: int) -> Any:  # noqa: ANN401 - bytes of an HTTP answer
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(b"GET /v1/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return answer
