"""How a page reaches the node: the `Services` that app.py composed, kept by the console.

In: a request. Out: its `Services`; a read-only session; the visitor behind a trusted form.
Called by: every view.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar, cast

from fastapi import Depends, Form
from sqlmodel import Session
from starlette.requests import Request

from node.console.door import visitor_of
from node.console.session import Visitor, check_form
from node.core.errors import ConcordError
from node.db.unit_of_work import read_only
from node.services import Services

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Attempt(Generic[Value]):
    """What a dependency answered, or why it did not: one dead part must not hide the others."""

    value: Value | None = None
    error: ConcordError | None = None


def services_of(request: Request) -> Services:
    """The services of the console that serves this request."""
    return cast("Services", request.app.state.services)


@contextmanager
def reading(request: Request) -> Iterator[Session]:
    """One consistent snapshot of the stores for one page."""
    with read_only(services_of(request).engine) as session:
        yield session


def attempt(ask: Callable[[], Value]) -> Attempt[Value]:
    """Ask, and keep the refusal instead of raising it."""
    try:
        return Attempt(value=ask())
    except ConcordError as error:
        return Attempt(error=error)


def _trusted(request: Request, csrf: Annotated[str, Form()] = "") -> Visitor:
    visitor = visitor_of(request)
    check_form(visitor, csrf)
    return visitor


Trusted = Annotated[Visitor, Depends(_trusted)]
"""The visitor, once the form has shown the token of the visit; every POST takes it."""
