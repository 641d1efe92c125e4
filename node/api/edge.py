"""The outermost layer of the API: names each request, hardens each answer, lets nothing escape.

In: ASGI requests. Out: answers with `X-Request-Id` and security headers; a refusal for headers
that may come once only; a problem document for anything unforeseen. Called by: app.
"""

from __future__ import annotations

import re
import uuid
from collections import Counter
from typing import Final

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from node.api.errors import MalformedRequest, render, unexpected

REQUEST_ID: Final = "X-Request-Id"
_GOOD_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
# Sent twice, each of these would mean one thing to a proxy and another to us.
_SINGLE_HEADERS = frozenset(
    {b"authorization", b"content-length", b"content-type", b"content-encoding", b"host"}
    | {b"idempotency-key", b"transfer-encoding", b"x-request-id"}
)
_SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Edge:
    """ASGI middleware; must be the outermost one of the application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request under its id."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        answer = _Answer(send, request_id)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._serve(scope, receive, answer)

    async def _serve(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        request = Request(scope, receive)
        doubled = _doubled_headers(scope)
        try:
            if doubled:
                await render(_doubled(doubled), request)(scope, receive, answer.send)
            else:
                await self.app(scope, receive, answer.send)
        except Exception as error:
            if answer.started:  # half an answer is out: only closing the connection is honest
                raise
            await unexpected(request, error)(scope, receive, answer.send)


class _Answer:
    """Sends the answer with the headers every answer has; what a route set itself stays."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            headers[REQUEST_ID] = self._request_id
            for name, value in _SECURITY_HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)


def _request_id(scope: Scope) -> str:
    """The caller's id when it is harmless to log, else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _GOOD_ID.fullmatch(text := value.decode("latin-1")):
            return str(text)
    return str(uuid.uuid4())


def _doubled_headers(scope: Scope) -> list[str]:
    counts = Counter(name.lower() for name, _ in scope["headers"])
    return sorted(name.decode() for name in _SINGLE_HEADERS if counts[name] > 1)


def _doubled(names: list[str]) -> MalformedRequest:
    return MalformedRequest(
        f"header sent more than once: {', '.join(names)}", remedy="Send each of them once."
    )
