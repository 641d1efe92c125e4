"""All queries of reconciliation. What changes it stands in writes/store.py.

In: a session. Out: `Item`, `Match`, `Break`, never rows. Called by: matcher, keeping, sweep and
proof here; api and console.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from sqlmodel import Session, col, func, or_, select

from node.reconciliation.breaks import Break, Cause
from node.reconciliation.item import Item, Kind, Record
from node.reconciliation.match import WITHDRAWN, Match
from node.reconciliation.tables import BreakRow, ItemRow, MatchMemberRow, MatchRow

_IN_ONE_QUERY: Final = 5_000  # below what either database binds at once

# ------------------------------------------------------------------------------------- items


def items_by_uetr(session: Session, uetr: str) -> list[Item]:
    """What the three records say about one payment, oldest first."""
    query = select(ItemRow).where(ItemRow.uetr == uetr).order_by(col(ItemRow.id))
    return [item_of(row) for row in session.exec(query)]


def items_after(session: Session, after: int, limit: int | None = None) -> list[Item]:
    """Items behind an id, in the order in which they were taken in."""
    query = select(ItemRow).where(col(ItemRow.id) > after).order_by(col(ItemRow.id)).limit(limit)
    return [item_of(row) for row in session.exec(query)]


def last_item(session: Session) -> int:
    """The id of the newest item; zero before the first."""
    return session.exec(select(func.max(ItemRow.id))).one() or 0


def unsettled_items(session: Session) -> list[Item]:
    """Items that are in no match, or in one that lacks a record or does not add up."""
    settled = select(MatchRow.id).where(col(MatchRow.complete).is_(True), MatchRow.difference == 0)
    member = select(MatchMemberRow.item_id).where(col(MatchMemberRow.match_id).in_(settled))
    query = select(ItemRow).where(col(ItemRow.id).not_in(member)).order_by(col(ItemRow.id))
    return [item_of(row) for row in session.exec(query)]


def items_touching(session: Session, after: int, sources: Iterable[str]) -> list[Item]:
    """Items of the payments that items behind an id name, and the rows under these sources."""
    uetrs = select(ItemRow.uetr).where(col(ItemRow.id) > after, ItemRow.uetr != "")
    named = or_(col(ItemRow.uetr).in_(uetrs), col(ItemRow.source).in_(set(sources)))
    return [item_of(row) for row in session.exec(select(ItemRow).where(named))]


def companions(session: Session, item_ids: Sequence[int]) -> list[Item]:
    """All that is in a match with one of these items, themselves included."""
    found: dict[int, Item] = {}
    for start in range(0, len(item_ids), _IN_ONE_QUERY):
        part = item_ids[start : start + _IN_ONE_QUERY]
        matches = select(MatchMemberRow.match_id).where(col(MatchMemberRow.item_id).in_(part))
        members = select(MatchMemberRow.item_id).where(col(MatchMemberRow.match_id).in_(matches))
        for row in session.exec(select(ItemRow).where(col(ItemRow.id).in_(members))):
            item = item_of(row)
            found[item.id] = item
    return list(found.values())


def count_items(session: Session) -> dict[str, int]:
    """How many items each record has given."""
    query = select(ItemRow.side, func.count()).group_by(col(ItemRow.side))
    return dict(session.exec(query).all())


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
    query = select(BreakRow).where(col(BreakRow.open).is_(True)).order_by(col(BreakRow.sequence))
    rows = session.exec(query.execution_options(populate_existing=True))
    return [_break(row) for row in rows]


def breaks_of_subject(session: Session, subject: str) -> list[Break]:
    """Every break about one subject, open or closed, oldest first."""
    query = select(BreakRow).where(BreakRow.subject == subject).order_by(col(BreakRow.sequence))
    return [_break(row) for row in session.exec(query)]


def count_breaks(session: Session, subjects: Sequence[str]) -> dict[str, int]:
    """How many breaks there ever were about each of these subjects, where there were any."""
    found: dict[str, int] = {}
    for start in range(0, len(subjects), _IN_ONE_QUERY):
        part = subjects[start : start + _IN_ONE_QUERY]
        query = select(BreakRow.subject, func.count()).where(col(BreakRow.subject).in_(part))
        found |= dict(session.exec(query.group_by(col(BreakRow.subject))).all())
    return found


def break_by_id(session: Session, break_id: str) -> Break | None:
    """The break under that id."""
    row = session.get(BreakRow, break_id)
    return None if row is None else _break(row)


# ----------------------------------------------------------------------- rows into the domain


def item_of(row: ItemRow) -> Item:
    """A row as an item."""
    return Item(
        id=row.id or 0,
        side=Record(row.side),
        source=row.source,
        kind=Kind(row.kind),
        currency=row.currency,
        amount=row.amount,
        value_date=row.value_date,
        uetr=row.uetr,
        account=row.account,
        references=tuple(row.references),
        evidence=dict(row.evidence),
    )


def _matches(session: Session, rows: Sequence[MatchRow]) -> list[Match]:
    query = (
        select(MatchMemberRow, ItemRow)
        .join(ItemRow, col(ItemRow.id) == col(MatchMemberRow.item_id))
        .where(col(MatchMemberRow.match_id).in_([row.id for row in rows]))
        .order_by(col(MatchMemberRow.item_id))
    )
    held: dict[str, list[Item]] = defaultdict(list)
    for member, item in session.exec(query):
        held[member.match_id].append(item_of(item))
    return [_match(row, tuple(held[row.id])) for row in rows]


def _match(row: MatchRow, items: tuple[Item, ...]) -> Match:
    spoken = {each.side for each in items}
    return Match(
        id=row.id,
        sequence=row.sequence,
        rule=row.rule,
        currency=row.currency,
        uetr=row.uetr,
        difference=row.difference,
        complete=row.complete,
        sides=tuple(side.value for side in Record if side in spoken),
        items=items,
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
