"""Transfers: one customer pays another one in tokens.

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
from node.api.shapes.base import EXAMPLE_WALLET, Wallet
from node.api.shapes.instructions import InstructionShape, PaymentOrder
from node.settlement.service import TransferCommand

router = APIRouter(prefix="/v1/transfers", tags=["instructions"], route_class=GuardedRoute)
_OTHER_WALLET = "0x8617e340b3d01fa5f11f306f4090fd50e238070d"


class TransferOrder(PaymentOrder):
    """Let a customer pay another one."""

    debtor_wallet: Wallet = Field(description="Paying wallet.", examples=[EXAMPLE_WALLET])
    creditor_wallet: Wallet = Field(description="Receiving wallet.", examples=[_OTHER_WALLET])


@router.post("", status_code=202, responses=ACCEPTED)
def transfer(
    *,
    node: Node,
    who: Instructor,
    request: Request,
    response: Response,
    order: TransferOrder,
    idempotency_key: IdempotencyKey = None,
) -> InstructionShape:
    """Instruct a transfer; what comes of it is read at `Location`."""
    command = TransferCommand(
        currency=order.amount.currency,
        amount=order.amount.amount,
        debtor_wallet=order.debtor_wallet,
        creditor_wallet=order.creditor_wallet,
        uetr=order.uetr,
        end_to_end_id=order.end_to_end_id,
        value_date=order.value_date,
    )
    caller = command_caller(request, who, idempotency_key, order)
    return accepted(response, node.settlement.transfer(command, caller))
