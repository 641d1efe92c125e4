"""Nostros: the bank's accounts at correspondents. A statement is taken in once its account is open.

In: currency, number, name of the correspondent. Out: the account in the books.
Called by: treasury tools. The accounts are read at /v1/accounts?kind=NOSTRO.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field, StringConstraints

from node.api.access import Node
from node.api.auth import Onboarder
from node.api.guard import GuardedRoute
from node.api.shapes.base import Currency, PartyName, Shape
from node.bank.profile import Closing

router = APIRouter(prefix="/v1/nostros", tags=["onboarding"], route_class=GuardedRoute)
Number = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9/.\-]{0,69}$")]


class NostroOrder(Shape):
    """Open an account at a correspondent in the books."""

    currency: Currency = Field(description="ISO 4217 code.", examples=["EUR"])
    number: Number = Field(
        description="The account's number as its statements write it.",
        examples=["DE02100100109307118603"],
    )
    name: PartyName = Field(description="Name of the correspondent.", examples=["Nordland Bank"])
    closing: Closing = Field(
        default=Closing.BOOKED,
        description="Which lines its closing balances hold: all that is booked, or what is valued.",
        examples=["BOOKED"],
    )


class NostroShape(Shape):
    """An account at a correspondent as the books know it."""

    account: str = Field(
        description="Its code in the books.", examples=["NOSTRO:EUR:DE02100100109307118603"]
    )


@router.post("", status_code=201)
def open_nostro(node: Node, who: Onboarder, response: Response, order: NostroOrder) -> NostroShape:
    """Open an account at a correspondent. Asked again, only another `closing` changes anything."""
    code = node.onboarding.correspondent(
        order.currency, order.number, order.name, closing=order.closing, by=who.subject
    )
    response.headers["Location"] = f"/v1/accounts/{code}"
    return NostroShape(account=code)
