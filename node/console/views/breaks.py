"""Breaks: every difference by its name, and one page for each.

In: the store of reconciliation. Out: a list that can be filtered, oldest first, and case pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from node.console import ageing
from node.console.access import reading, services_of
from node.console.display import words
from node.console.door import visitor_of
from node.console.newest import newest
from node.console.page import page
from node.console.session import Visitor
from node.control import store as control
from node.control.approvals import store as approvals
from node.control.roles import Permission, allows
from node.core.errors import NotFound
from node.reconciliation import store as reconciliation
from node.reconciliation.breaks import Break, age_days, business_age
from node.reconciliation.cases import store as cases
from node.reconciliation.cases.suggestions import suggestions

OPEN_MAX = 1000
CLOSED_MAX = 300

router = APIRouter()


_TITLES: Final = {"chain": "On chain", "books": "In the books", "bank": "At the bank"}
_NOT_HISTORY: Final = frozenset({"break.opened", "break.noted"})
_TOLD_ELSEWHERE: Final = frozenset(
    {"side", "amount", "source", "event", "nostro", "wallets", "announced"}
)


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One row of one record, with what is known of it as (label, value)."""

    side: str
    amount: str
    position: int | None
    facts: list[tuple[str, object]]


class UnknownBreak(NotFound):
    """There is no break under that id."""

    code = "UNKNOWN_BREAK"
    title = "Unknown break"


@router.get("/breaks")
def breaks(request: Request, state: str = "open", currency: str = "", cause: str = "") -> Response:
    """Open or closed breaks, of a currency or cause when asked; the oldest first."""
    today = services_of(request).clock.today()
    closed = state == "closed"
    with reading(request) as session:
        found = read_breaks(session, closed=closed)
    shown = [
        each for each in found if currency in {"", each.currency} and cause in {"", each.cause}
    ]
    return page(
        request,
        "breaks.html",
        breaks=sorted(shown, key=lambda each: (each.value_date, each.sequence)),
        buckets=ageing.buckets(business_age(each, today) for each in shown if each.open),
        closed=closed,
        currency=currency,
        cause=cause,
        currencies=sorted({each.currency for each in found}),
        causes=sorted({str(each.cause) for each in found}),
        age_days=business_age,
        tone=ageing.tone,
    )


@router.get("/breaks/{break_id}")
def one_break(request: Request, break_id: str) -> Response:
    """The page of one break."""
    with reading(request) as session:
        found = reconciliation.break_by_id(session, break_id)
        if found is None:
            raise UnknownBreak(
                f"there is no break {break_id[:60]!r}", remedy="Choose one from the list of breaks."
            )
        trail = list(control.audit_trail(session, found.id))
        notes = cases.notes(session, found.id)
        asked = approvals.approvals(session, subject=found.id)
        standing = reconciliation.open_breaks(session) if found.open else []
    today = services_of(request).clock.today()
    age = age_days(found, today)
    return page(
        request,
        "break.html",
        found=found,
        rows=evidence_rows(found),
        titles=_TITLES,
        trail=[each for each in trail if each.action not in _NOT_HISTORY],
        notes=notes,
        approvals=asked,
        suggestions=suggestions(found, standing),
        known={each.id: each for each in standing},
        may=_may(visitor_of(request)),
        age=age,
        tone=ageing.tone,
    )


def _may(visitor: Visitor) -> dict[str, bool]:
    """What the visitor may do here, by permission."""
    role = visitor.role
    wanted = (Permission.RECONCILE, Permission.ACCEPT, Permission.APPROVE)
    return {each.value: role is not None and allows(role, each) for each in wanted}


def read_breaks(session: Session, *, closed: bool) -> list[Break]:
    """Every open break, or the last closed ones."""
    if not closed:
        return list(reconciliation.breaks(session, open_only=True, after=0, limit=OPEN_MAX))
    every = newest(
        lambda after, limit: reconciliation.breaks(
            session, open_only=False, after=after, limit=limit
        ),
        CLOSED_MAX,
    )
    return [each for each in every if not each.open]


def evidence_rows(found: Break) -> list[EvidenceRow]:
    """The rows a break stands on, in the order chain, books, bank; none where it has no rows."""
    told = found.evidence.get("items", [])
    rows = [
        EvidenceRow(
            side=str(each["side"]),
            amount=str(each["amount"]),
            position=each.get("position"),
            facts=[(words(name), value) for name, value in each.items() if _worth(name, value)],
        )
        for each in told
    ]
    return sorted(rows, key=lambda row: list(_TITLES).index(row.side))


def _worth(name: str, value: object) -> bool:
    """Whether a person needs it: what is empty, or told beside it, only hides the rest."""
    return name not in _TOLD_ELSEWHERE and value not in ("", None, False)
