"""The statements that keep bank files, statements and their lines.

In: a session and what to keep. Called by: importer, which holds the order.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from itertools import islice
from typing import Any, Final

from sqlmodel import Session, func, insert, select

from node.bank.profile import Closing
from node.bank.statement import Statement, StatementEntry
from node.bank.tables import BankFileRow, BankProfileRow, StatementEntryRow, StatementRow

_INSERT_ROWS: Final = 2_000
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
    ahead: int,
    received_at: datetime,
) -> None:
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
        ahead=ahead,
        fingerprint=fingerprint,
        received_at=received_at,
    )
    session.add(row)
    session.flush()
    lines = iter(new.entries)
    while batch := [_line(row_id, each) for each in islice(lines, _INSERT_ROWS)]:
        session.exec(insert(StatementEntryRow), params=batch)


def set_closing(session: Session, account: str, closing: Closing) -> None:
    """Say which lines the closing balances of an account hold, from its next statement on."""
    row = session.get(BankProfileRow, account) or BankProfileRow(account=account, closing=closing)
    row.closing = closing
    session.add(row)
    session.flush()


def _line(statement_id: str, entry: StatementEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in _LINE_FIELDS} | {
        "statement_id": statement_id,
        "amount": entry.amount.minor_units,
        "currency": entry.amount.asset.code,
    }
