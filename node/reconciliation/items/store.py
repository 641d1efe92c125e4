"""All queries of items. What keeps them stands in ../writes/store.py.

In: a session. Out: `Item`, never rows. Called by: pool here; matches and cases of reconciliation;
api, console and days.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, select, tuple_
from sqlmodel import Session, and_, col, func, or_
from sqlmodel import select as select_one

from node.db.parts import parts
from node.reconciliation.breaks import Cause
from node.reconciliation.item import Item, Kind, Record
from node.reconciliation.tables import BreakRow, HandRow, ItemRow, MatchMemberRow, MatchRow

_COLUMNS: Final[tuple[Any, ...]] = (
    *(ItemRow.id, ItemRow.side, ItemRow.source, ItemRow.kind, ItemRow.currency),
    *(ItemRow.amount, ItemRow.value_date, ItemRow.uetr, ItemRow.account),
    *(ItemRow.references, ItemRow.evidence),
)
Shape = tuple[str, str, int]  # account, currency, amount


def by_uetr(session: Session, uetr: str) -> list[Item]:
    """What the three records say about one payment, oldest first."""
    return _items(session, col(ItemRow.uetr) == uetr)


def by_names(session: Session, names: Collection[str]) -> list[Item]:
    """What goes by these names: the reference of its payment, or the row that it stands for."""
    every = col(ItemRow.side).in_(list(Record))  # the key of a row begins with it
    found: list[Item] = []
    for part in parts(sorted(each for each in names if ":" in each)):
        found += _items(session, every, col(ItemRow.source).in_(part))
    for part in parts(sorted(each for each in names if ":" not in each)):
        found += _items(session, col(ItemRow.uetr).in_(part))
    return found


def after(session: Session, item_id: int, limit: int | None = None) -> list[Item]:
    """Items behind an id, in the order in which they were taken in."""
    return _items(session, col(ItemRow.id) > item_id, limit=limit)


def last(session: Session) -> int:
    """The id of the newest item; zero before the first."""
    return session.exec(select_one(func.max(ItemRow.id))).one() or 0


def of_matches(session: Session, match_ids: Collection[str]) -> Iterator[tuple[str, Item]]:
    """Every item of these matches, each with the id of its match."""
    member = col(MatchMemberRow.match_id)
    query = select(member, *_COLUMNS).join(ItemRow, col(ItemRow.id) == MatchMemberRow.item_id)
    rows = session.execute(query.where(member.in_(match_ids)).order_by(col(ItemRow.id)))
    return ((match_id, _item(rest)) for match_id, *rest in rows)


def count(session: Session) -> dict[str, int]:
    """How many items each record has given."""
    query = select_one(ItemRow.side, func.count()).group_by(col(ItemRow.side))
    return dict(session.exec(query).all())


# ------------------------------------------------------------------ what a comparison looks at


def put_after(session: Session, hand: int) -> list[Item]:
    """Items that people put somewhere, or took out, behind a place in the order."""
    same = and_(HandRow.side == ItemRow.side, HandRow.source == ItemRow.source)
    put = select_one(HandRow.id).where(same, col(HandRow.id) > hand)
    return _items(session, put.exists())


def places_put(session: Session, hand: int) -> set[str]:
    """The payments to which those items were ever put."""
    put = select_one(HandRow.source).where(col(HandRow.id) > hand)
    return set(session.exec(select_one(HandRow.key).where(col(HandRow.source).in_(put))))


def companions(session: Session, item_ids: Sequence[int]) -> list[Item]:
    """All that is in a match with one of these items, themselves included."""
    item, match = col(MatchMemberRow.item_id), col(MatchMemberRow.match_id)
    found: dict[int, Item] = {}
    for part in parts(item_ids):
        matches = select_one(match).where(item.in_(part))
        members = select_one(item).where(match.in_(matches))
        found |= {each.id: each for each in _items(session, col(ItemRow.id).in_(members))}
    return list(found.values())


def open_lines(session: Session, shapes: Collection[Shape]) -> list[Item]:
    """Statement lines without a payment's reference that are unsettled, of these shapes."""
    return _of_shapes(session, shapes, col(ItemRow.side) == Record.BANK, col(ItemRow.uetr) == "")


def open_entries(session: Session, shapes: Collection[Shape]) -> list[Item]:
    """What the books hold and nothing has settled, of these shapes."""
    return _of_shapes(session, shapes, col(ItemRow.side) == Record.BOOKS)


def newly_reached(
    session: Session, before: Mapping[str, date], now: Mapping[str, date]
) -> list[Item]:
    """Unsettled entries on nostros whose statements have come to reach their value dates."""
    found: list[Item] = []
    for account, day in sorted(now.items()):
        was = before.get(account)
        if was is None or was < day:
            value_date = col(ItemRow.value_date)
            of_account = [col(ItemRow.side) == Record.BOOKS, col(ItemRow.account) == account]
            since = [] if was is None else [value_date > was]
            found += _items(session, *of_account, value_date <= day, *since, _UNSETTLED)
    return found


def lone_lines(session: Session) -> dict[str, bool]:
    """Payments named by statement lines that stand alone; whether one was said to be on its way."""
    query = select_one(BreakRow.uetr, BreakRow.cause).where(
        col(BreakRow.open).is_(True),
        BreakRow.uetr != "",
        or_(
            and_(col(BreakRow.cause) == Cause.TIMING, BreakRow.side == Record.CHAIN),
            and_(col(BreakRow.cause) == Cause.UNIDENTIFIED, BreakRow.side == Record.BANK),
        ),
    )
    return {uetr: cause == Cause.TIMING for uetr, cause in session.exec(query)}


# In a match that lacks a record or does not add up, or in none.
_UNSETTLED: Final = (
    ~select_one(MatchMemberRow.item_id)
    .join(MatchRow, col(MatchRow.id) == col(MatchMemberRow.match_id))
    .where(
        col(MatchMemberRow.item_id) == col(ItemRow.id),
        col(MatchRow.complete).is_(True),
        MatchRow.difference == 0,
    )
    .exists()
)


def _of_shapes(
    session: Session, shapes: Collection[Shape], *which: ColumnElement[bool]
) -> list[Item]:
    shape = tuple_(col(ItemRow.account), col(ItemRow.currency), col(ItemRow.amount))
    found: list[Item] = []
    for part in parts(sorted(shapes), each=3):
        found += _items(session, shape.in_(part), *which, _UNSETTLED)
    return found


def _items(session: Session, *which: ColumnElement[bool], limit: int | None = None) -> list[Item]:
    query = select(*_COLUMNS).where(*which).order_by(col(ItemRow.id)).limit(limit)
    return list(map(_item, session.execute(query)))


def _item(row: Iterable[Any]) -> Item:
    """An item from the values of `_COLUMNS`."""
    values: Iterator[Any] = iter(row)
    id_, side, source, kind, currency, amount, value_date, uetr, account, references, told = values
    return Item(
        id=id_,
        side=Record(side),
        source=source,
        kind=Kind(kind),
        currency=currency,
        amount=amount,
        value_date=value_date,
        uetr=uetr,
        account=account,
        references=tuple(references),
        evidence=told,
    )
