"""Redemptions: a customer gives tokens back, the money leaves from a correspondent.

In: an order and its Idempotency-Key. Out: the instruction, accepted or refused.
Called by: partner banks, treasury tools.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import Field

from node.api.access import Node
from node.api.auth import Instructor
from node.api.guard import GuardedRoute
from node.api.idempotency import ACCEPTED, IdempotencyKey, accepted, command_caller
from node.api.shapes.base import EXAMPLE_WALLET, Nostro, Wallet
from node.api.shapes.instructions import NOSTRO_EXAMPLE, NOSTRO_TEXT, InstructionShape, PaymentOrder
from node.settlement.service import RedeemCommand

router = APIRouter(prefix="/v1/redemptions", tags=["instructions"], route_class=GuardedRoute)


class RedeemOrder(PaymentOrder):
    """Take a customer's tokens back and pay the money out."""

    debtor_wallet: Wallet = Field(description="Paying wallet.", examples=[EXAMPLE_WALLET])
    nostro: Nostro = Field(description=NOSTRO_TEXT, examples=[NOSTRO_EXAMPLE])


@router.post("", status_code=202, responses=ACCEPTED)
def redeem(
    *,
    node: Node,
    who: Instructor,
    request: Request,
    response: Response,
    order: RedeemOrder,
    idempotency_key: IdempotencyKey = None,
) -> InstructionShape:
    """Instruct a redemption; what comes of it is read at `Location`."""
    command = RedeemCommand(
        currency=order.amount.currency,
        amount=order.amount.amount,
        debtor_wallet=order.debtor_wallet,
        uetr=order.uetr,
        nostro=order.nostro,
        end_to_end_id=order.end_to_end_id,
        value_date=order.value_date,
    )
    caller = command_caller(request, who, idempotency_key, order)
    return accepted(response, node.settlement.redeem(command, caller))
