"""What each problem means: the page that the `type` of a problem document leads to.

In: a code. Out: title, meaning and what to do, read from the error classes themselves.
Called by: whoever meets a problem, in a browser. A code that can be raised is always known here,
since its class is loaded wherever it can be raised.
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from node.api.guard import PUBLIC, GuardedRoute
from node.api.pages import page
from node.core.errors import ConcordError, Fatal, NotFound, Rejected, Retryable

router = APIRouter(prefix="/errors", include_in_schema=False, route_class=GuardedRoute)
_GUIDE: dict[type[ConcordError], str] = {
    Retryable: "Nothing is wrong with the request. Send the same again after a while, with the same"
    " `Idempotency-Key` if it had one; `Retry-After` says when.",
    Rejected: "Nothing was changed. Correct what `detail` names, as `remedy` says; the same request"
    " will be refused again.",
    Fatal: "The node stopped rather than risk money. There is nothing to correct in the request:"
    " operations finds the cause by the `request_id`.",
}


@dataclass(frozen=True, slots=True)
class Explained:
    """One code: its title, what it can mean, what to do."""

    code: str
    title: str
    status: int
    meanings: tuple[str, ...]
    remedy: str


@router.get("", openapi_extra=PUBLIC)
def list_errors() -> Response:
    """Every code on one page."""
    return page("errors.html", found=sorted(explained().values(), key=lambda each: each.code))


@router.get("/{code}", openapi_extra=PUBLIC)
def read_error(code: Annotated[str, Path(pattern=r"^[A-Z0-9_]{1,64}$")]) -> Response:
    """The page of one code."""
    found = explained().get(code)
    if found is None:
        raise NotFound(f"no problem has the code {code}", remedy="See /errors.")
    return page("error.html", error=found)


def explained() -> dict[str, Explained]:
    """Every code that this process can answer with."""
    by_code: dict[str, list[type[ConcordError]]] = defaultdict(list)
    for each in _below(ConcordError):
        by_code[each.code].append(each)
    return {code: _explained(code, classes) for code, classes in by_code.items()}


def _below(error: type[ConcordError]) -> Iterator[type[ConcordError]]:
    for each in error.__subclasses__():
        yield each
        yield from _below(each)


def _explained(code: str, classes: list[type[ConcordError]]) -> Explained:
    first = classes[0]
    meanings = dict.fromkeys(inspect.getdoc(each) or each.title for each in classes)
    branch = next(each for each in (Retryable, Rejected, Fatal) if issubclass(first, each))
    return Explained(code, first.title, first.status, tuple(meanings), _GUIDE[branch])
