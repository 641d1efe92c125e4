"""The demo issuer: whoever asks gets a token of the role named. It exists in demo mode only.

In: a role. Out: a bearer token for ten minutes. Called by: people who try the API.
A node in production takes tokens of the bank's identity provider and has nothing at this address.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import Field, StringConstraints

from node.api.access import Node
from node.api.auth import LIFE_SECONDS_MAX, issue_token
from node.api.errors import UnknownRoute
from node.api.guard import PUBLIC, GuardedRoute
from node.api.shapes.base import Shape
from node.control.roles import Role

router = APIRouter(prefix="/v1/tokens", tags=["tokens"], route_class=GuardedRoute)


class TokenOrder(Shape):
    """For whom a token is asked."""

    role: Role = Field(description="What the caller is to the bank.", examples=["partner"])
    subject: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")] | None = Field(
        default=None,
        description="Name under which the caller acts; `demo-` and the role when left out.",
        examples=["bank-a"],
    )


class TokenShape(Shape):
    """A token to be sent as `Authorization: Bearer …`."""

    access_token: str = Field(description="The token.", examples=["eyJhbGciOiJIUzI1NiIsInR5c…"])
    token_type: Literal["Bearer"] = Field(
        default="Bearer", description="How to send it.", examples=["Bearer"]
    )
    expires_in: int = Field(description="Seconds until it ends.", examples=[LIFE_SECONDS_MAX])


@router.post("", status_code=201, openapi_extra=PUBLIC)
def hand_out(node: Node, request: Request, order: TokenOrder) -> TokenShape:
    """Hand out a token for a role; only on a demo node, elsewhere nothing is served here."""
    if not node.demo:
        raise UnknownRoute(
            f"POST {request.url.path}: nothing is served at this address",
            remedy="Ask the bank's identity provider for a token.",
        )
    subject = order.subject or f"demo-{order.role}"
    token = issue_token(subject, order.role, node.token_secret, node.clock.now())
    return TokenShape(
        access_token=token.text,
        expires_in=LIFE_SECONDS_MAX,
    )
