"""One kept-alive HTTP connection to one address, each answer bounded in time and size.

In: a URL in its parts, bytes to post. Out: status, headers and body of the answer, or `LineBroken`
in words that tell nothing of the address. Called by: http_line, rpc_wire.

The time counts for the whole answer, not for each read: a server that sends one byte now and then
holds nobody.
"""

from __future__ import annotations

import base64
import selectors
import ssl
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from node.chain.http_deadline import TimedSocket

PIECE_BYTES: Final = 1 << 20
_GZIP_WINDOW: Final = 31  # zlib's number for a gzip header


class LineBroken(Exception):
    """No whole answer came."""


class AnswerTooLong(LineBroken):
    """The answer is longer than what is taken."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is granted to one answer, from the first byte asked to the last one given."""

    seconds: int = 30
    connect_seconds: int = 5
    answer_bytes: int = 48 << 20


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer; header names in lower case, the body as it was before compression."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connection:
    """One connection; used by one thread at a time. `is_new` until its first answer."""

    def __init__(self, address: SplitResult, bounds: Bounds) -> None:
        self._address, self._bounds = address, bounds
        self._http = _opened(address, bounds)
        self.is_new = True

    def post(self, body: bytes) -> Reply:
        """Raises `LineBroken`; the connection is of no more use then."""
        try:
            return self._post(body)
        except TimeoutError as error:
            raise LineBroken(f"no whole answer within {self._bounds.seconds} s") from error
        except (OSError, HTTPException, zlib.error) as error:
            raise LineBroken(type(error).__name__) from error

    def is_stale(self) -> bool:
        """Whether the other side has closed it, or said something nobody asked for."""
        if self._http.sock is None:
            return True
        with selectors.DefaultSelector() as selector:
            selector.register(self._http.sock, selectors.EVENT_READ)
            return bool(selector.select(timeout=0))

    def close(self) -> None:
        self._http.close()

    def _post(self, body: bytes) -> Reply:
        if self._http.sock is None:
            self._http.connect()
        timed = TimedSocket(self._http.sock, time.monotonic() + self._bounds.seconds)
        self._http.sock = timed
        try:
            self._http.request("POST", _target(self._address), body, _headers(self._address))
            with self._http.getresponse() as response:
                found = self._read(response)
        finally:
            if self._http.sock is timed:
                self._http.sock = timed.plain
        self.is_new = False
        return found

    def _read(self, response: HTTPResponse) -> Reply:
        most = self._bounds.answer_bytes
        if (response.length or 0) > most:
            raise AnswerTooLong(f"the answer has more than {most} bytes")
        pieces, size = [], 0
        while piece := response.read(response.length or PIECE_BYTES):
            pieces.append(piece)
            size += len(piece)
            if size > most:
                raise AnswerTooLong(f"the answer has more than {most} bytes")
        if response.length:
            raise LineBroken("the answer ends too soon")
        headers = {name.lower(): value for name, value in response.headers.items()}
        body = b"".join(pieces)
        if headers.get("content-encoding") == "gzip":
            body = _unpacked(body, most)
        return Reply(response.status, headers, body)


def _opened(address: SplitResult, bounds: Bounds) -> HTTPConnection:
    """Not connected yet. Through the proxy that the environment names, where it names one."""
    host, port = address.hostname or "", address.port
    proxy = urlsplit(getproxies().get(address.scheme, ""))
    if proxy.hostname and not proxy_bypass(host):
        made = _connection(address.scheme, proxy.hostname, proxy.port, bounds)
        made.set_tunnel(host, port or (443 if address.scheme == "https" else 80))
        return made
    return _connection(address.scheme, host, port, bounds)


def _connection(scheme: str, host: str, port: int | None, bounds: Bounds) -> HTTPConnection:
    if scheme == "https":
        return _Secure(host, port, bounds)
    return HTTPConnection(host, port, timeout=bounds.connect_seconds)


class _Secure(HTTPConnection):
    """TLS to the address itself, behind a proxy too; certificates as the machine trusts them."""

    default_port = 443

    def __init__(self, host: str, port: int | None, bounds: Bounds) -> None:
        super().__init__(host, port, timeout=bounds.connect_seconds)
        self._context = ssl.create_default_context()

    def connect(self) -> None:
        super().connect()
        name = getattr(self, "_tunnel_host", None) or self.host
        self.sock = self._context.wrap_socket(self.sock, server_hostname=name)


def _target(address: SplitResult) -> str:
    return (address.path or "/") + (f"?{address.query}" if address.query else "")


def _headers(address: SplitResult) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "Accept-Encoding": "gzip"}
    if address.username is not None:
        pair = f"{unquote(address.username)}:{unquote(address.password or '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    return headers


def _unpacked(body: bytes, most: int) -> bytes:
    unpacking = zlib.decompressobj(_GZIP_WINDOW)
    found = unpacking.decompress(body, most + 1)
    if len(found) > most:
        raise AnswerTooLong(f"the answer has more than {most} bytes")
    return found
