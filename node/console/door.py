"""What stands before every page: who looks, and the headers no answer leaves without.

In: ASGI requests. Out: the page's answer, or the way to the sign-in; deny by default.
Called by: app, as the console's outermost middleware.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from node.console.session import (
    COOKIE,
    LIFE_SECONDS_MAX,
    Ended,
    Visitor,
    new_visitor,
    rotated,
    seal,
    unseal,
)
from node.services import Services

SIGN_IN: Final = "/sign-in"
_OPEN: Final = (SIGN_IN, "/theme")
_STATIC: Final = "/static/"
_UNAUTHORIZED = 401
_SEE_OTHER = 303
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
_SECURITY_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

Unexpected = Callable[[Request, Exception], Awaitable[Response]]


class Door:
    """ASGI middleware: puts the `Visitor` into the request's state, or turns the caller away."""

    def __init__(
        self, app: ASGIApp, *, services: Services, ended: Ended, unexpected: Unexpected
    ) -> None:
        self.app = app
        self.services = services
        self.ended = ended
        self.unexpected = unexpected

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        now = self.services.clock.now()
        visitor = self._visitor(request)
        renewed = rotated(visitor, now) if visitor else new_visitor(now)
        scope.setdefault("state", {})["visitor"] = renewed or visitor
        path = request.url.path
        static = path.startswith(_STATIC)
        if renewed is not None and not static:
            send = _with_cookie(send, request, renewed, self.services.token_secret)
        send = _hardened(send, cacheable=static)
        if static or path in _OPEN or (visitor is not None and visitor.known):
            await self._serve(scope, receive, send)
        else:
            await _turned_away(request)(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception as error:
            if started:  # half an answer is out: only closing the connection is honest
                raise
            answer = await self.unexpected(Request(scope, receive), error)
            await answer(scope, receive, send)

    def _visitor(self, request: Request) -> Visitor | None:
        text = request.cookies.get(COOKIE, "")
        if not text:
            return None
        services = self.services
        visitor = unseal(text, services.token_secret, services.clock.now())
        return None if visitor is None or visitor in self.ended else visitor


def visitor_of(request: Request) -> Visitor:
    """The visit this request belongs to."""
    visitor: Visitor = request.state.visitor
    return visitor


def cookie(request: Request, visitor: Visitor, secret: bytes) -> str:
    """The `Set-Cookie` text that carries the visit."""
    made: SimpleCookie = SimpleCookie({COOKIE: seal(visitor, secret)})
    morsel = made[COOKIE]
    morsel["path"] = "/"
    morsel["httponly"] = True
    morsel["samesite"] = "Lax"
    morsel["max-age"] = visitor.since + LIFE_SECONDS_MAX - visitor.signed
    morsel["secure"] = request.url.scheme == "https"
    return morsel.OutputString()


def _turned_away(request: Request) -> Response:
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    address = f"{SIGN_IN}?next={quote(back, safe='')}" if request.method == "GET" else SIGN_IN
    if "hx-request" in request.headers:
        # A part of a page cannot show the sign-in; the whole page must go there.
        return Response(status_code=_UNAUTHORIZED, headers={"HX-Redirect": SIGN_IN})
    if "text/event-stream" in request.headers.get("accept", ""):
        return Response(status_code=_UNAUTHORIZED)
    return RedirectResponse(address, status_code=_SEE_OTHER)


def _with_cookie(send: Send, request: Request, visitor: Visitor, secret: bytes) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            # Sign-in and sign-out set a visit of their own, which must win.
            if not any(each.startswith(f"{COOKIE}=") for each in headers.getlist("set-cookie")):
                headers.append("set-cookie", cookie(request, visitor, secret))
        await send(message)

    return wrapped


def _hardened(send: Send, *, cacheable: bool) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _SECURITY_HEADERS.items():
                headers[name] = value
            headers.setdefault("Cache-Control", "no-cache" if cacheable else "no-store")
        await send(message)

    return wrapped
