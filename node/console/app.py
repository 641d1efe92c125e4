"""The console as one ASGI application, made from the services that the node composed.

In: `Services`. Out: a FastAPI application with every page found in views/.
Called by: node.app (mounted at "/"), tests.

`app.state.stopping` is a `threading.Event`: whoever stops the server sets it first, so that open
streams end at once instead of holding the server up.
"""

from __future__ import annotations

import threading

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from node.console import errors, stream, views
from node.console.door import Door
from node.console.page import STATIC
from node.console.session import Ended
from node.core.plugins import discover
from node.services import Services


def create_console(services: Services) -> FastAPI:
    """Compose the console over the given services."""
    app = FastAPI(
        title="Concord console",
        version=services.version,
        openapi_url=None,  # pages for people; the API next door has the document
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = services
    app.state.ended = Ended()
    app.state.stopping = threading.Event()
    errors.install(app)
    app.add_middleware(Door, services=services, ended=app.state.ended, unexpected=errors.unexpected)
    app.include_router(stream.router)
    for module in discover(views):
        app.include_router(module.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
