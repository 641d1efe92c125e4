"""All queries on bank files, statements and their entries.

In: a session. Out: records, never rows. Called by: importer (writes); settlement, reconciliation,
api and console (reads). What is read behind a number never misses a later commit: writers take
the order lock first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy.orm import defer
from sqlmodel import Session, col, func, insert, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from node.bank.record import StoredEntry, StoredFile, StoredStatement
from node.bank.statement import BOOKED, STATEMENT, Statement, StatementEntry
from node.bank.tables import BankFileRow, StatementEntryRow, StatementRow
from node.ledger.writes.store import hold_order

__all__ = [
    "NewFile",
    "StoredEntry",
    "StoredFile",
    "StoredStatement",
    "accepted_file",
    "content",
    "entries_after",
    "entries_by_uetr",
    "file",
    "files",
    "hold_order",
    "insert_file",
    "insert_statement",
    "last_statement",
    "statement",
    "statement_entries",
    "statement_with_content",
    "statements",
    "statements_named",
]

_INSERT_ROWS: Final = 2_000
_CONTENT: Final[Any] = BankFileRow.content  # the column itself; col() hides that it is mapped
_SAME_NAME_MAX: Final = 100
_FILE_FIELDS: Final = tuple(each.name for each in fields(StoredFile))
_STATEMENT_FIELDS: Final = tuple(each.name for each in fields(StoredStatement))
_ENTRY_FIELDS: Final = tuple(each.name for each in fields(StoredEntry) if each.name != "account")
_LINE_FIELDS: Final = tuple(each.name for each in fields(StatementEntry) if each.name != "amount")


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to be kept, with the verdict on it."""

    sha256: str
    name: str
    content: bytes
    format: str
    received_by: str
    received_at: datetime
    error_code: str = ""
    error_line: int | None = None
    error_detail: str = ""
    keep_content: bool = True


# ------------------------------------------------------------------------------------- reads


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


# ------------------------------------------------------------------------------------ writes


def insert_file(session: Session, new: NewFile) -> int:
    """Keep a file and give its id; bytes that are kept already are not kept again."""
    known = select(BankFileRow.id).where(
        BankFileRow.sha256 == new.sha256, func.length(BankFileRow.content) > 0
    )
    keep = new.keep_content and session.exec(known).first() is None
    row = BankFileRow(
        sha256=new.sha256,
        name=new.name,
        size_bytes=len(new.content),
        format=new.format,
        accepted=not new.error_code,
        error_code=new.error_code,
        error_line=new.error_line,
        error_detail=new.error_detail,
        received_by=new.received_by,
        received_at=new.received_at,
        content=new.content if keep else b"",
    )
    session.add(row)
    session.flush()
    if row.id is None:
        raise AssertionError("a flushed row has its key")
    return row.id


def insert_statement(
    session: Session,
    new: Statement,
    *,
    row_id: str,
    account: str,
    fingerprint: str,
    file_id: int,
    received_at: datetime,
) -> StoredStatement:
    """Keep a statement with its lines; the caller holds the order lock and has checked it."""
    last = session.exec(select(func.max(StatementRow.sequence))).one() or 0
    row = StatementRow(
        id=row_id,
        sequence=last + 1,
        file_id=file_id,
        kind=new.kind,
        message_id=new.message_id,
        statement_id=new.statement_id,
        number=new.number,
        account=account,
        account_number=new.account_number,
        currency=new.currency,
        opening=None if new.opening is None else new.opening.minor_units,
        closing=None if new.closing is None else new.closing.minor_units,
        opening_date=new.opening_date,
        closing_date=new.closing_date,
        fingerprint=fingerprint,
        received_at=received_at,
    )
    session.add(row)
    session.flush()
    lines = iter(new.entries)
    while batch := [_line(row_id, each) for each in islice(lines, _INSERT_ROWS)]:
        session.exec(insert(StatementEntryRow), params=batch)
    return _statement(row)


# ----------------------------------------------------------------------- rows into the domain


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


def _line(statement_id: str, entry: StatementEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in _LINE_FIELDS} | {
        "statement_id": statement_id,
        "amount": entry.amount.minor_units,
        "currency": entry.amount.asset.code,
    }
