"""The kept-alive connections to one address, shared between threads.

In: a URL. Out: a connection that stands, for one thread at a time. Called by: rpc_wire.
A connection that the other side has closed is found before it is used again.
"""

from __future__ import annotations

import threading
import weakref
from typing import Final
from urllib.parse import urlsplit

from node.chain.http_connection import Bounds, Connection

IDLE_CONNECTIONS_MAX: Final = 16


class HttpLine:
    """The connections to one address."""

    def __init__(self, url: str, bounds: Bounds) -> None:
        self._address = urlsplit(url)
        self._bounds = bounds
        self._idle: list[Connection] = []
        self._lock = threading.Lock()
        weakref.finalize(self, _close_all, self._idle)

    def take(self) -> Connection:
        """A connection that still stands, or a new one."""
        while True:
            with self._lock:
                if not self._idle:
                    break
                held = self._idle.pop()
            if not held.is_stale():
                return held
            held.close()
        return Connection(self._address, self._bounds)

    def give_back(self, connection: Connection) -> None:
        """Keep a connection for the next question."""
        with self._lock:
            if len(self._idle) < IDLE_CONNECTIONS_MAX:
                self._idle.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Let go of every connection that waits; the next question opens one anew."""
        with self._lock:
            _close_all(self._idle)


def _close_all(connections: list[Connection]) -> None:
    while connections:
        connections.pop().close()
