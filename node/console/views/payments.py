"""Payments: the latest instructions, and where each of them stands.

In: the store of settlement. Out: a list, newest first, each leg with what settles it.
"""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from node.console.access import reading
from node.console.page import page
from node.settlement import store as settlement
from node.settlement.instruction import Instruction
from node.settlement.settlement import Settlement

LIMIT = 100

router = APIRouter()


@router.get("/payments")
def payments(request: Request) -> Response:
    """The newest instructions."""
    with reading(request) as session:
        found = read_payments(session)
        together = read_settlements(session, found)
    return page(request, "payments.html", instructions=found, settlements=together, limit=LIMIT)


def read_payments(session: Session) -> list[Instruction]:
    """The newest instructions, newest first."""
    return settlement.latest(session, LIMIT)


def read_settlements(session: Session, legs: Iterable[Instruction]) -> dict[str, Settlement]:
    """What settles each of these together with others, by id."""
    ids = {each.settlement_id for each in legs if each.settlement_id}
    found = [settlement.settlement(session, each) for each in sorted(ids)]
    return {each.id: each for each in found if each is not None}
