"""The HTTP API as one ASGI application, made from the services that the node composed.

In: `Services`. Out: a FastAPI application with every router found in routes/.
Called by: node.app, tests.
"""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI

from node.api import errors, routes
from node.api.edge import Edge
from node.api.openapi import Api
from node.core.plugins import discover
from node.services import Services

# Beside the console at "/", whoever routes sends these addresses, and all below them, here.
PREFIXES: Final = ("/v1", "/health", "/docs", "/errors", "/openapi.json")
_DESCRIPTION = """\
Instruct issues, redemptions and transfers of tokenised deposits; follow each payment through the
chain, the books and the bank's statements; see every difference between the three by name.

Amounts are decimal strings with their currency. Lists go on by cursor: send `next` as `after`.
A call that moves value needs `Idempotency-Key` and may be repeated safely. Refusals are problem
documents (RFC 9457): decide on `code`; `type` leads to a page that explains it.
"""

# In the order in which the page shows them.
_TAGS: Final = {
    "tokens": "The key to everything else; on a demo node only.",
    "capabilities": "What can be instructed here, and how much at most.",
    "instructions": "Issues, redemptions and transfers: told once, followed to their end.",
    "intents": "Calls to the chain, and what people do with those that wait; it takes two.",
    "payments": "One payment through every record.",
    "proof": "Whether chain, books and bank agree.",
    "reconciliation": "What they say alike, and every difference by name.",
    "days": "Business days: reviewed, signed by two people, proved by a certificate.",
    "accounts": "The books, by account.",
    "entries": "The books, in the order in which they were written.",
    "events": "The chain, in the order in which the node learned of it.",
    "statements": "The bank's files, statements and lines.",
    "health": "How the node is.",
    "onboarding": "Customers' wallets, and the bank's accounts at correspondents.",
}


def create_api(services: Services) -> FastAPI:
    """Compose the API over the given services."""
    app = Api(
        title="Concord partner API",
        summary="Chain, books and bank statements agree, or say why not.",
        description=_DESCRIPTION,
        version=services.version,
        openapi_tags=[{"name": tag, "description": text} for tag, text in _TAGS.items()],
        docs_url=None,  # the framework's page loads scripts from elsewhere; routes/ has our own
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.services = services
    errors.install(app)
    app.add_middleware(Edge)
    for module in discover(routes):
        app.include_router(module.router)
    return app
