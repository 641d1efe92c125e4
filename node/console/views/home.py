"""Home: is the money right? The proof, open breaks, today's flow, and how the node stands.

In: the proof, the stores, the node's head and checks. Out: the home page, and its parts alone for
whoever refreshes one. A part whose source fails says so; the others still show.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

from fastapi import APIRouter
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from node.bank import store as bank
from node.chain import store as blocks
from node.console.access import Attempt, attempt, reading, services_of
from node.console.ageing import Bucket, buckets
from node.console.errors import UnknownPage
from node.console.flow import KINDS, FlowLine, flow_of
from node.console.page import page
from node.control import store as control
from node.db.cursors import all_cursors
from node.events import store as events
from node.ledger import store as books
from node.ledger.account import AccountKind
from node.reconciliation import store as reconciliation
from node.reconciliation.breaks import Break, business_age
from node.settlement import store as settlement
from node.settlement.instruction import Instruction

BREAKS_MAX = 1000
_DAY_PAGE = 500
_DAY_MAX = 16_000
_BEHIND_MAX = 100

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Lag:
    """How many rows a stage has still to read; `Behind` counts to a limit only."""

    stage: str
    waits_for: str
    behind: int


@dataclass(frozen=True, slots=True)
class OpenBreaks:
    """Open breaks by age, and the oldest of them."""

    number: int
    buckets: list[Bucket]
    oldest: list[Break]


@router.get("/")
def home(request: Request) -> Response:
    """The whole page."""
    shown: dict[str, Any] = {}
    for part in _PARTS.values():
        shown |= part(request)
    return page(request, "home.html", **shown)


@router.get("/parts/{part}")
def home_part(request: Request, part: str) -> Response:
    """One part of it, as a fragment."""
    if part not in _PARTS:
        raise UnknownPage(f"home has no part {part[:50]!r}", remedy="Start from the home page.")
    return page(request, f"parts/{part}.html", **_PARTS[part](request))


def _proof(request: Request) -> dict[str, Any]:
    services = services_of(request)
    with reading(request) as session:
        open_breaks = read_open_breaks(session)
    by_currency = Counter(each.currency for each in open_breaks)
    return {"proof": attempt(services.prove), "breaks_of": by_currency}


def _breaks(request: Request) -> dict[str, Any]:
    today = services_of(request).clock.today()
    with reading(request) as session:
        found = read_open_breaks(session)
    oldest = sorted(found, key=lambda each: (each.value_date, each.sequence))[:5]
    aged = buckets(business_age(each, today) for each in found)
    return {"open_breaks": OpenBreaks(len(found), aged, oldest), "age_days": business_age}


def _flow(request: Request) -> dict[str, Any]:
    today = services_of(request).clock.today()
    with reading(request) as session:
        instructions, passing = read_instructions_of(session, today), read_passing(session)
        lines: list[FlowLine] = flow_of(instructions, today, passing)
    return {"flow": lines, "kinds": KINDS}


def _node(request: Request) -> dict[str, Any]:
    services = services_of(request)
    head = attempt(services.head)
    with reading(request) as session:
        lags, halts = read_lags(session), control.halts(session)
        final_at = read_final_time(session, head)
    return {
        "head": head,
        "final_at": final_at,
        "lags": lags,
        "halts": halts,
        "checks": attempt(services.checks),
    }


_PARTS = {"proof": _proof, "breaks": _breaks, "flow": _flow, "node": _node}


def read_open_breaks(session: Session) -> list[Break]:
    """Open breaks, in the order in which they were opened."""
    return list(reconciliation.breaks(session, open_only=True, after=0, limit=BREAKS_MAX))


def read_instructions_of(session: Session, day: date) -> list[Instruction]:
    """The newest instructions, reaching back at least to the beginning of a day (UTC)."""
    limit = _DAY_PAGE
    while True:
        found = settlement.latest(session, limit)
        reached = not found or found[-1].created_at.astimezone(UTC).date() < day
        if reached or found[-1].sequence <= 1 or limit >= _DAY_MAX:
            return found
        limit *= 2


def read_passing(session: Session) -> set[str]:
    """The addresses through which money only passes."""
    clearing = books.accounts(session, AccountKind.CLEARING)
    return {account.code.rpartition(":")[2] for account in clearing}


def read_lags(session: Session) -> list[Lag]:
    """How far each stage is behind the table it reads."""
    at = all_cursors(session)
    posting, matching = at.get("posting.poster", 0), "reconciliation.matcher"
    last_change, last_entry = events.last_change(session), books.last_sequence(session)
    chain = at.get("reconciliation.chain", 0)
    entries = at.get("reconciliation.books", 0)
    lines = bank.entries_after(
        session, after=at.get("reconciliation.bank", 0), limit=_BEHIND_MAX + 1
    )
    return [
        Lag("posting.poster", "chain events", max(last_change - posting, 0)),
        Lag(matching, "chain events", max(last_change - chain, 0)),
        Lag(matching, "journal entries", max(last_entry - entries, 0)),
        Lag(matching, "bank lines", len(lines)),
    ]


def read_final_time(session: Session, head: Attempt[Any]) -> int | None:
    """When the last final block was made, in seconds since the epoch."""
    if head.value is None:
        return None
    block = blocks.canonical_at(session, head.value.chain_id, head.value.final)
    return None if block is None else block.timestamp
