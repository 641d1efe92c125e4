"""A WebSocket endpoint on loopback that tells of new heads as it is told to.

In: what it says of its chain, whether it takes subscriptions. Out: its URL, and levers: announce a
head, say anything, cut the connections. Used by tests of heads.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.server import ServerConnection, serve


@dataclass
class HeadServer:
    """What it says, and the connections that listen to it."""

    chain_id: int
    takes_subscriptions: bool = True
    url: str = ""
    listeners: list[ServerConnection] = field(default_factory=list)
    connections: int = 0

    def announce(self, number: int) -> None:
        """Tell every listener of a head."""
        params = {"subscription": "0x9", "result": {"number": hex(number)}}
        self.say(json.dumps({"jsonrpc": "2.0", "method": "eth_subscription", "params": params}))

    def say(self, text: str) -> None:
        for each in list(self.listeners):
            with suppress(WebSocketException):
                each.send(text)

    def cut(self) -> None:
        """Close every connection without a word."""
        for each in list(self.listeners):
            each.close_socket()

    def answer(self, connection: ServerConnection) -> None:
        self.connections += 1
        with suppress(WebSocketException):
            for text in connection:
                asked = json.loads(text)
                connection.send(json.dumps({**self._said(asked["method"]), "id": asked["id"]}))
                if asked["method"] == "eth_subscribe" and self.takes_subscriptions:
                    self.listeners.append(connection)
        if connection in self.listeners:
            self.listeners.remove(connection)

    def _said(self, method: str) -> dict[str, Any]:
        if method == "eth_chainId":
            return {"jsonrpc": "2.0", "result": hex(self.chain_id)}
        if self.takes_subscriptions:
            return {"jsonrpc": "2.0", "result": "0x9"}
        return {"jsonrpc": "2.0", "error": {"code": -32601, "message": "no such method"}}


@contextmanager
def head_server(chain_id: int) -> Iterator[HeadServer]:
    """Run one until the end of the block."""
    made = HeadServer(chain_id)
    with serve(made.answer, "127.0.0.1", 0) as server:
        made.url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield made
        finally:
            made.cut()
            server.shutdown()
            thread.join()
