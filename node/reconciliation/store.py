"""All queries of matches and breaks. What changes them stands in writes/store.py.

In: a session. Out: `Match`, `Break`, never rows. Called by: keeping and proof here; api, console.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from node.db.parts import parts
from node.reconciliation.breaks import Break, Cause, Explained
from node.reconciliation.item import Item, Record
from node.reconciliation.items import store as items
from node.reconciliation.match import WITHDRAWN, Match
from node.reconciliation.tables import BreakRow, MatchRow

_subject = col(BreakRow.subject)

# ----------------------------------------------------------------------------------- matches


def count_matches(session: Session) -> dict[str, int]:
    """How many matches stand, by the rule that made the last link of each."""
    query = select(MatchRow.rule, func.count()).where(MatchRow.rule != WITHDRAWN)
    return dict(session.exec(query.group_by(col(MatchRow.rule))).all())


def matches(session: Session, *, after: int = 0, limit: int = 100) -> list[Match]:
    """Matches behind a sequence, in the order in which they were made."""
    query = select(MatchRow).where(col(MatchRow.sequence) > after, MatchRow.rule != WITHDRAWN)
    rows = session.exec(query.order_by(col(MatchRow.sequence)).limit(limit)).all()
    return _matches(session, rows)


def match_by_id(session: Session, match_id: str) -> Match | None:
    """The match under that id."""
    row = session.get(MatchRow, match_id)
    return None if row is None else _matches(session, [row])[0]


def match_by_uetr(session: Session, uetr: str) -> Match | None:
    """The match of one payment; the newest where several currencies share the reference."""
    query = select(MatchRow).where(MatchRow.uetr == uetr, MatchRow.rule != WITHDRAWN)
    row = session.exec(query.order_by(col(MatchRow.sequence).desc())).first()
    return None if row is None else _matches(session, [row])[0]


# ------------------------------------------------------------------------------ open and closed


def breaks(
    session: Session,
    *,
    open_only: bool,
    after: int = 0,
    limit: int = 100,
    uetr: str | None = None,
) -> list[Break]:
    """Breaks behind a sequence, in the order in which they were opened; of one payment if asked."""
    query = select(BreakRow).where(col(BreakRow.sequence) > after)
    if open_only:
        query = query.where(col(BreakRow.open).is_(True))
    if uetr is not None:
        query = query.where(BreakRow.uetr == uetr)
    rows = session.exec(query.order_by(col(BreakRow.sequence)).limit(limit))
    return [_break(row) for row in rows]


def open_breaks(session: Session) -> list[Break]:
    """Every open break."""
    return _standing(session)


def open_about(session: Session, subjects: Sequence[str]) -> dict[str, Break]:
    """The open breaks about these subjects, by subject."""
    found = [each for part in parts(subjects) for each in _standing(session, _subject.in_(part))]
    return {each.subject: each for each in found}


def open_under(session: Session, prefix: str) -> list[Break]:
    """The open breaks about subjects that begin so."""
    return _standing(session, _subject.startswith(prefix, autoescape=True))


def explained(session: Session, prefix: str = "") -> dict[str, Explained]:
    """What open breaks about subjects that begin so add up to, by currency."""
    query = select(
        BreakRow.currency, func.sum(BreakRow.effect_bank), func.sum(BreakRow.effect_chain)
    ).where(col(BreakRow.open).is_(True), _subject.startswith(prefix, autoescape=True))
    rows = session.exec(query.group_by(col(BreakRow.currency)))
    return {code: Explained(int(bank), int(chain)) for code, bank, chain in rows}


def breaks_of_subject(session: Session, subject: str) -> list[Break]:
    """Every break about one subject, open or closed, oldest first."""
    query = select(BreakRow).where(BreakRow.subject == subject).order_by(col(BreakRow.sequence))
    return [_break(row) for row in session.exec(query)]


def count_breaks(session: Session, subjects: Sequence[str]) -> dict[str, int]:
    """How many breaks there ever were about each of these subjects, where there were any."""
    found: dict[str, int] = {}
    for part in parts(subjects):
        query = select(BreakRow.subject, func.count()).where(col(BreakRow.subject).in_(part))
        found |= dict(session.exec(query.group_by(col(BreakRow.subject))).all())
    return found


def break_by_id(session: Session, break_id: str) -> Break | None:
    """The break under that id."""
    row = session.get(BreakRow, break_id)
    return None if row is None else _break(row)


# ----------------------------------------------------------------------- rows into the domain


def _standing(session: Session, *which: ColumnElement[bool]) -> list[Break]:
    query = select(BreakRow).where(col(BreakRow.open).is_(True), *which)
    rows = session.exec(
        query.order_by(col(BreakRow.sequence)).execution_options(populate_existing=True)
    )
    return [_break(row) for row in rows]


def _matches(session: Session, rows: Sequence[MatchRow]) -> list[Match]:
    held: dict[str, list[Item]] = defaultdict(list)
    for match_id, item in items.of_matches(session, [row.id for row in rows]):
        held[match_id].append(item)
    return [_match(row, tuple(held[row.id])) for row in rows]


def _match(row: MatchRow, held: tuple[Item, ...]) -> Match:
    spoken = {each.side for each in held}
    return Match(
        id=row.id,
        sequence=row.sequence,
        rule=row.rule,
        currency=row.currency,
        uetr=row.uetr,
        difference=row.difference,
        complete=row.complete,
        sides=tuple(side.value for side in Record if side in spoken),
        items=held,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _break(row: BreakRow) -> Break:
    return Break(
        id=row.id,
        sequence=row.sequence,
        subject=row.subject,
        cause=Cause(row.cause),
        side=row.side,
        currency=row.currency,
        amount=row.amount,
        effect_bank=row.effect_bank,
        effect_chain=row.effect_chain,
        value_date=row.value_date,
        uetr=row.uetr,
        owner=row.owner,
        open=row.open,
        accepted=row.accepted,
        explanation=row.explanation,
        evidence=dict(row.evidence),
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        closed_reason=row.closed_reason,
    )
