"""Wallets: whose money the tokens are. A wallet is taken in before anything is paid to it.

In: a customer's name and address. Out: wallets as the bank knows them.
Called by: treasury tools, partner banks.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import Field, StringConstraints

from node.api.access import Node
from node.api.auth import Onboarder, Reader
from node.api.guard import GuardedRoute
from node.api.shapes.base import (
    EXAMPLE_TIME,
    EXAMPLE_WALLET,
    Currency,
    PartyName,
    Shape,
    Wallet,
)
from node.core.errors import NotFound
from node.db.unit_of_work import read_only
from node.settlement import store
from node.settlement import wallet as settlement

router = APIRouter(prefix="/v1/wallets", tags=["onboarding"], route_class=GuardedRoute)
_NAME = "Name of the customer."
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9./-]{0,70}$")]


class WalletOrder(Shape):
    """Take a customer's wallet in, and admit it to the tokens of some currencies."""

    address: Wallet = Field(
        description="The address; its key stays with the customer.", examples=[EXAMPLE_WALLET]
    )
    name: PartyName = Field(description=_NAME, examples=["Acme Logistics GmbH"])
    identifier: Identifier = Field(
        default="", description="BIC, LEI or customer number.", examples=["ACMEDEFF"]
    )
    currencies: list[Currency] = Field(
        min_length=1, max_length=20, description="Currencies it may hold.", examples=[["EUR"]]
    )


class WalletShape(Shape):
    """One wallet the bank has taken in."""

    address: str = Field(description="The address.", examples=[EXAMPLE_WALLET])
    name: str = Field(description=_NAME, examples=["Acme Logistics GmbH"])
    identifier: str = Field(description="BIC, LEI or customer number.", examples=["ACMEDEFF"])
    custodial: bool = Field(
        description="Whether the node holds its key and so can pay from it.", examples=[False]
    )
    onboarded_at: datetime = Field(description="When it was taken in.", examples=[EXAMPLE_TIME])


class Wallets(Shape):
    """Every wallet the bank has taken in."""

    items: list[WalletShape] = Field(description="In the order in which they came.")


@router.get("")
def list_wallets(node: Node, _: Reader) -> Wallets:
    """Every wallet the bank knows."""
    with read_only(node.engine) as session:
        return Wallets(items=[_shape(each) for each in store.wallets(session)])


@router.get("/{address}")
def read_wallet(
    node: Node,
    _: Reader,
    address: Annotated[Wallet, Path(description="Its address.", examples=[EXAMPLE_WALLET])],
) -> WalletShape:
    """One wallet."""
    with read_only(node.engine) as session:
        found = store.wallet(session, address)
    if found is None:
        raise NotFound(f"no wallet {address}", remedy="See /v1/wallets.")
    return _shape(found)


@router.post("", status_code=202)
def onboard(node: Node, who: Onboarder, response: Response, order: WalletOrder) -> WalletShape:
    """Take a wallet in; it is paid once the chain has admitted it. Repeating changes nothing."""
    wallet = node.onboarding.customer(
        order.name,
        order.address,
        currencies=order.currencies,
        custodial=False,
        identifier=order.identifier,
        by=who.subject,
    )
    response.headers["Location"] = f"/v1/wallets/{wallet.address}"
    return _shape(wallet)


def _shape(found: settlement.Wallet) -> WalletShape:
    return WalletShape(
        address=found.address,
        name=found.name,
        identifier=found.identifier,
        custodial=found.custodial,
        onboarded_at=found.onboarded_at,
    )
