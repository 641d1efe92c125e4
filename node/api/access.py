"""How a route reaches the node: the `Services` that app.py composed, kept by the application.

In: a request. Out: its `Services`. Called by: auth and every route.
"""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import Request

from node.services import Services


async def _services(request: Request) -> Services:
    return services_of(request)


def services_of(request: Request) -> Services:
    """The services of the application that serves this request."""
    return cast("Services", request.app.state.services)


Node = Annotated[Services, Depends(_services)]
