"""Brings a bank file into the node: wholly, or not at all, and never silently.

In: the bytes of a file, who sent it. Out: `Received`, or the refusal, after which the file is kept
with its reason. Called by: app, for api, console and command line.

An accepted file, its statements and the opening of the books for a new account commit together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine
from sqlmodel import Session

from node.bank import gate, store
from node.bank.element import tidy
from node.bank.profile import Closing
from node.bank.reader import FileTooLarge, read
from node.bank.record import StoredStatement
from node.bank.statement import STATEMENT, BankMessage, PaymentMessage, Statement
from node.bank.writes import store as writes
from node.core.clock import Clock
from node.core.errors import Rejected
from node.core.ids import derived_id, sha256_hex
from node.core.money import Money
from node.core.types import Side
from node.db.order import hold_order
from node.db.unit_of_work import unit_of_work
from node.ledger import chart, journal
from node.ledger import store as books
from node.ledger.account import AccountKind
from node.ledger.entry import NewEntry, Posting

_NAME_LENGTH_MAX = 255
_DETAIL_LENGTH_MAX = 2000


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a file; `error_code` and not `accepted` when it was refused."""

    file_id: int
    format: str
    accepted: bool
    statements: tuple[str, ...] = ()
    entries: int = 0
    payments: tuple[PaymentMessage, ...] = ()
    error_code: str = ""


Told = Callable[[Session, Received], None]


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A file on its way in."""

    content: bytes
    sha256: str
    name: str
    received_by: str
    at: datetime


def receive(
    engine: Engine,
    content: bytes,
    name: str,
    *,
    received_by: str,
    clock: Clock,
    tell: Told | None = None,
) -> Received:
    """Import a file, or keep it as refused and raise why (a leaf of `Rejected`).

    `tell` is called inside the unit of work that keeps the file, accepted or refused, so that
    whoever announces it commits with it.
    """
    arrival = _Arrival(
        content=content,
        sha256=sha256_hex(content),
        name=tidy(name)[:_NAME_LENGTH_MAX],
        received_by=tidy(received_by)[:_NAME_LENGTH_MAX],
        at=clock.now(),
    )
    form = ""
    try:
        message = read(content, arrival.name)
        form = message.format
        with unit_of_work(engine) as session:
            received = _accept(session, message, arrival)
            if tell is not None:
                tell(session, received)
            return received
    except Rejected as refusal:
        _keep_refused(engine, arrival, refusal, form or getattr(refusal, "format", ""), tell)
        raise


def _accept(session: Session, message: BankMessage, arrival: _Arrival) -> Received:
    hold_order(session)  # so that of two equal files the second one sees the first
    gate.check_new_file(store.accepted_file(session, arrival.sha256))
    file_id = writes.insert_file(session, _as_new(arrival, message.format))
    nostros = [each.code for each in books.accounts(session, kind=AccountKind.NOSTRO)]
    kept = [
        _accept_statement(session, each, nostros, file_id, arrival.at)
        for each in sorted(message.statements, key=_day)
    ]
    return Received(
        file_id=file_id,
        format=message.format,
        accepted=True,
        statements=tuple(each.id for each in kept),
        entries=sum(len(each.entries) for each in message.statements),
        payments=message.payments,
    )


def _accept_statement(
    session: Session, statement: Statement, nostros: list[str], file_id: int, at: datetime
) -> StoredStatement:
    account = gate.known_account(statement, nostros)
    fingerprint = gate.fingerprint(statement)
    gate.check_new(
        statement,
        store.statement_with_content(session, account, fingerprint),
        store.statements_named(session, account, statement.kind, statement.statement_id),
    )
    gate.check_lines(statement)
    last, opening, ahead = store.last_statement(session, account), None, 0
    if statement.kind == STATEMENT:
        ahead = _ahead(session, statement, account)
        opening, _ = gate.check_sum(statement, last.ahead if last else 0, ahead)
        gate.check_order(statement, opening, last)
    row_id = str(derived_id("statement", account, fingerprint))
    writes.insert_statement(
        session,
        statement,
        row_id=row_id,
        account=account,
        fingerprint=fingerprint,
        file_id=file_id,
        ahead=ahead,
        received_at=at,
    )
    stored = store.statement(session, row_id)
    if stored is None:
        raise AssertionError("a statement is there once it is written")
    if last is None and opening is not None:
        _open_books(session, stored, opening, statement.line, at)
    return stored


def _ahead(session: Session, statement: Statement, account: str) -> int:
    """What the bank has booked by this statement and does not count in its closing balance."""
    day = statement.closing_date
    if day is None or store.closing(session, account) is Closing.BOOKED:
        return 0
    return store.valued_after(session, account, day) + gate.ahead(statement)


def _open_books(
    session: Session, first: StoredStatement, opening: Money, line: int, at: datetime
) -> None:
    """Adopt the position the account had before its first statement."""
    if opening.minor_units == 0:
        return
    other = chart.brought_forward(first.currency)
    journal.open_account(session, other, label="Positions adopted at the start", at=at)
    side = Side.DEBIT if opening.minor_units > 0 else Side.CREDIT
    units = abs(opening.minor_units)
    entry = NewEntry(
        id=derived_id("opening-balance", first.account),
        rule="opening-balance",
        currency=first.currency,
        postings=(
            Posting(first.account, side, units),
            Posting(other.code, side.opposite(), units),
        ),
        value_date=first.opening_date or first.closing_date or at.date(),
        narrative=f"Opening balance of statement {first.statement_id}",
        evidence={
            "statement": first.id,
            "statement_id": first.statement_id,
            "file": first.file_id,
            "line": line,
        },
    )
    journal.post(session, entry, at)


def _keep_refused(
    engine: Engine, arrival: _Arrival, refusal: Rejected, form: str, tell: Told | None
) -> None:
    new = writes.NewFile(
        sha256=arrival.sha256,
        name=arrival.name,
        content=arrival.content,
        format=form,
        received_by=arrival.received_by,
        received_at=arrival.at,
        error_code=refusal.code,
        error_line=getattr(refusal, "line", None),
        error_detail=tidy(refusal.detail)[:_DETAIL_LENGTH_MAX],
        keep_content=not isinstance(refusal, FileTooLarge),
    )
    with unit_of_work(engine) as session:
        hold_order(session)
        file_id = writes.insert_file(session, new)
        refusal.facts["refused_file"] = file_id
        if tell is not None:
            tell(session, Received(file_id, form, accepted=False, error_code=refusal.code))


def _as_new(arrival: _Arrival, form: str) -> writes.NewFile:
    return writes.NewFile(
        sha256=arrival.sha256,
        name=arrival.name,
        content=arrival.content,
        format=form,
        received_by=arrival.received_by,
        received_at=arrival.at,
    )


def _day(statement: Statement) -> date:
    return statement.closing_date or date.min
