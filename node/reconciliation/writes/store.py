"""The statements that change items, matches and breaks.

In: a session, what was found. Out: what is kept. Called by: sources (items), keeping (matches and
breaks), in the matcher's unit of work. Items are never edited.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Mapped
from sqlmodel import Session, SQLModel, col, delete, func, insert, select, update

from node.db.bulk import insert_values
from node.db.order import hold_order
from node.db.parts import parts
from node.reconciliation.breaks import OWNER
from node.reconciliation.item import Item
from node.reconciliation.match import WITHDRAWN
from node.reconciliation.tables import BreakRow, ItemRow, MatchMemberRow, MatchRow
from node.reconciliation.verdict import Finding, MatchFound

_ITEM: Final = tuple(each.name for each in fields(Item) if each.name != "id")
_MATCH: Final = (
    *("id", "sequence", "rule", "currency", "uetr", "difference", "complete"),
    *("created_at", "updated_at"),
)


def insert_items(session: Session, new: Sequence[Item], at: datetime) -> None:
    """Keep items under new ids. A row is taken in once, held by a unique key."""
    rows = ([*(getattr(each, name) for name in _ITEM), at] for each in new)
    insert_values(session, ItemRow, (*_ITEM, "created_at"), rows)


def put_matches(session: Session, found: Sequence[MatchFound], at: datetime) -> list[MatchFound]:
    """Let each match hold exactly its items; gives those of which anything is new.

    An item that another match held moves over: its key makes it belong to one match only.
    """
    kept = {row.id: row for row in _matches(session, [each.id for each in found])}
    held: dict[str, set[int]] = defaultdict(set)
    for member in _members(session, col(MatchMemberRow.match_id), list(kept)):
        held[member.match_id].add(member.item_id)
    news = [e for e in found if _differs(e, kept.get(e.id)) or held[e.id] != e.members.keys()]
    if not news:
        return []
    _put_rows(session, news, kept, at)
    wanted = {item: (each.id, rule) for each in news for item, rule in each.members.items()}
    _leave(session, {item for each in news for item in held[each.id]} - wanted.keys())
    _join(session, wanted, at)
    return news


def withdraw_matches(session: Session, match_ids: Sequence[str], at: datetime) -> int:
    """Let matches hold nothing any more; their rows stay as evidence. How many held anything."""
    rows = [row for row in _matches(session, match_ids) if row.rule != WITHDRAWN]
    ids = [row.id for row in rows]
    _leave(session, {m.item_id for m in _members(session, col(MatchMemberRow.match_id), ids)})
    _change(session, MatchRow, [
        {"id": id_, "rule": WITHDRAWN, "complete": False, "difference": 0, "updated_at": at}
        for id_ in ids
    ])  # fmt: skip
    return len(rows)


def insert_breaks(session: Session, new: Sequence[tuple[str, Finding]], at: datetime) -> None:
    """Keep new breaks, each under its id."""
    if not new:
        return
    first = _next(session, col(BreakRow.sequence))
    session.execute(
        insert(BreakRow),
        [
            {
                "id": id_,
                "sequence": sequence,
                "subject": found.subject,
                "owner": OWNER,
                "opened_at": at,
                **_told(found),
            }
            for sequence, (id_, found) in enumerate(new, start=first)
        ],
    )


def change_breaks(session: Session, changed: Sequence[tuple[str, Finding]]) -> None:
    """Let open breaks say what is known by now; their age and owner stay, not their acceptance."""
    _change(session, BreakRow, [{"id": i, "accepted": "", **_told(found)} for i, found in changed])


def close_breaks(session: Session, break_ids: Sequence[str], reason: str, at: datetime) -> None:
    """End breaks, with the reason."""
    _change(session, BreakRow, [
        {"id": id_, "open": False, "closed_at": at, "closed_reason": reason} for id_ in break_ids
    ])  # fmt: skip


def _put_rows(
    session: Session, news: Sequence[MatchFound], kept: Mapping[str, MatchRow], at: datetime
) -> None:
    first = _next(session, col(MatchRow.sequence))
    fresh = [each for each in news if each.id not in kept]
    rows = [
        (e.id, sequence, e.rule, e.currency, e.uetr, e.difference, e.complete, at, at)
        for sequence, e in enumerate(fresh, start=first)
    ]
    insert_values(session, MatchRow, _MATCH, rows)
    _change(session, MatchRow, [
        {"id": e.id, "rule": e.rule, "uetr": e.uetr, "difference": e.difference,
         "complete": e.complete, "updated_at": at}
        for e in news if e.id in kept
    ])  # fmt: skip


def _join(session: Session, wanted: Mapping[int, tuple[str, str]], at: datetime) -> None:
    """Let items be members of matches, by a rule each."""
    there = {
        row.item_id: (row.match_id, row.rule)
        for row in _members(session, col(MatchMemberRow.item_id), list(wanted))
    }
    rows = ((item, *wanted[item], at) for item in wanted if item not in there)
    insert_values(session, MatchMemberRow, ("item_id", "match_id", "rule", "at"), rows)
    _change(session, MatchMemberRow, [
        {"item_id": item, "match_id": match, "rule": rule, "at": at}
        for item, (match, rule) in wanted.items()
        if item in there and there[item] != (match, rule)
    ])  # fmt: skip


def _leave(session: Session, item_ids: Collection[int]) -> None:
    for part in parts(sorted(item_ids)):
        session.exec(delete(MatchMemberRow).where(col(MatchMemberRow.item_id).in_(part)))


def _change(session: Session, table: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    """Change rows by their primary keys."""
    if rows:
        session.execute(update(table), rows)


def _differs(found: MatchFound, row: MatchRow | None) -> bool:
    if row is None:
        return True
    told = (row.rule, row.uetr, row.difference, row.complete)
    return told != (found.rule, found.uetr, found.difference, found.complete)


def _matches(session: Session, ids: Sequence[str]) -> list[MatchRow]:
    found: list[MatchRow] = []
    for part in parts(ids):
        found += session.exec(select(MatchRow).where(col(MatchRow.id).in_(part)))
    return found


def _members(session: Session, key: Mapped[Any], values: Sequence[Any]) -> list[MatchMemberRow]:
    found: list[MatchMemberRow] = []
    for part in parts(values):
        found += session.exec(select(MatchMemberRow).where(key.in_(part)))
    return found


def _next(session: Session, sequence: Any) -> int:  # noqa: ANN401 - a column
    hold_order(session)
    return (session.exec(select(func.max(sequence))).one() or 0) + 1


def _told(found: Finding) -> dict[str, Any]:
    return {
        "cause": found.cause,
        "side": found.side,
        "currency": found.currency,
        "amount": found.amount,
        "effect_bank": found.effect_bank,
        "effect_chain": found.effect_chain,
        "value_date": found.value_date,
        "uetr": found.uetr,
        "explanation": found.explanation,
        "evidence": dict(found.evidence),
    }
