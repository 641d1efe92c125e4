"""What the books say: all their queries. What changes them stands in writes/store.py.

In: a session. Out: `Account`, `Entry`, `Expectation`, never rows.
Called by: journal and balances here; reads by posting, settlement, reconciliation, api, console.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped
from sqlmodel import Session, and_, col, func, select

from node.core.types import Side
from node.db.parts import parts
from node.ledger.account import Account, AccountKind
from node.ledger.entry import Entry, Phase, Posting
from node.ledger.expectation import Expectation, ExpectationKind
from node.ledger.link import FIRST
from node.ledger.tables import (
    AccountRow,
    EntryRow,
    ExpectationEndRow,
    ExpectationRow,
    PostingRow,
)

# ---------------------------------------------------------------------------------- accounts


def account(session: Session, code: str) -> Account | None:
    """The account under that code."""
    row = session.get(AccountRow, code)
    return None if row is None else _account(row)


def accounts_by_code(session: Session, codes: Collection[str]) -> dict[str, Account]:
    """Those of these accounts that exist."""
    query = select(AccountRow).where(col(AccountRow.code).in_(codes))
    return {row.code: _account(row) for row in session.exec(query)}


def accounts(
    session: Session, kind: str | None = None, currency: str | None = None
) -> list[Account]:
    """Accounts in code order."""
    query = select(AccountRow).order_by(col(AccountRow.code))
    if kind is not None:
        query = query.where(AccountRow.kind == kind)
    if currency is not None:
        query = query.where(AccountRow.currency == currency)
    return [_account(row) for row in session.exec(query)]


def account_currencies(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """The currency of each of these accounts that exists."""
    query = select(AccountRow.code, AccountRow.currency).where(col(AccountRow.code).in_(set(codes)))
    return dict(session.exec(query).all())


def currencies(session: Session) -> list[str]:
    """Every currency that has an account, in order."""
    query = select(AccountRow.currency).distinct().order_by(col(AccountRow.currency))
    return list(session.exec(query))


# ----------------------------------------------------------------------------------- entries


def entry(session: Session, entry_id: UUID | str) -> Entry | None:
    """The entry under that id."""
    return _one(session, col(EntryRow.id) == str(entry_id))


def resolution(session: Session, entry_id: UUID | str) -> Entry | None:
    """The entry that posted or voided this pending one."""
    return _one(session, col(EntryRow.resolves) == str(entry_id))


def reversal(session: Session, entry_id: UUID | str) -> Entry | None:
    """The entry that reversed this posted one."""
    return _one(session, col(EntryRow.reversal_of) == str(entry_id))


def entries(
    session: Session,
    *,
    after: int = 0,
    limit: int = 100,
    account: str | None = None,
    uetr: str | None = None,
) -> list[Entry]:
    """Entries behind a sequence, in order; on one account or of one payment when asked."""
    query = select(EntryRow).where(col(EntryRow.sequence) > after)
    if account is not None:
        query = query.where(
            col(EntryRow.sequence).in_(
                select(PostingRow.entry_sequence).where(PostingRow.account == account)
            )
        )
    if uetr is not None:
        query = query.where(EntryRow.uetr == uetr)
    rows = session.exec(query.order_by(col(EntryRow.sequence)).limit(limit)).all()
    return _entries(session, rows)


def entries_by_event(session: Session, *event_keys: str) -> list[Entry]:
    """Every entry that cites one of these chain events, in order."""
    return _where(session, col(EntryRow.event_key).in_(event_keys))


def entries_by_expectation(session: Session, *expectation_ids: str) -> list[Entry]:
    """Every entry that answers one of these expectations, in order."""
    return _where(session, col(EntryRow.expectation_id).in_(expectation_ids))


def undoing(session: Session, entry_ids: Collection[str]) -> set[str]:
    """The ids of the entries that reverse one of these."""
    found: set[str] = set()
    for part in parts(sorted(entry_ids)):
        found |= set(session.exec(select(EntryRow.id).where(col(EntryRow.reversal_of).in_(part))))
    return found


def taken(session: Session, entries: Sequence[Entry]) -> tuple[set[UUID], set[UUID], set[UUID]]:
    """What entries claim and the books have: their ids, what they resolve, what they reverse."""
    return (
        _known(session, col(EntryRow.id), [each.id for each in entries]),
        _known(session, col(EntryRow.resolves), [each.resolves for each in entries]),
        _known(session, col(EntryRow.reversal_of), [each.reversal_of for each in entries]),
    )


def last_place(session: Session) -> tuple[int, str]:
    """Sequence and link of the newest entry; while there is none, what comes before the first."""
    query = select(EntryRow.sequence, EntryRow.link).order_by(col(EntryRow.sequence).desc())
    found = session.exec(query.limit(1)).first()
    return (found[0] or 0, found[1]) if found else (0, FIRST)


def links(session: Session, *, after: int, limit: int) -> list[tuple[int, str]]:
    """Sequence and link of the entries behind a sequence, in order."""
    query = select(EntryRow.sequence, EntryRow.link).where(col(EntryRow.sequence) > after)
    found = session.exec(query.order_by(col(EntryRow.sequence)).limit(limit))
    return [(sequence or 0, link) for sequence, link in found]


def last_sequence(session: Session) -> int:
    """The sequence of the newest entry; zero while the books are empty."""
    return session.exec(select(func.max(EntryRow.sequence))).one() or 0


# ------------------------------------------------------------------------------ expectations


def expectation(session: Session, expectation_id: str) -> Expectation | None:
    """What was announced under that id."""
    row = session.get(ExpectationRow, expectation_id)
    return None if row is None else _expectation(row)


def expectations_by_id(session: Session, ids: Collection[str]) -> dict[str, Expectation]:
    """What was announced under these ids."""
    query = select(ExpectationRow).where(col(ExpectationRow.id).in_(ids))
    return {row.id: _expectation(row) for row in session.exec(query)}


def expectation_by_uetr(session: Session, uetr: str) -> Expectation | None:
    """What was announced for that payment."""
    row = session.exec(select(ExpectationRow).where(ExpectationRow.uetr == uetr)).one_or_none()
    return None if row is None else _expectation(row)


def expectations_by_ref(session: Session, *refs: str) -> list[Expectation]:
    """What was announced under contract references: a payment each, or the legs of a settlement."""
    query = select(ExpectationRow).where(col(ExpectationRow.ref).in_(refs))
    return [_expectation(row) for row in session.exec(query.order_by(col(ExpectationRow.id)))]


def expectation_end(session: Session, expectation_id: str) -> str | None:
    """Why the expectation will not come true; None while it may."""
    row = session.get(ExpectationEndRow, expectation_id)
    return None if row is None else row.reason


def expectations(session: Session) -> list[Expectation]:
    """Announced payments, oldest first."""
    query = select(ExpectationRow).order_by(col(ExpectationRow.created_at), col(ExpectationRow.id))
    return [_expectation(row) for row in session.exec(query)]


def open_expectations(session: Session, due_before: date | None = None) -> list[Expectation]:
    """Neither ended nor answered by an entry that stands, oldest first; due before a day."""
    which = [] if due_before is None else [col(ExpectationRow.value_date) < due_before]
    order = (col(ExpectationRow.created_at), col(ExpectationRow.id))
    rows = session.exec(select(ExpectationRow).where(_open(), *which).order_by(*order))
    return [_expectation(row) for row in rows]


def under_way(session: Session, uetrs: Collection[str]) -> frozenset[str]:
    """Those of these payments of which an expectation is open."""
    found: set[str] = set()
    for part in parts(sorted(uetrs)):
        of_part = col(ExpectationRow.uetr).in_(part)
        found |= set(session.exec(select(ExpectationRow.uetr).where(of_part, _open())))
    return frozenset(found)


def announced_total(session: Session, kind: ExpectationKind, currency: str) -> int:
    """What open expectations of a kind add up to, in minor units."""
    query = select(func.sum(ExpectationRow.amount)).where(
        ExpectationRow.kind == kind, ExpectationRow.currency == currency, _open()
    )
    return int(session.exec(query).one() or 0)


def _open() -> ColumnElement[bool]:
    undone = select(EntryRow.reversal_of).where(col(EntryRow.reversal_of).is_not(None))
    answered = select(EntryRow.expectation_id).where(
        EntryRow.phase == Phase.POSTED,
        col(EntryRow.reversal_of).is_(None),
        col(EntryRow.id).not_in(undone),
    )
    ended, id_ = select(ExpectationEndRow.expectation_id), col(ExpectationRow.id)
    return and_(id_.not_in(ended), id_.not_in(answered))


# ----------------------------------------------------------------------- rows into the domain


def _account(row: AccountRow) -> Account:
    return Account(row.code, AccountKind(row.kind), row.currency, Side(row.normal_side), row.label)


def _known(session: Session, column: Mapped[Any], values: Iterable[UUID | None]) -> set[UUID]:
    """Those of some values that a unique column has."""
    wanted = [str(each) for each in values if each is not None]
    found = session.exec(select(column).where(column.in_(wanted))) if wanted else ()
    return set(map(UUID, found))


def _one(session: Session, condition: ColumnElement[bool]) -> Entry | None:
    found = _where(session, condition)
    return found[0] if found else None


def _where(session: Session, condition: ColumnElement[bool]) -> list[Entry]:
    query = select(EntryRow).where(condition).order_by(col(EntryRow.sequence))
    return _entries(session, session.exec(query).all())


def _entries(session: Session, rows: Sequence[EntryRow]) -> list[Entry]:
    lines: dict[int | None, list[Posting]] = defaultdict(list)
    query = select(PostingRow).where(
        col(PostingRow.entry_sequence).in_([row.sequence for row in rows])
    )
    for line in session.exec(query.order_by(col(PostingRow.id))):
        posting = Posting(line.account, Side(line.side), line.amount)
        lines[line.entry_sequence].append(posting)
    return [_entry(row, tuple(lines[row.sequence])) for row in rows]


def _entry(row: EntryRow, postings: tuple[Posting, ...]) -> Entry:
    return Entry(
        sequence=row.sequence or 0,
        id=UUID(row.id),
        phase=Phase(row.phase),
        rule=row.rule,
        currency=row.currency,
        uetr=row.uetr,
        expectation_id=row.expectation_id,
        event_key=row.event_key,
        resolves=None if row.resolves is None else UUID(row.resolves),
        reversal_of=None if row.reversal_of is None else UUID(row.reversal_of),
        value_date=row.value_date,
        recorded_at=row.recorded_at,
        narrative=row.narrative,
        evidence=dict(row.evidence),
        postings=postings,
    )


def _expectation(row: ExpectationRow) -> Expectation:
    return Expectation(
        id=row.id,
        uetr=row.uetr,
        kind=row.kind,
        currency=row.currency,
        amount=row.amount,
        debit_account=row.debit_account,
        credit_account=row.credit_account,
        value_date=row.value_date,
        ref=row.ref,
        references=tuple(row.references),
    )
