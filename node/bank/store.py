"""All queries on bank files, statements and their entries. What writes stands in writes/store.py.

In: a session. Out: records, never rows. Called by: importer here; settlement, reconciliation, api
and console. What is read behind a number never misses a later commit: writers take the order lock
first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import defer
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from node.bank.profile import Closing
from node.bank.record import StoredEntry, StoredFile, StoredStatement
from node.bank.statement import BOOKED, STATEMENT
from node.bank.tables import BankFileRow, BankProfileRow, StatementEntryRow, StatementRow

__all__ = [
    "StoredEntry",
    "StoredFile",
    "StoredStatement",
    "accepted_file",
    "closing",
    "closing_total",
    "content",
    "entries_after",
    "entries_by_uetr",
    "file",
    "files",
    "last_sequence",
    "last_statement",
    "reach",
    "statement",
    "statement_entries",
    "statement_with_content",
    "statements",
    "statements_named",
    "valued_after",
]

_CONTENT: Final[Any] = BankFileRow.content  # the column itself; col() hides that it is mapped
_SAME_NAME_MAX: Final = 100
_FILE_FIELDS: Final = tuple(each.name for each in fields(StoredFile))
_STATEMENT_FIELDS: Final = tuple(each.name for each in fields(StoredStatement))
_ENTRY_FIELDS: Final = tuple(each.name for each in fields(StoredEntry) if each.name != "account")


def files(session: Session, *, after: int = 0, limit: int = 100) -> list[StoredFile]:
    """Files behind an id, in the order in which they came."""
    query = _files().where(col(BankFileRow.id) > after)
    rows = session.exec(query.order_by(col(BankFileRow.id)).limit(limit))
    return [_file(row) for row in rows]


def file(session: Session, file_id: int) -> StoredFile | None:
    """The file under that id, without its content."""
    row = session.exec(_files().where(BankFileRow.id == file_id)).first()
    return None if row is None else _file(row)


def accepted_file(session: Session, sha256: str) -> StoredFile | None:
    """The accepted file with exactly these bytes."""
    query = _files().where(BankFileRow.sha256 == sha256, col(BankFileRow.accepted).is_(True))
    row = session.exec(query).first()
    return None if row is None else _file(row)


def content(session: Session, file_id: int) -> bytes | None:
    """The bytes of a file; kept once for all files with the same. None when nothing is kept."""
    sha256 = select(BankFileRow.sha256).where(BankFileRow.id == file_id).scalar_subquery()
    query = select(BankFileRow.content).where(
        BankFileRow.sha256 == sha256, func.length(BankFileRow.content) > 0
    )
    return session.exec(query.order_by(col(BankFileRow.id))).first()


def statements(
    session: Session, *, after: int = 0, limit: int = 100, account: str | None = None
) -> list[StoredStatement]:
    """Statements and notifications behind a sequence, in order; of one account when asked."""
    query = select(StatementRow).where(col(StatementRow.sequence) > after)
    if account is not None:
        query = query.where(StatementRow.account == account)
    rows = session.exec(query.order_by(col(StatementRow.sequence)).limit(limit))
    return [_statement(row) for row in rows]


def statement(session: Session, statement_id: str) -> StoredStatement | None:
    """The statement under the node's own id."""
    row = session.get(StatementRow, statement_id)
    return None if row is None else _statement(row)


def last_statement(session: Session, account: str) -> StoredStatement | None:
    """The newest statement with balances of an account; notifications do not count."""
    query = select(StatementRow).where(
        StatementRow.account == account, StatementRow.kind == STATEMENT
    )
    row = session.exec(query.order_by(col(StatementRow.sequence).desc()).limit(1)).first()
    return None if row is None else _statement(row)


def last_statements(session: Session, sequence_until: int) -> list[StoredStatement]:
    """The newest statement with balances of each account, up to a sequence; by account."""
    query = select(StatementRow).where(col(StatementRow.sequence).in_(_newest(sequence_until)))
    rows = session.exec(query.order_by(col(StatementRow.account)))
    return [_statement(row) for row in rows]


def last_sequence(session: Session) -> int:
    """The sequence of the newest statement or notification; zero before the first."""
    return session.exec(select(func.max(StatementRow.sequence))).one() or 0


