"""All queries of seals, and of what they are made over.

In: a session. Out: `Seal`, leaves by sequence. Called by: sealer, verification, inclusion; api.
"""

from __future__ import annotations

from sqlmodel import Session, col, select

from node.control import store as control
from node.ledger import store as ledger
from node.ledger.link import content_of
from node.sealing.seal import Book, Seal
from node.sealing.tables import SealRow

Leaf = tuple[int, bytes]  # the sequence of a row, and what of it is sealed


def seals(session: Session, *, after: int = 0, limit: int = 1000) -> list[tuple[Seal, str]]:
    """Seals behind a number, in order, each with the hash that is kept beside it."""
    query = select(SealRow).where(col(SealRow.number) > after).order_by(col(SealRow.number))
    return [(_seal(row), row.hash) for row in session.exec(query.limit(limit))]


def last_seal(session: Session, book: Book | None = None) -> Seal | None:
    """The newest seal; of one book when asked."""
    query = select(SealRow).order_by(col(SealRow.number).desc())
    if book is not None:
        query = query.where(SealRow.book == book)
    row = session.exec(query.limit(1)).first()
    return None if row is None else _seal(row)


def seal_over(session: Session, book: str, sequence: int) -> Seal | None:
    """The seal that covers a row of a book."""
    query = select(SealRow).where(
        SealRow.book == book, col(SealRow.first) <= sequence, col(SealRow.last) >= sequence
    )
    row = session.exec(query).first()
    return None if row is None else _seal(row)


def insert(session: Session, seal: Seal) -> None:
    """Keep a seal."""
    session.add(
        SealRow(
            number=seal.number,
            book=str(seal.book),
            first=seal.first,
            last=seal.last,
            count=seal.count,
            root=seal.root,
            before=seal.before,
            hash=seal.hash,
            at=seal.at,
        )
    )
    session.flush()


def leaves(session: Session, book: str, *, after: int, limit: int) -> list[Leaf]:
    """What is sealed of the rows of a book behind a sequence, in order."""
    if book == Book.JOURNAL:
        found = ledger.entries(session, after=after, limit=limit)
        return [(each.sequence, content_of(each)) for each in found]
    trail = control.audit_page(session, after=after, limit=limit)
    return [(each.sequence, each.leaf.encode()) for each in trail]


def _seal(row: SealRow) -> Seal:
    return Seal(
        number=row.number,
        book=row.book,
        first=row.first,
        last=row.last,
        count=row.count,
        root=row.root,
        before=row.before,
        at=row.at,
    )
