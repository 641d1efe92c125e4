"""One payment: from the call that asked for it to the bank line that proves it, on one page.

In: a UETR. Out: everything the node's records say about it, in the order of cause and effect.
A UETR without an instruction of ours still has a page when any record names it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from node.bank import store as bank
from node.bank.store import StoredEntry, StoredFile, StoredStatement
from node.console.access import reading, services_of
from node.console.page import page
from node.control import store as control
from node.control.store import AuditRecord
from node.core.errors import NotFound
from node.core.ids import parse_uetr
from node.events import store as events
from node.events.event import ChainEvent, Change
from node.ledger import store as books
from node.ledger.entry import Entry
from node.reconciliation import store as reconciliation
from node.reconciliation.breaks import Break, age_days
from node.reconciliation.item import Item
from node.reconciliation.items import store as items
from node.reconciliation.match import Match
from node.settlement import store as settlement
from node.settlement.instruction import Instruction
from node.settlement.settlement import Settlement
from node.submission import store as submission
from node.submission.history import store as history
from node.submission.intent import Intent, IntentStep

_PAGE = 500

router = APIRouter()


class UnknownPayment(NotFound):
    """No record of the node names this UETR."""

    code = "UNKNOWN_PAYMENT"
    title = "Unknown payment"


@dataclass(frozen=True, slots=True)
class BankLine:
    """A statement line with the statement and the file it stands in."""

    entry: StoredEntry
    statement: StoredStatement | None
    file: StoredFile | None


@dataclass(frozen=True, slots=True)
class Records:
    """All that is known of one payment."""

    uetr: str
    instruction: Instruction | None
    settlement: Settlement | None
    legs: list[Instruction]
    trail: list[AuditRecord]
    intents: list[tuple[Intent, list[IntentStep]]]
    events: list[tuple[ChainEvent, Change]]
    entries: list[Entry]
    lines: list[BankLine]
    items: list[Item]
    match: Match | None
    breaks: list[Break]

    @property
    def known(self) -> bool:
        """Whether any record names the payment."""
        asked = self.instruction or self.settlement
        return any((asked, self.events, self.entries, self.lines, self.items))


@router.get("/payments/{uetr}")
def payment(request: Request, uetr: str) -> Response:
    """The page of one payment."""
    return page(request, "payment.html", **_shown(request, uetr))


@router.get("/payments/{uetr}/timeline")
def timeline(request: Request, uetr: str) -> Response:
    """Its timeline alone, for refreshing."""
    return page(request, "parts/timeline.html", **_shown(request, uetr))


def _shown(request: Request, uetr: str) -> dict[str, Any]:
    known = str(parse_uetr(uetr))
    with reading(request) as session:
        records = read_payment(session, known)
    if not records.known:
        raise UnknownPayment(
            f"no instruction, event, entry or bank line names {known}",
            remedy="Check the UETR; a payment shows here as soon as the node hears of it.",
        )
    return {"records": records, "age_days": age_days, "today": services_of(request).clock.today()}


def read_payment(session: Session, uetr: str) -> Records:
    """Every record that names a payment."""
    instruction = settlement.instruction_by_uetr(session, uetr)
    together = _settlement(session, uetr, instruction)
    subjects = [each.id for each in (together, instruction) if each is not None]
    sent = [each for name in subjects for each in _intents(session, name)]
    return Records(
        uetr=uetr,
        instruction=instruction,
        settlement=together,
        legs=[] if together is None else settlement.legs(session, together.id),
        trail=[each for name in (*subjects, uetr) for each in control.audit_trail(session, name)],
        intents=[(each, history.steps(session, each.id)) for each in sent],
        events=[
            (each, events.standing(session, each.id))
            for each in _events(session, uetr, [] if together is None else sent)
        ],
        entries=books.entries(session, uetr=uetr),
        lines=[_line(session, each) for each in bank.entries_by_uetr(session, uetr)],
        items=items.by_uetr(session, uetr),
        match=reconciliation.match_by_uetr(session, uetr),
        breaks=_breaks(session, uetr),
    )


def _settlement(session: Session, uetr: str, instruction: Instruction | None) -> Settlement | None:
    """What settles the payment together with others, or has this UETR as its own."""
    if instruction is None:
        return settlement.settlement_by_uetr(session, uetr)
    id_ = instruction.settlement_id
    return settlement.settlement(session, id_) if id_ else None


def _events(session: Session, uetr: str, sent: Iterable[Intent]) -> list[ChainEvent]:
    """What names the payment, and all that the transactions of its settlement brought about."""
    found = {each.id: each for each in events.events_by_uetr(session, uetr)}
    for intent in sent:
        if intent.tx_hash:
            told = events.events_of_transactions(session, intent.tx_hash)
            found |= {each.id: each for each in told}
    return [found[key] for key in sorted(found)]


def _intents(session: Session, instruction_id: str) -> Iterable[Intent]:
    return submission.intents(session, instruction_id=instruction_id)


def _line(session: Session, entry: StoredEntry) -> BankLine:
    statement = bank.statement(session, entry.statement_id)
    file = None if statement is None else bank.file(session, statement.file_id)
    return BankLine(entry, statement, file)


def _breaks(session: Session, uetr: str) -> list[Break]:
    return reconciliation.breaks(session, open_only=False, limit=_PAGE, uetr=uetr)