def reach(session: Session, sequence_until: int) -> dict[str, date]:
    """The last day that the statements of each account reach, up to a sequence."""
    query = (
        select(StatementRow.account, func.max(StatementRow.closing_date))
        .where(
            StatementRow.kind == STATEMENT,
            col(StatementRow.closing_date).is_not(None),
            col(StatementRow.sequence) <= sequence_until,
        )
        .group_by(col(StatementRow.account))
    )
    return {account: day for account, day in session.exec(query) if day is not None}


def closing_total(session: Session, currency: str, sequence_until: int) -> int:
    """What the banks have booked by the last statements in a currency, up to a sequence."""
    query = select(func.sum(col(StatementRow.closing) + col(StatementRow.ahead))).where(
        col(StatementRow.sequence).in_(_newest(sequence_until)), StatementRow.currency == currency
    )
    return int(session.exec(query).one() or 0)


def closing(session: Session, account: str) -> Closing:
    """Which lines the closing balances of an account hold."""
    row = session.get(BankProfileRow, account)
    return Closing.BOOKED if row is None else Closing(row.closing)


def valued_after(session: Session, account: str, day: date) -> int:
    """What booked lines of the statements of an account add up to that are valued after a day."""
    query = (
        select(func.sum(StatementEntryRow.amount))
        .join(StatementRow)
        .where(
            StatementRow.account == account,
            StatementRow.kind == STATEMENT,
            StatementEntryRow.status == BOOKED,
            col(StatementEntryRow.value_date) > day,
        )
    )
    return int(session.exec(query).one() or 0)


def statement_with_content(
    session: Session, account: str, fingerprint: str
) -> StoredStatement | None:
    """The statement of an account that says exactly the same."""
    query = select(StatementRow).where(
        StatementRow.account == account, StatementRow.fingerprint == fingerprint
    )
    row = session.exec(query).first()
    return None if row is None else _statement(row)


def statements_named(
    session: Session, account: str, kind: str, statement_id: str
) -> list[StoredStatement]:
    """The newest statements of an account under the bank's identifier."""
    query = select(StatementRow).where(
        StatementRow.account == account,
        StatementRow.kind == kind,
        StatementRow.statement_id == statement_id,
    )
    query = query.order_by(col(StatementRow.sequence).desc()).limit(_SAME_NAME_MAX)
    return [_statement(row) for row in session.exec(query)]


def statement_entries(session: Session, statement_id: str) -> list[StoredEntry]:
    """The lines of one statement, in its order."""
    query = _entries().where(StatementEntryRow.statement_id == statement_id)
    return _as_entries(session.exec(query.order_by(col(StatementEntryRow.position))))


def entries_after(session: Session, *, after: int, limit: int = 100) -> list[StoredEntry]:
    """Booked lines of statements behind an id, in order; notifications are left out."""
    query = _entries().where(
        col(StatementEntryRow.id) > after,
        StatementEntryRow.status == BOOKED,
        StatementRow.kind == STATEMENT,
    )
    return _as_entries(session.exec(query.order_by(col(StatementEntryRow.id)).limit(limit)))


def entries_by_uetr(session: Session, uetr: str) -> list[StoredEntry]:
    """Every line that names a payment, of statements and notifications alike, oldest first."""
    query = _entries().where(StatementEntryRow.uetr == uetr)
    return _as_entries(session.exec(query.order_by(col(StatementEntryRow.id))))


# ----------------------------------------------------------------------- rows into the domain


def _newest(sequence_until: int) -> SelectOfScalar[int]:
    """The sequences of the last statements with balances of all accounts."""
    return (
        select(func.max(StatementRow.sequence))
        .where(StatementRow.kind == STATEMENT, col(StatementRow.sequence) <= sequence_until)
        .group_by(col(StatementRow.account))
    )


def _files() -> SelectOfScalar[BankFileRow]:
    return select(BankFileRow).options(defer(_CONTENT, raiseload=True))


def _entries() -> Select[StatementEntryRow, str]:
    return select(StatementEntryRow, StatementRow.account).join(
        StatementRow, col(StatementRow.id) == col(StatementEntryRow.statement_id)
    )


def _file(row: BankFileRow) -> StoredFile:
    return StoredFile(**{name: getattr(row, name) for name in _FILE_FIELDS})


def _statement(row: StatementRow) -> StoredStatement:
    return StoredStatement(**{name: getattr(row, name) for name in _STATEMENT_FIELDS})


def _as_entries(rows: Iterable[tuple[StatementEntryRow, str]]) -> list[StoredEntry]:
    return [
        StoredEntry(account=account, **{name: getattr(row, name) for name in _ENTRY_FIELDS})
        for row, account in rows
    ]
