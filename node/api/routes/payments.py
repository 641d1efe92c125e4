"""One payment, from the instruction to the bank line: everything the records say under its UETR.

In: a UETR. Out: instruction, calls, events, entries, lines, match and breaks.
Called by: partner banks, auditors.
"""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter
from pydantic import Field
from sqlmodel import Session

from node.api.access import Node
from node.api.auth import Reader
from node.api.guard import GuardedRoute
from node.api.shapes.bank import LineShape, line_shape
from node.api.shapes.base import EXAMPLE_UETR, Shape, UetrPath
from node.api.shapes.books import EntryShape, entry_shape
from node.api.shapes.chain import EventShape, event_shape
from node.api.shapes.instructions import FollowedShape, followed_shape
from node.api.shapes.reconciliation import BreakShape, MatchShape, break_shape, match_shape
from node.bank import store as bank
from node.core.errors import NotFound
from node.db.unit_of_work import read_only
from node.events import store as events
from node.ledger import store as ledger
from node.reconciliation import store as reconciliation
from node.settlement import store as settlement
from node.submission import store as submission

router = APIRouter(prefix="/v1/payments", tags=["payments"], route_class=GuardedRoute)


class PaymentShape(Shape):
    """Everything that names one payment; a part is empty while that record is silent."""

    uetr: str = Field(description="The payment.", examples=[EXAMPLE_UETR])
    instruction: FollowedShape | None = Field(description="Null if nobody instructed it here.")
    events: list[EventShape] = Field(description="What the chain says, with its standing.")
    entries: list[EntryShape] = Field(description="What the books say.")
    lines: list[LineShape] = Field(description="What the bank says.")
    match: MatchShape | None = Field(description="What of it agrees; null before anything does.")
    breaks: list[BreakShape] = Field(description="What of it differs, open or closed.")


@router.get("/{uetr}")
def read_payment(node: Node, _: Reader, uetr: UetrPath) -> PaymentShape:
    """Follow one payment through every record."""
    with read_only(node.engine) as session:
        found = _payment(session, uetr, node.clock.today())
    known = (found.instruction, found.events, found.entries, found.lines, found.match, found.breaks)
    if not any(known):
        raise NotFound(
            f"no record names the payment {uetr}",
            remedy="Check the UETR; a payment is found as soon as the node hears of it.",
        )
    return found


def _payment(session: Session, uetr: str, today: date) -> PaymentShape:
    match = reconciliation.match_by_uetr(session, uetr)
    return PaymentShape(
        uetr=uetr,
        instruction=_instruction(session, uetr),
        events=[
            event_shape(each, events.standing(session, each.id))
            for each in events.events_by_uetr(session, uetr)
        ],
        entries=[entry_shape(each) for each in ledger.entries(session, uetr=uetr)],
        lines=[line_shape(each) for each in bank.entries_by_uetr(session, uetr)],
        match=None if match is None else match_shape(match),
        breaks=[
            break_shape(each, today)
            for each in reconciliation.breaks(session, open_only=False, uetr=uetr)
        ],
    )


def _instruction(session: Session, uetr: str) -> FollowedShape | None:
    found = settlement.instruction_by_uetr(session, uetr)
    if found is None:
        return None
    return followed_shape(found, submission.intents(session, instruction_id=found.id))
