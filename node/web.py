"""One application of two, and the server that carries it until it is told to stop.

In: API and console as ASGI applications, an address. Out: a server in the calling thread.
Called by: app. API and console share a port, so one address is all that a user must know.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

import uvicorn
from fastapi import FastAPI
from prometheus_client import CollectorRegistry, start_http_server
from starlette.types import ASGIApp, Receive, Scope, Send

from node.api.app import PREFIXES
from node.core.errors import Rejected

# Open streams are told to end and look once a second; what is left after this is cut.
GRACE_SECONDS: Final = 2
_BACKLOG: Final = 128


class PortTaken(Rejected):
    """Another program listens where API and console should."""

    code = "PORT_TAKEN"
    title = "Port taken"


class Web:
    """API and console behind one address; the path says which."""

    def __init__(self, api: FastAPI, console: FastAPI) -> None:
        self._api = api
        self._console = console

    def end_streams(self) -> None:
        """Tell open streams that the server stops, which by itself tells them nothing."""
        self._console.state.stopping.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif is_api(scope["path"]):
            await self._api(scope, receive, send)
        else:
            await self._console(scope, receive, send)


def is_api(path: str) -> bool:
    """Whether the API answers a path; the console answers every other."""
    return any(path == each or path.startswith(f"{each}/") for each in PREFIXES)


def listen(host: str, port: int) -> socket.socket:
    """Take an address, before anything heavy is started. Raises `PortTaken`."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise PortTaken(
            f"{host}:{port} cannot be listened on: {os.strerror(error.errno or 0)}",
            remedy="Stop the program that holds the port, or choose another with --port or"
            " CONCORD_PORT.",
            port=port,
        ) from error


class Server(uvicorn.Server):
    """Serves until SIGINT, SIGTERM or `stop`; calls `on_stop` at the first of them."""

    def __init__(
        self, web: ASGIApp, *, on_ready: Callable[[], None], on_stop: Callable[[], None]
    ) -> None:
        super().__init__(
            uvicorn.Config(
                web,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )
        self._on_ready = on_ready
        self._on_stop = on_stop

    def carry(self, listener: socket.socket) -> None:
        """Serve in this thread."""
        with _outlived_signals():
            self.run(sockets=[listener])

    def stop(self) -> None:
        """Begin to stop, from any thread."""
        self._on_stop()
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._on_stop()
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._on_ready()


@contextmanager
def metrics_served(registry: CollectorRegistry, host: str, port: int) -> Iterator[None]:
    """Serve the numbers of Prometheus at a port of their own; not at all when it is 0."""
    if not port:
        yield
        return
    listen(host, port).close()  # so that a port taken is told as for every other
    server, thread = start_http_server(port, host, registry)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def _outlived_signals() -> Iterator[None]:
    """The server raises the signal again once it has stopped: by then we want to close in peace."""
    before = {}
    if threading.current_thread() is threading.main_thread():
        for each in (signal.SIGINT, signal.SIGTERM):
            before[each] = signal.signal(each, lambda *_: None)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


async def _live(receive: Receive, send: Send) -> None:
    """Neither application has anything to do at start or end."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def url_of(host: str, port: int) -> str:
    """What a person types into a browser on this machine."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - only named
    return f"http://{shown}:{port}/"
