"""New blocks as they appear, told by the endpoint over WebSocket, so that nobody waits for a tick.

In: WebSocket addresses, the chain's id, what to wake. Out: a thread that works while started; each
head wakes, and so does each new connection, for what was missed meanwhile. Called by: app.

A head only wakes: what it says is read again through `Rpc`, with all its checks. So nothing is lost
when this fails, the clock still ticks; and heads that come faster than they are worked off are one
wake, not a queue. A socket that says nothing for too long is given up, even if it stands.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

import orjson
import structlog
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from node.chain.rpc_endpoint import shown_address

OPEN_SECONDS_MAX: Final = 5
SILENT_SECONDS_MAX: Final = 60
PING_SECONDS: Final = 10
PAUSE_SECONDS_FIRST: Final = 0.25
PAUSE_SECONDS_MAX: Final = 16.0
MESSAGE_BYTES_MAX: Final = 1 << 20
_CHAIN_ID, _SUBSCRIBE = 1, 2
_log = structlog.get_logger(__name__)


class HeadsLost(Exception):
    """The endpoint does not tell of heads, or not any more."""


class Heads:
    """Listens between `start` and `stop`, once."""

    def __init__(
        self,
        urls: Sequence[str],
        *,
        chain_id: int,
        wake: Callable[[], None],
        silent_seconds_max: float = SILENT_SECONDS_MAX,
    ) -> None:
        self._urls = tuple(urls)
        self._chain_id = chain_id
        self._wake = wake
        self._silent_seconds_max = silent_seconds_max
        self._stopping = threading.Event()
        self._socket: ClientConnection | None = None
        self._thread = threading.Thread(target=self._work, name="heads", daemon=True)

    def start(self) -> None:
        if self._urls:
            self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        socket = self._socket
        if socket is not None:
            with suppress(WebSocketException, OSError):
                socket.close_socket()
        if self._thread.is_alive():
            self._thread.join(OPEN_SECONDS_MAX)

    def _work(self) -> None:
        at, pause = 0, PAUSE_SECONDS_FIRST
        while not self._stopping.is_set():
            url = self._urls[at % len(self._urls)]
            began = time.monotonic()
            try:
                self._listen(url)
            except (WebSocketException, OSError, HeadsLost) as error:
                if self._stopping.is_set():
                    return
                # Not its text, unless it is ours: a library's may tell the key in the address.
                why = str(error) if isinstance(error, HeadsLost) else type(error).__name__
                _log.warning("heads lost", endpoint=shown_address(url), why=why)
            if time.monotonic() - began > PAUSE_SECONDS_MAX:
                pause = PAUSE_SECONDS_FIRST
            at += 1
            self._stopping.wait(pause)
            pause = min(2 * pause, PAUSE_SECONDS_MAX)

    def _listen(self, url: str) -> None:
        with connect(
            url,
            open_timeout=OPEN_SECONDS_MAX,
            close_timeout=1,
            ping_interval=PING_SECONDS,
            ping_timeout=PING_SECONDS,
            max_size=MESSAGE_BYTES_MAX,
        ) as socket:
            self._socket = socket
            try:
                self._greet(socket)
                subscription = self._asked(socket, _SUBSCRIBE, "eth_subscribe", ["newHeads"])
                _log.info("heads are told", endpoint=shown_address(url))
                self._wake()
                while not self._stopping.is_set():
                    self._hear(socket, subscription)
            finally:
                self._socket = None

    def _greet(self, socket: ClientConnection) -> None:
        told = self._asked(socket, _CHAIN_ID, "eth_chainId", [])
        if told != hex(self._chain_id):
            raise HeadsLost(f"it serves chain {str(told)[:20]}, not {self._chain_id:#x}")

    def _asked(
        self,
        socket: ClientConnection,
        number: int,
        method: str,
        params: list[str],
    ) -> object:
        question = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        socket.send(orjson.dumps(question).decode())
        message = _message(socket, OPEN_SECONDS_MAX)
        if message.get("id") != number or "result" not in message:
            raise HeadsLost(f"it does not answer {method}")
        return message["result"]

    def _hear(self, socket: ClientConnection, subscription: object) -> None:
        message = _message(socket, self._silent_seconds_max)
        params = message.get("params")
        if isinstance(params, dict) and params.get("subscription") == subscription:
            self._wake()


def _message(socket: ClientConnection, seconds: float) -> dict[str, Any]:
    try:
        found = orjson.loads(socket.recv(timeout=seconds))
    except TimeoutError as error:
        raise HeadsLost(f"it said nothing for {seconds} s") from error
    except orjson.JSONDecodeError as error:
        raise HeadsLost("it does not speak JSON") from error
    if not isinstance(found, dict):
        raise HeadsLost("it does not speak JSON-RPC")
    return found
