"""The one place where a refusal becomes an HTTP answer: RFC 9457 problem documents.

In: errors raised anywhere below, HTTP errors of the framework, validation errors, the unexpected.
Out: `application/problem+json` with `instance` and `request_id`. Called by: app, edge.
A failure of the node itself (5xx) is told to a partner without its internals; they go to the log.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError, ResponseValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from node.control.roles import Forbidden
from node.core.errors import ConcordError, Fatal, NotFound, Rejected, Retryable

PROBLEM_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5
CHALLENGE = "WWW-Authenticate"
BEARER_REALM = 'Bearer realm="concord"'
_SERVER_ERROR = 500
_log = structlog.get_logger(__name__)


class InvalidRequest(Rejected):
    """A parameter or a part of the body is not what the operation expects; see `errors`."""

    code = "INVALID_REQUEST"
    title = "Invalid request"


class MalformedRequest(Rejected):
    """The request cannot be read at all: broken JSON, wrong encoding, a header sent twice."""

    code = "MALFORMED_REQUEST"
    status = 400
    title = "Malformed request"


class UnknownRoute(NotFound):
    """No resource has this address."""

    code = "UNKNOWN_ROUTE"
    title = "Unknown address"


class MethodNotAllowed(Rejected):
    """The resource exists but does not know this method; `Allow` lists those it knows."""

    code = "METHOD_NOT_ALLOWED"
    status = 405
    title = "Method not allowed"


class BodyTooLarge(Rejected):
    """The body is larger than the operation takes; it was refused before being read whole."""

    code = "BODY_TOO_LARGE"
    status = 413
    title = "Body too large"


class UnsupportedMediaType(Rejected):
    """The operation does not read bodies of this content type."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415
    title = "Unsupported content type"


class InternalError(Fatal):
    """The node met something it did not expect; the request id finds it in the log."""

    code = "INTERNAL"
    title = "Internal error"


_OF_STATUS: dict[int, type[ConcordError]] = {
    error.status: error
    for error in (
        MalformedRequest,
        UnknownRoute,
        MethodNotAllowed,
        BodyTooLarge,
        UnsupportedMediaType,
    )
}


def install(app: FastAPI) -> None:
    """Let this module answer for every error the application raises."""
    app.add_exception_handler(ConcordError, _refused)
    app.add_exception_handler(HTTPException, _framework_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ResponseValidationError, _unexpected)


def problem(error: ConcordError, instance: str, request_id: str) -> dict[str, Any]:
    """The problem document of an error, as a partner may see it."""
    body = error.problem()
    if error.status >= _SERVER_ERROR:
        body = _without_internals(error)
    return body | {"instance": instance, "request_id": request_id}


def render(error: ConcordError, request: Request, **more: object) -> Response:
    """The HTTP answer for an error; `more` adds members such as `errors`."""
    request_id = str(request.scope.get("state", {}).get("request_id", ""))
    if error.status >= _SERVER_ERROR:
        _log.error("api.failed", code=error.code, detail=error.detail, **_texts(error.facts))
    body = problem(error, request.url.path, request_id) | more
    return Response(
        json.dumps(body, ensure_ascii=True),
        status_code=error.status,
        headers=_headers(error),
        media_type=PROBLEM_TYPE,
    )


def unexpected(request: Request, error: Exception) -> Response:
    """The answer to a defect: the log gets all of it, the caller a request id."""
    _log.error("api.unexpected", path=request.url.path, exc_info=error)
    return render(InternalError(""), request)


def _without_internals(error: ConcordError) -> dict[str, Any]:
    whole = error.problem()
    body = {name: whole[name] for name in ("type", "title", "status", "code", "retryable")}
    body["detail"] = "The node could not answer. Operators find the cause by the request id."
    if error.retryable:
        body["remedy"] = "Send the same request again, with the same Idempotency-Key if it had one."
    return body


def _headers(error: ConcordError) -> dict[str, str]:
    headers = dict(getattr(error, "headers", {}))
    if isinstance(error, Forbidden):
        headers[CHALLENGE] = f'{BEARER_REALM}, error="insufficient_scope"'
    if isinstance(error, Retryable):
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return headers


def _texts(facts: dict[str, object]) -> dict[str, str]:
    return {f"fact_{name}": str(value) for name, value in facts.items()}


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, ConcordError):
        return unexpected(request, error)
    return render(error, request)


async def _framework_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException) or error.status_code not in _OF_STATUS:
        return unexpected(request, error)
    kind = _OF_STATUS[error.status_code]
    response = render(kind(_detail(kind, request), remedy=_remedy(kind)), request)
    response.headers.update(error.headers or {})
    return response


def _detail(kind: type[ConcordError], request: Request) -> str:
    place = f"{request.method} {request.url.path[:200]}"
    return {
        "MALFORMED_REQUEST": f"{place}: the body cannot be read",
        "UNKNOWN_ROUTE": f"{place}: nothing is served at this address",
        "METHOD_NOT_ALLOWED": f"{place}: the method is not known here",
        "BODY_TOO_LARGE": f"{place}: the body is larger than this operation takes",
    }.get(kind.code, place)


def _remedy(kind: type[ConcordError]) -> str:
    return {
        "MALFORMED_REQUEST": "Send well-formed UTF-8 JSON, or the format the operation names.",
        "UNKNOWN_ROUTE": "See /docs for the addresses that exist.",
        "METHOD_NOT_ALLOWED": "Use a method named in the Allow header.",
        "BODY_TOO_LARGE": "Split the content; /docs names each operation's limit.",
    }.get(kind.code, "")


async def _invalid(request: Request, error: Exception) -> Response:
    found: Sequence[Any] = error.errors() if isinstance(error, RequestValidationError) else ()
    if any(each["type"] == "json_invalid" for each in found):
        malformed = MalformedRequest(
            f"the body is not JSON: {found[0]['ctx']['error']} at character {found[0]['loc'][-1]}",
            remedy=_remedy(MalformedRequest),
        )
        return render(malformed, request)
    listed = [_finding(each) for each in found]
    told = "; ".join(f"{each.get('pointer') or each['parameter']}: {each['detail']}"
                     for each in listed[:3])  # fmt: skip
    invalid = InvalidRequest(told or "the request is not valid", remedy="See `errors`.")
    return render(invalid, request, errors=listed)


def _finding(found: dict[str, Any]) -> dict[str, str]:
    """One finding: where (JSON pointer into the body, or the parameter) and what is wrong."""
    place, *path = (str(part) for part in found["loc"])
    detail = str(found["msg"])
    if place == "body":
        pointer = "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in path)
        return {"pointer": f"#{pointer}", "detail": detail}
    return {"in": place, "parameter": ".".join(path), "detail": detail}


async def _unexpected(request: Request, error: Exception) -> Response:
    return unexpected(request, error)
