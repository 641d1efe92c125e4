"""All queries of what people did to breaks and items.

In: a session. Out: notes, where items were put. Called by: matcher, service; api, console.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from node.reconciliation.grouping import Source
from node.reconciliation.item import Record
from node.reconciliation.tables import BreakRow, HandRow, NoteRow


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote, with a file where one was handed in; `content` is read apart."""

    id: int
    by: str
    at: datetime
    text: str
    file_name: str
    sha256: str


def notes(session: Session, break_id: str) -> list[Note]:
    """All notes of a break, oldest first."""
    query = select(NoteRow).where(NoteRow.break_id == break_id).order_by(col(NoteRow.id))
    return [
        Note(row.id or 0, row.by, row.at, row.text, row.file_name, row.sha256)
        for row in session.exec(query)
    ]


def attachment(session: Session, break_id: str, note_id: int) -> tuple[str, bytes] | None:
    """Name and content of the file of a note."""
    row = session.get(NoteRow, note_id)
    if row is None or row.break_id != break_id or row.content is None:
        return None
    return row.file_name, row.content


def insert_note(
    session: Session,
    break_id: str,
    *,
    by: str,
    at: datetime,
    text: str,
    file: tuple[str, str, bytes] | None = None,
) -> None:
    """Keep a note; `file` is name, hash and content."""
    name, sha256, content = file or ("", "", None)
    session.add(
        NoteRow(
            break_id=break_id,
            by=by,
            at=at,
            text=text,
            file_name=name,
            sha256=sha256,
            content=content,
        )
    )
    session.flush()


def put(session: Session) -> dict[Source, str]:
    """The payment of each item that people put somewhere, and did not take out again."""
    newest = select(func.max(HandRow.id)).group_by(col(HandRow.side), col(HandRow.source))
    rows = session.exec(select(HandRow).where(col(HandRow.id).in_(newest)))
    return {(Record(row.side), row.source): row.key for row in rows if row.key}


def last_put(session: Session) -> int:
    """The newest of what people put or took out; zero before the first."""
    return session.exec(select(func.max(HandRow.id))).one() or 0


def insert_put(
    session: Session, sources: Iterable[Source], key: str, approval_id: str, at: datetime
) -> None:
    """Put items into a payment; with an empty key, take them out of where they were put."""
    for side, source in sources:
        session.add(
            HandRow(side=side.value, source=source, key=key, approval_id=approval_id, at=at)
        )
    session.flush()


def set_owner(session: Session, break_id: str, owner: str) -> None:
    """Give a break to somebody."""
    row = session.get_one(BreakRow, break_id)
    row.owner = owner
    session.add(row)
    session.flush()


def set_accepted(session: Session, break_id: str, approval_id: str) -> None:
    """Live with a break, by an approval; with an empty one, no longer."""
    row = session.get_one(BreakRow, break_id)
    row.accepted = approval_id
    session.add(row)
    session.flush()
