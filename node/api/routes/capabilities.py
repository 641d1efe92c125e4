"""Capabilities: what this node settles, where, and how much at most.

In: nothing. Out: chain, currencies with their contracts and limits, the API's own limits.
Called by: partner banks, before they send their first instruction.
"""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from node.api.access import Node
from node.api.auth import Reader
from node.api.guard import JSON_BYTES_MAX, GuardedRoute
from node.api.paging import LIMIT_MAX
from node.api.shapes.base import EXAMPLE_WALLET, Amount, Shape, amount_of
from node.bank.reader import SIZE_BYTES_MAX
from node.control.commands import KEY_LENGTH_MAX
from node.core.money import Money, currency
from node.core.types import Finality
from node.settlement.service import SettlementService

router = APIRouter(prefix="/v1/capabilities", tags=["capabilities"], route_class=GuardedRoute)


class CurrencyShape(Shape):
    """One currency that the bank has tokenised."""

    currency: str = Field(description="ISO 4217 code.", examples=["EUR"])
    decimals: int = Field(description="Digits of its minor unit.", examples=[2])
    instruction_max: Amount = Field(description="The most that one instruction may move.")
    token: str = Field(description="Address of the deposit token.", examples=[EXAMPLE_WALLET])
    gate: str = Field(description="Address of its issuance gate.", examples=[EXAMPLE_WALLET])


class CapabilitiesShape(Shape):
    """What this node can do."""

    version: str = Field(description="Version of the node.", examples=["0.1.0"])
    chain_id: int = Field(description="The chain it settles on.", examples=[1337])
    finality: list[str] = Field(
        description="Levels an event passes; only what is FINAL is booked for good.",
        examples=[["SEEN", "CONFIRMED", "FINAL"]],
    )
    currencies: list[CurrencyShape] = Field(description="One per deposit token.")
    page_items_max: int = Field(description="Highest `limit` of a list.", examples=[LIMIT_MAX])
    body_bytes_max: int = Field(description="Largest JSON body.", examples=[JSON_BYTES_MAX])
    file_bytes_max: int = Field(description="Largest bank file.", examples=[SIZE_BYTES_MAX])
    idempotency_key_length_max: int = Field(
        description="Longest Idempotency-Key.", examples=[KEY_LENGTH_MAX]
    )


@router.get("")
def capabilities(node: Node, _: Reader) -> CapabilitiesShape:
    """What can be instructed here."""
    desk = node.settlement.desk
    return CapabilitiesShape(
        version=node.version,
        chain_id=desk.chain_id,
        finality=[level.value for level in Finality],
        currencies=[_currency(node.settlement, code) for code in desk.deployment.currencies],
        page_items_max=LIMIT_MAX,
        body_bytes_max=JSON_BYTES_MAX,
        file_bytes_max=SIZE_BYTES_MAX,
        idempotency_key_length_max=KEY_LENGTH_MAX,
    )


def _currency(settlement: SettlementService, code: str) -> CurrencyShape:
    asset = currency(code)
    return CurrencyShape(
        currency=code,
        decimals=asset.scale,
        instruction_max=amount_of(settlement.limits.of(Money(0, asset))),
        token=settlement.desk.token(code).address,
        gate=settlement.desk.gate(code).address,
    )
