"""The statements that change the books: inserts, and the four counters.

In: a session and what to write. Out: whether it was written; a taken key is an answer, not an
error, so that PostgreSQL's transaction survives it. Called by: journal.py alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, inspect, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from node.db.bulk import insert_values
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

Row = dict[str, Any]
Placed = tuple[int, str, Entry]  # sequence, link, entry
_COUNTERS: Final = ("debits_pending", "credits_pending", "debits_posted", "credits_posted")
_ENTRY: Final = (
    *("sequence", "id", "phase", "rule", "currency", "uetr", "expectation_id", "event_key"),
    *("resolves", "reversal_of", "value_date", "recorded_at", "narrative", "evidence", "link"),
)
_POSTING: Final = ("entry_sequence", "account", "side", "amount")
_KEPT: Final = CounterRow.__table__.c  # type: ignore[attr-defined]
_ADD: Final = (
    update(CounterRow.__table__)  # type: ignore[attr-defined]
    .where(_KEPT.account == bindparam("of"))
    .values({name: _KEPT[name] + bindparam(f"more_{name}") for name in _COUNTERS})
)


def insert_entries(session: Session, new: Iterable[Placed]) -> None:
    """Write entries, each under its sequence and with its link."""
    placed = list(new)
    insert_values(session, EntryRow, _ENTRY, (_row(*each) for each in placed))
    lines = ((n, p.account, p.side.value, p.amount) for n, _, e in placed for p in e.postings)
    insert_values(session, PostingRow, _POSTING, lines)


def insert_accounts(session: Session, new: Sequence[Account], at: datetime) -> None:
    """Write accounts and their counters; an account that exists is left as it is."""
    for each in new:
        row: Row = {
            "code": each.code,
            "kind": each.kind,
            "currency": each.currency,
            "normal_side": each.normal_side,
            "label": each.label,
            "opened_at": at,
        }
        _insert_new(session, AccountRow, row)
        _insert_new(session, CounterRow, {"account": each.code, **dict.fromkeys(_COUNTERS, 0)})


def add_to_counters(session: Session, effects: Sequence[Balance]) -> None:
    """Move counters by what each effect says; one that stays where it is costs nothing."""
    moving = [
        {"of": each.account} | {f"more_{name}": getattr(each, name) for name in _COUNTERS}
        for each in effects
        if each != Balance(each.account)
    ]
    if moving:
        session.connection().execute(_ADD, moving)


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


def _row(sequence: int, link: str, new: Entry) -> tuple[Any, ...]:
    """The columns of `_ENTRY`."""
    return (
        sequence,
        str(new.id),
        new.phase.value,
        new.rule,
        new.currency,
        new.uetr,
        new.expectation_id,
        new.event_key,
        new.resolves and str(new.resolves),
        new.reversal_of and str(new.reversal_of),
        new.value_date,
        new.recorded_at,
        new.narrative,
        new.evidence,
        link,
    )


def _insert_new(session: Session, table: type[SQLModel], row: Row) -> Any:  # noqa: ANN401 - a key
    """Insert unless a unique key is taken; the new row's primary key, or None."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    key = inspect(table).primary_key[0]
    statement = dialect.insert(table).values(row).on_conflict_do_nothing().returning(key)
    return session.exec(statement).scalar_one_or_none()
