"""The statements that change items, matches and breaks.

In: a session, what was found. Out: what is kept. Called by: sources (items), keeping (matches and
breaks), in the matcher's unit of work. Items are never edited.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from node.db.bulk import insert_values
from node.db.order import hold_order
from node.reconciliation.breaks import OWNER
from node.reconciliation.item import Item
from node.reconciliation.match import WITHDRAWN
from node.reconciliation.tables import BreakRow, ItemRow, MatchMemberRow, MatchRow
from node.reconciliation.verdict import Finding, MatchFound

_ITEM = tuple(each.name for each in fields(Item) if each.name != "id")


def insert_items(session: Session, new: Sequence[Item], at: datetime) -> None:
    """Keep items under new ids. A row is taken in once, held by a unique key."""
    rows = ([*(getattr(each, name) for name in _ITEM), at] for each in new)
    insert_values(session, ItemRow, (*_ITEM, "created_at"), rows)


def put_match(session: Session, found: MatchFound, at: datetime) -> bool:
    """Let a match hold exactly these items; whether anything about it is new.

    An item that another match held moves over: its key makes it belong to one match only.
    """
    row = session.get(MatchRow, found.id) or _new_match(session, found, at)
    told = (row.rule, row.uetr, row.difference, row.complete)
    wanted = (found.rule, found.uetr, found.difference, found.complete)
    held = {each.item_id: each for each in _members(session, found.id)}
    if told == wanted and set(held) == set(found.members):
        return False
    row.rule, row.uetr, row.difference, row.complete = wanted
    row.updated_at = at
    session.add(row)
    session.flush()
    for item_id in held.keys() - found.members.keys():
        session.delete(held[item_id])
    for item_id, rule in found.members.items():
        _join(session, MatchMemberRow(item_id=item_id, match_id=found.id, rule=rule, at=at))
    session.flush()
    return True


def withdraw_match(session: Session, match_id: str, at: datetime) -> bool:
    """Let a match hold nothing any more; the row stays as evidence. Whether it held anything."""
    row = session.get(MatchRow, match_id)
    if row is None or row.rule == WITHDRAWN:
        return False
    for each in _members(session, match_id):
        session.delete(each)
    row.rule, row.complete, row.difference, row.updated_at = WITHDRAWN, False, 0, at
    session.add(row)
    session.flush()
    return True


def insert_break(session: Session, break_id: str, found: Finding, at: datetime) -> None:
    """Keep a new break."""
    session.add(
        BreakRow(
            id=break_id,
            sequence=_next(session, col(BreakRow.sequence)),
            subject=found.subject,
            owner=OWNER,
            opened_at=at,
            **_told(found),
        )
    )
    session.flush()


def change_break(session: Session, break_id: str, found: Finding) -> None:
    """Let an open break say what is known by now; its age and owner stay."""
    row = session.get_one(BreakRow, break_id)
    for name, value in _told(found).items():
        setattr(row, name, value)
    session.add(row)
    session.flush()


def close_break(session: Session, break_id: str, reason: str, at: datetime) -> None:
    """End a break, with the reason."""
    row = session.get_one(BreakRow, break_id)
    row.open, row.closed_at, row.closed_reason = False, at, reason
    session.add(row)
    session.flush()


def _new_match(session: Session, found: MatchFound, at: datetime) -> MatchRow:
    return MatchRow(
        id=found.id,
        sequence=_next(session, col(MatchRow.sequence)),
        rule="",
        currency=found.currency,
        uetr=found.uetr,
        complete=False,
        created_at=at,
        updated_at=at,
    )


def _next(session: Session, sequence: Any) -> int:  # noqa: ANN401 - a column
    hold_order(session)
    return (session.exec(select(func.max(sequence))).one() or 0) + 1


def _members(session: Session, match_id: str) -> Sequence[MatchMemberRow]:
    query = select(MatchMemberRow).where(MatchMemberRow.match_id == match_id)
    return session.exec(query).all()


def _join(session: Session, wanted: MatchMemberRow) -> None:
    row = session.get(MatchMemberRow, wanted.item_id)
    if row is None:
        session.add(wanted)
    elif (row.match_id, row.rule) != (wanted.match_id, wanted.rule):
        row.match_id, row.rule, row.at = wanted.match_id, wanted.rule, wanted.at
        session.add(row)


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
