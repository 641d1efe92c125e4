"""The one place where a refusal becomes a page: what happened, where, and what to do.

In: errors raised by a view, HTTP errors of the framework, the unexpected. Out: an HTML page with
the error's own status. Called by: app.
"""

from __future__ import annotations

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from node.console.page import page
from node.core.errors import ConcordError, Fatal, NotFound, Rejected

_NOT_FOUND = 404
_SERVER_ERROR = 500
_log = structlog.get_logger(__name__)


class UnknownPage(NotFound):
    """The console has no page at this address."""

    code = "UNKNOWN_PAGE"
    title = "No such page"


class UnreadableRequest(Rejected):
    """The address or form carries something the page cannot read."""

    code = "UNREADABLE_REQUEST"
    status = 400
    title = "Request not understood"


class Unforeseen(Fatal):
    """The console met something nobody planned for; the log has it."""

    code = "INTERNAL"
    title = "Something went wrong on our side"


def install(app: FastAPI) -> None:
    """Let this module answer for every error a view raises."""
    app.add_exception_handler(ConcordError, _refused)
    app.add_exception_handler(HTTPException, _framework_error)
    app.add_exception_handler(RequestValidationError, _unreadable)


def _shown(error: ConcordError, request: Request) -> Response:
    if error.status >= _SERVER_ERROR:
        _log.error("console.failed", code=error.code, detail=error.detail, path=request.url.path)
    return page(request, "error.html", status_code=error.status, problem=error.problem())


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, ConcordError):
        return await unexpected(request, error)
    return _shown(error, request)


async def _framework_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else _SERVER_ERROR
    place = f"{request.method} {request.url.path[:200]}"
    if status == _NOT_FOUND:
        return _shown(
            UnknownPage(f"{place}: there is nothing here", remedy="Start from the home page."),
            request,
        )
    answer = _shown(
        UnreadableRequest(
            f"{place}: this page cannot be used that way", remedy="Go back and try again."
        ),
        request,
    )
    answer.status_code = status
    return answer


async def _unreadable(request: Request, error: Exception) -> Response:
    found = error.errors() if isinstance(error, RequestValidationError) else []
    told = "; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in found[:3])
    return _shown(UnreadableRequest(told, remedy="Correct it and try again."), request)


async def unexpected(request: Request, error: Exception) -> Response:
    """The page for a defect: the log gets all of it, the visitor what to do."""
    _log.error("console.unexpected", path=request.url.path, exc_info=error)
    return _shown(
        Unforeseen(
            "The page could not be made. Nothing was changed.",
            remedy="Try again; if it stays, give the time and address to operations.",
        ),
        request,
    )
