"""Payments: the latest instructions, and where each of them stands.

In: the store of settlement. Out: a list, newest first.
"""

from __future__ import annotations

from fastapi import APIRouter
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from node.console.access import reading
from node.console.page import page
from node.settlement import store as settlement
from node.settlement.instruction import Instruction

LIMIT = 100

router = APIRouter()


@router.get("/payments")
def payments(request: Request) -> Response:
    """The newest instructions."""
    with reading(request) as session:
        found = read_payments(session)
    return page(request, "payments.html", instructions=found, limit=LIMIT)


def read_payments(session: Session) -> list[Instruction]:
    """The newest instructions, newest first."""
    return settlement.latest(session, LIMIT)
