"""What stands before every operation: sign-in, body size, known parameters. Deny by default.

In: a route and its requests. Out: the route's answer, or a refusal given before the body is read.
Called by: every router in routes/ (`route_class=GuardedRoute`).

A route names its permission by a `caller(...)` parameter, or says that it is open to all by
`openapi_extra=PUBLIC`; a route that does neither cannot be defined.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import orjson
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from node.api.auth import Permit, authenticate
from node.api.errors import (
    BodyTooLarge,
    InvalidRequest,
    MalformedRequest,
    UnsupportedMediaType,
)

JSON_BYTES_MAX = 1_000_000
JSON_TYPE = "application/json"
BYTES_MAX_KEY = "x-body-bytes-max"
BEARER = "bearer"
PUBLIC: dict[str, Any] = {"security": []}  # OpenAPI's own way to say: no sign-in here
_TOO_LARGE = 413

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class GuardedRoute(APIRoute):
    """A route that signs the caller in before it looks at anything else."""

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        **options: Any,  # noqa: ANN401 - the framework's own, handed on
    ) -> None:
        super().__init__(path, endpoint, **options)
        permissions = [str(permit.permission) for permit in _permits(self.dependant)]
        if permissions:  # told in the document as the roles that the bearer scheme asks for
            self.openapi_extra = (self.openapi_extra or {}) | {"security": [{BEARER: permissions}]}

    def get_route_handler(self) -> Handler:
        """The framework's handler behind our checks."""
        permits = list(_permits(self.dependant))
        extra = self.openapi_extra or {}
        if not permits and extra.get("security") != []:
            message = f"{self.path} names no permission and is not marked PUBLIC"
            raise TypeError(message)
        known = frozenset(_query_names(self.dependant))
        bytes_max = int(extra.get(BYTES_MAX_KEY, JSON_BYTES_MAX))
        media = _media_read(extra, reads_json=self.body_field is not None)
        optional = self.body_field is not None and not self.body_field.field_info.is_required()
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            if permits:
                principal = request.state.principal = authenticate(request)
                for permit in permits:
                    permit.check(principal)
            _refuse_unknown(request, known)
            if media and not (optional and _is_empty(request)):
                _refuse_other_media(request, media)
            return await handle(_limited(request, bytes_max))

        return guarded


class LimitedRequest(Request):
    """A request whose body is read within bounds: of size, and of depth where it is JSON."""

    async def json(self) -> Any:  # noqa: ANN401 - whatever was sent
        # The standard parser follows nesting down the C stack, and what a chain needs lifts the
        # interpreter's own limit: a body of brackets would end the process.
        return orjson.loads(await self.body())


def _permits(dependant: Dependant) -> Iterator[Permit]:
    if isinstance(dependant.call, Permit):
        yield dependant.call
    for below in dependant.dependencies:
        yield from _permits(below)


def _query_names(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.query_params)
    for below in dependant.dependencies:
        yield from _query_names(below)


def _refuse_unknown(request: Request, known: frozenset[str]) -> None:
    # A misspelt `value_date` must not silently give today's balance.
    given = [name for name, _ in request.query_params.multi_items()]
    wrong = sorted({name for name in given if name not in known or given.count(name) > 1})
    if wrong:
        raise InvalidRequest(
            f"query parameter unknown or given twice: {', '.join(wrong)[:200]!r}",
            remedy=f"Known here: {', '.join(sorted(known)) or 'none'}.",
        )


def _is_empty(request: Request) -> bool:
    headers = request.headers
    return headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers


def _media_read(extra: dict[str, Any], *, reads_json: bool) -> frozenset[str]:
    """The content types of an operation's body; what is not JSON is said in its description."""
    described = extra.get("requestBody", {}).get("content", {})
    return frozenset({JSON_TYPE} if reads_json else described)


def _refuse_other_media(request: Request, known: frozenset[str]) -> None:
    media, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    charset = parameters.strip().removeprefix("charset=").strip('"')
    coding = request.headers.get("content-encoding", "identity").lower()
    # A bank file says its encoding itself; JSON has only one.
    foreign = media.strip() == JSON_TYPE and charset not in {"", "utf-8"}
    if media.strip() not in known or foreign or coding != "identity":
        names = " or ".join(sorted(known))
        raise UnsupportedMediaType(
            f"this operation reads {names}, JSON in UTF-8 and nothing compressed",
            remedy=f"Send the header Content-Type: {names}, and no Content-Encoding.",
        )


def _limited(request: Request, bytes_max: int) -> Request:
    """The same request; reading more than `bytes_max` of its body is refused at once."""
    _check_announced(request.headers.get("content-length", "0"), bytes_max)
    receive, size = request.receive, 0

    async def receive_within() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > bytes_max:
            # The framework lets only its own error out of the reading of a body.
            raise HTTPException(_TOO_LARGE)
        return message

    return LimitedRequest(request.scope, receive_within)


def _check_announced(length: str, bytes_max: int) -> None:
    if not (length.isascii() and length.isdigit()) or len(length) > len(str(2**63)):
        raise MalformedRequest("Content-Length is not a number", remedy="Send it as digits.")
    if int(length) > bytes_max:
        raise BodyTooLarge(
            f"the body has {length} bytes; this operation takes at most {bytes_max}",
            remedy="Split the content.",
        )
