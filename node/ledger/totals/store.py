"""What accounts hold in all: the running totals as they are kept, and the same added up anew.

In: a session, accounts or a cut. Out: `Balance` by account code. Called by: journal and balances.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields

from sqlalchemy import ColumnElement
from sqlalchemy import select as columns  # SQLModel's own takes four at most
from sqlmodel import Session, case, col, func

from node.core.types import Side
from node.ledger.balance import Balance
from node.ledger.cut import EVERYTHING, Cut
from node.ledger.entry import Phase
from node.ledger.tables import AccountRow, CounterRow, EntryRow, PostingRow


def counters(session: Session, accounts: Collection[str] | None = None) -> dict[str, Balance]:
    """The running totals by account; of these accounts when asked."""
    query = columns(*(getattr(CounterRow, each.name) for each in fields(Balance)))
    if accounts is not None:
        query = query.where(col(CounterRow.account).in_(accounts))
    return {row.account: Balance(*row) for row in session.connection().execute(query)}


def sums(
    session: Session,
    cut: Cut = EVERYTHING,
    *,
    account: str | None = None,
    kind: str | None = None,
    currency: str | None = None,
) -> dict[str, Balance]:
    """The same totals, added up from the postings of the entries within the cut."""
    entry_phase, resolves = col(EntryRow.phase), col(EntryRow.resolves)
    pending = case((entry_phase == Phase.PENDING, 1), (resolves.is_not(None), -1), else_=0)
    posted = case((entry_phase == Phase.POSTED, 1), else_=0)
    debit = case((col(PostingRow.side) == Side.DEBIT, col(PostingRow.amount)), else_=0)
    credit = case((col(PostingRow.side) == Side.CREDIT, col(PostingRow.amount)), else_=0)
    query = (
        columns(
            col(PostingRow.account),
            func.sum(pending * debit),
            func.sum(pending * credit),
            func.sum(posted * debit),
            func.sum(posted * credit),
        )
        .join(EntryRow, col(EntryRow.sequence) == col(PostingRow.entry_sequence))
        .join(AccountRow, col(AccountRow.code) == col(PostingRow.account))
        .where(*_within(cut))
        .group_by(col(PostingRow.account))
    )
    if account is not None:
        query = query.where(col(PostingRow.account) == account)
    if kind is not None:
        query = query.where(col(AccountRow.kind) == kind)
    if currency is not None:
        query = query.where(col(AccountRow.currency) == currency)
    found = session.connection().execute(query)
    return {row[0]: Balance(row[0], *map(int, row[1:])) for row in found}


def _within(cut: Cut) -> list[ColumnElement[bool]]:
    limits: list[ColumnElement[bool]] = []
    if cut.value_date_until is not None:
        limits.append(col(EntryRow.value_date) <= cut.value_date_until)
    if cut.recorded_until is not None:
        limits.append(col(EntryRow.recorded_at) <= cut.recorded_until)
    if cut.sequence_until is not None:
        limits.append(col(EntryRow.sequence) <= cut.sequence_until)
    return limits
