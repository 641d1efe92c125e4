"""The statements that change the books: inserts, and the four counters.

In: a session and what to write. Out: whether it was written; a taken key is an answer, not an
error, so that PostgreSQL's transaction survives it. Called by: journal.py alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col, func, insert, select, update

from node.core.money import MINOR_UNITS_MAX
from node.ledger.account import Account
from node.ledger.balance import Balance
from node.ledger.entry import Entry
from node.ledger.expectation import Expectation
from node.ledger.tables import (
    AccountRow,
    CounterRow,
    EntryRow,
    ExpectationEndRow,
    ExpectationRow,
    PostingRow,
)

# The outbox holds the same lock (node/feed/store.py): with two, writers could wait in a circle.
COMMIT_ORDER_LOCK: Final = 0x636F6E636F7264
Row = dict[str, Any]
_COUNTERS = ("debits_pending", "credits_pending", "debits_posted", "credits_posted")


def hold_order(session: Session) -> None:
    """Let sequences become visible in their order: one writer at a time until it commits.

    Without it PostgreSQL could commit entry 8 before entry 7, and whoever reads behind a cursor
    would step over 7 for ever. SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.exec(select(func.pg_advisory_xact_lock(COMMIT_ORDER_LOCK)))


def insert_entry(session: Session, new: Entry) -> int | None:
    """Write an entry and give its sequence; None when its id or what it ends is taken."""
    row: Row = {
        "id": str(new.id),
        "phase": new.phase,
        "rule": new.rule,
        "currency": new.currency,
        "uetr": new.uetr,
        "expectation_id": new.expectation_id,
        "event_key": new.event_key,
        "resolves": new.resolves and str(new.resolves),
        "reversal_of": new.reversal_of and str(new.reversal_of),
        "value_date": new.value_date,
        "recorded_at": new.recorded_at,
        "narrative": new.narrative,
        "evidence": new.evidence,
    }
    sequence: int | None = _insert_new(session, EntryRow, row)
    if sequence is None:
        return None
    lines = [
        {
            "entry_sequence": sequence,
            "account": posting.account,
            "side": posting.side,
            "amount": posting.amount,
        }
        for posting in new.postings
    ]
    session.exec(insert(PostingRow), params=lines)
    return sequence


def insert_account(session: Session, new: Account, at: datetime) -> None:
    """Write an account and its counters; an account that exists is left as it is."""
    row: Row = {
        "code": new.code,
        "kind": new.kind,
        "currency": new.currency,
        "normal_side": new.normal_side,
        "label": new.label,
        "opened_at": at,
    }
    _insert_new(session, AccountRow, row)
    _insert_new(session, CounterRow, {"account": new.code, **dict.fromkeys(_COUNTERS, 0)})


def add_to_counters(session: Session, effect: Balance) -> bool:
    """Move an account's counters; False when a side would pass 63 bits, posted and pending."""
    debit = effect.debits_pending + effect.debits_posted
    credit = effect.credits_pending + effect.credits_posted
    # Written as subtractions that cannot leave 64 bits themselves.
    moved = session.exec(
        update(CounterRow)
        .where(
            col(CounterRow.account) == effect.account,
            col(CounterRow.debits_posted)
            <= MINOR_UNITS_MAX - max(debit, 0) - col(CounterRow.debits_pending),
            col(CounterRow.credits_posted)
            <= MINOR_UNITS_MAX - max(credit, 0) - col(CounterRow.credits_pending),
        )
        .values(
            debits_pending=col(CounterRow.debits_pending) + effect.debits_pending,
            credits_pending=col(CounterRow.credits_pending) + effect.credits_pending,
            debits_posted=col(CounterRow.debits_posted) + effect.debits_posted,
            credits_posted=col(CounterRow.credits_posted) + effect.credits_posted,
        )
        .execution_options(synchronize_session=False)
    )
    return moved.rowcount == 1


def insert_expectation(session: Session, new: Expectation, at: datetime) -> bool:
    """Announce a payment; False when its id or its UETR is taken."""
    row: Row = {
        "id": new.id,
        "uetr": new.uetr,
        "kind": new.kind,
        "currency": new.currency,
        "amount": new.amount,
        "debit_account": new.debit_account,
        "credit_account": new.credit_account,
        "value_date": new.value_date,
        "ref": new.ref,
        "references": list(new.references),
        "created_at": at,
    }
    return _insert_new(session, ExpectationRow, row) is not None


def insert_end(session: Session, expectation_id: str, reason: str, at: datetime) -> bool:
    """End an expectation; False when it has ended before."""
    row: Row = {"expectation_id": expectation_id, "reason": reason, "at": at}
    done = _insert_new(session, ExpectationEndRow, row)
    return done is not None


def _insert_new(session: Session, table: type[SQLModel], row: Row) -> Any:  # noqa: ANN401 - a key
    """Insert unless a unique key is taken; the new row's primary key, or None."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    key = inspect(table).primary_key[0]
    statement = dialect.insert(table).values(row).on_conflict_do_nothing().returning(key)
    return session.exec(statement).scalar_one_or_none()
