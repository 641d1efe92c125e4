"""All queries of signed days.

In: a session. Out: `SignedDay`. Called by: service here; api, console.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from node.days.certificate import FIRST, Certificate
from node.days.tables import DayRow


@dataclass(frozen=True, slots=True)
class SignedDay:
    """A day, its certificate, and the two who signed."""

    day: date
    number: int
    certificate: Certificate
    made_by: str
    signed_by: str
    signed_at: datetime


def days(session: Session, *, after: int = 0, limit: int = 100) -> list[SignedDay]:
    """Signed days behind a number, in the order in which they were signed."""
    query = select(DayRow).where(col(DayRow.number) > after).order_by(col(DayRow.number))
    return [_day(row) for row in session.exec(query.limit(limit))]


def signed(session: Session, day: date) -> SignedDay | None:
    """The day, once it is signed."""
    row = session.get(DayRow, day)
    return None if row is None else _day(row)


def last(session: Session) -> tuple[int, str, date | None]:
    """Number, root and day of what was signed last; zero, a root of zeros and None before it."""
    row = session.exec(select(DayRow).order_by(col(DayRow.number).desc()).limit(1)).first()
    return (0, FIRST, None) if row is None else (row.number, row.root, row.day)


def newest_day(session: Session) -> date | None:
    """The latest day that was signed."""
    return session.exec(select(func.max(DayRow.day))).one()


def insert(session: Session, new: SignedDay, approval_id: str) -> None:
    """Keep a signed day."""
    session.add(
        DayRow(
            day=new.day,
            number=new.number,
            root=new.certificate.root,
            content=new.certificate.text,
            approval_id=approval_id,
            made_by=new.made_by,
            signed_by=new.signed_by,
            signed_at=new.signed_at,
        )
    )
    session.flush()


def _day(row: DayRow) -> SignedDay:
    return SignedDay(
        day=row.day,
        number=row.number,
        certificate=Certificate(row.content, row.root),
        made_by=row.made_by,
        signed_by=row.signed_by,
        signed_at=row.signed_at,
    )
