"""Search: a UETR, or how it begins, leads to its payment.

In: what was typed. Out: the payment's page when there is one, a list when there are several.
"""

from __future__ import annotations

from fastapi import APIRouter
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from node.bank import store as bank
from node.console.access import reading
from node.console.newest import newest
from node.console.page import page
from node.core.errors import InvalidReference
from node.core.ids import parse_uetr
from node.settlement import store as settlement

LETTERS_MIN = 4
SCANNED_MAX = 10_000
SHOWN_MAX = 50
_SEE_OTHER = 303

router = APIRouter()


@router.get("/search")
def search(request: Request, q: str = "") -> Response:
    """Go to the payment that is meant, or show those that may be."""
    asked = q.strip().lower()
    if _is_uetr(asked):
        return RedirectResponse(f"/payments/{asked}", _SEE_OTHER)
    found: list[str] = []
    if len(asked) >= LETTERS_MIN:
        with reading(request) as session:
            found = read_uetrs(session, asked)
    if len(found) == 1:
        return RedirectResponse(f"/payments/{found[0]}", _SEE_OTHER)
    return page(request, "search.html", asked=q.strip(), found=found, letters_min=LETTERS_MIN)


def read_uetrs(session: Session, beginning: str) -> list[str]:
    """The UETRs that begin so, among the newest instructions and bank lines."""
    instructions = settlement.latest(session, SCANNED_MAX)
    lines = newest(
        lambda after, limit: bank.entries_after(session, after=after, limit=limit), SCANNED_MAX
    )
    every = [each.uetr for each in instructions] + [each.uetr for each in lines]
    begun = dict.fromkeys(uetr for uetr in every if uetr.startswith(beginning))
    return list(begun)[:SHOWN_MAX]


def _is_uetr(text: str) -> bool:
    try:
        parse_uetr(text)
    except InvalidReference:
        return False
    return True
