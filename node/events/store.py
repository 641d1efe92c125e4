"""All queries of events and of the changes of their standing.

In: a session. Out: `ChainEvent`, `EventChange`. Called by: indexer here; posting, reconciliation,
feed, api, console.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, literal
from sqlalchemy import select as columns  # the outer shape of a row and a column of another
from sqlmodel import Session, col, func, select

from node.chain.log_view import LogLine
from node.chain.store import dropped_blocks, standing_of_blocks
from node.core.types import Address, ChainId, EventKey, Hash32
from node.db.bulk import insert_many
from node.db.columns import UtcDateTime
from node.events.event import ChainEvent, Change, EventChange, NewEvent
from node.events.tables import EventChangeRow, EventRow

_BLOCK = standing_of_blocks().c


def event(session: Session, event_id: int) -> ChainEvent | None:
    """The event under that id."""
    return _first(session, _events().where(col(EventRow.id) == event_id))


def event_by_key(session: Session, key: EventKey) -> ChainEvent | None:
    """The event under its chain key."""
    query = _events().where(
        col(EventRow.chain_id) == key.chain_id,
        col(EventRow.block_hash) == key.block_hash,
        col(EventRow.tx_hash) == key.tx_hash,
        col(EventRow.log_index) == key.log_index,
    )
    return _first(session, query)


def events_page(
    session: Session,
    *,
    after: int = 0,
    limit: int = 100,
    name: str | None = None,
    currency: str | None = None,
    contract: str | None = None,
    uetr: str | None = None,
) -> list[ChainEvent]:
    """Events behind an id, in the order in which they were read; retracted ones included."""
    query = _events().where(col(EventRow.id) > after).order_by(col(EventRow.id)).limit(limit)
    wanted = (
        (EventRow.name, name),
        (EventRow.currency, currency),
        (EventRow.contract, contract),
        (EventRow.uetr, uetr),
    )
    for column, value in wanted:
        if value is not None:
            query = query.where(col(column) == value)
    return _list(session, query)


def events_by_uetr(session: Session, uetr: str) -> list[ChainEvent]:
    """Every event of one payment, retracted ones included."""
    return _list(session, _events().where(col(EventRow.uetr) == uetr).order_by(col(EventRow.id)))


def receipts_of(
    session: Session, keys: Collection[EventKey]
) -> dict[EventKey, tuple[ChainEvent, ...]]:
    """For each of these events all that its transaction wrote in its block, by log index."""
    query = _events().where(col(EventRow.tx_hash).in_({key.tx_hash for key in keys}))
    found: dict[tuple[ChainId, Hash32, Hash32], list[ChainEvent]] = defaultdict(list)
    for each in _list(session, query.order_by(col(EventRow.log_index))):
        found[each.key.receipt].append(each)
    return {key: tuple(found[key.receipt]) for key in keys}


def events_of_transactions(session: Session, *tx_hashes: str) -> list[ChainEvent]:
    """All events of some transactions, in whatever block they stood."""
    return _list(session, _events().where(col(EventRow.tx_hash).in_(tx_hashes)))


def changes(session: Session, *, after: int, limit: int) -> list[EventChange]:
    """Steps behind a sequence, in the order the node learned them."""
    query = _changes().where(col(EventChangeRow.sequence) > after)
    return _steps(session, query.order_by(col(EventChangeRow.sequence)).limit(limit))


def final_events(session: Session, *, after: int, limit: int) -> list[EventChange]:
    """The steps to FINAL behind a change sequence."""
    query = _changes().where(
        col(EventChangeRow.sequence) > after, col(EventChangeRow.change) == Change.FINAL
    )
    return _steps(session, query.order_by(col(EventChangeRow.sequence)).limit(limit))


def told_of(session: Session, name: str, *, after: int, until: int) -> list[ChainEvent]:
    """Events under a name of which any step was told behind a sequence, up to another."""
    query = _changes().where(
        col(EventChangeRow.sequence) > after,
        col(EventChangeRow.sequence) <= until,
        col(EventRow.name) == name,
    )
    return [each.event for each in _steps(session, query.order_by(col(EventChangeRow.sequence)))]


def history(session: Session, event_id: int) -> list[EventChange]:
    """Every step of one event."""
    query = _changes().where(col(EventChangeRow.event_id) == event_id)
    return _steps(session, query.order_by(col(EventChangeRow.sequence)))


def standing(session: Session, event_id: int) -> Change:
    """The last step of an event."""
    steps = history(session, event_id)
    return steps[-1].change if steps else Change.SEEN


def last_change(session: Session) -> int:
    """The sequence of the newest step; zero before the first."""
    return session.exec(select(func.max(EventChangeRow.sequence))).one() or 0


def log_lines(session: Session, chain_id: ChainId, heights: range) -> list[LogLine]:
    """The logs of canonical blocks at these heights, in the form that is compared."""
    parts = (EventRow.block_number, EventRow.log_index, EventRow.block_hash, EventRow.tx_hash)
    query = columns(*map(col, (*parts, EventRow.address, EventRow.topics, EventRow.data))).where(
        col(EventRow.chain_id) == chain_id,
        col(EventRow.block_number) >= heights.start,
        col(EventRow.block_number) < heights.stop,
        _BLOCK.chain_id == col(EventRow.chain_id),
        _BLOCK.hash == col(EventRow.block_hash),
        _BLOCK.canonical.is_(True),
    )
    return [
        (number, index, block, tx_hash, address, ",".join(topics), data)
        for number, index, block, tx_hash, address, topics, data in session.execute(query)
    ]


def insert_events(session: Session, new: Iterable[NewEvent]) -> None:
    """Keep logs as they were read."""
    insert_many(session, EventRow.__tablename__, NewEvent._fields, new)


def tell(session: Session, chain_id: ChainId, heights: range, change: Change, at: datetime) -> int:
    """Tell a step of every event of canonical blocks at these heights; gives how many.

    In chain order, or newest first for what is taken back.
    """
    places = [col(EventRow.block_number), col(EventRow.log_index)]
    backwards = change is Change.RETRACTED
    step = literal(change.value), literal(at, UtcDateTime())
    query = (
        columns(col(EventRow.id), *step)
        .where(
            col(EventRow.chain_id) == chain_id,
            col(EventRow.block_number) >= heights.start,
            col(EventRow.block_number) < heights.stop,
            # Nearly always none: cheaper than to ask for the block of each event.
            col(EventRow.block_hash).not_in(dropped_blocks(chain_id, heights)),
        )
        .order_by(*(place.desc() if backwards else place for place in places))
    )
    told = insert(EventChangeRow).from_select(["event_id", "change", "at"], query)
    return session.connection().execute(told).rowcount


# ----------------------------------------------------------------------- rows into the domain


def _events() -> Select[Any]:
    return columns(EventRow, _BLOCK.canonical).where(
        _BLOCK.chain_id == col(EventRow.chain_id), _BLOCK.hash == col(EventRow.block_hash)
    )


def _changes() -> Select[Any]:
    return (
        _events()
        .add_columns(EventChangeRow)
        .where(col(EventChangeRow.event_id) == col(EventRow.id))
    )


def _first(session: Session, query: Select[Any]) -> ChainEvent | None:
    found = _list(session, query)
    return found[0] if found else None


def _list(session: Session, query: Select[Any]) -> list[ChainEvent]:
    return [_event(row, canonical=canonical) for row, canonical in session.execute(query)]


def _steps(session: Session, query: Select[Any]) -> list[EventChange]:
    return [
        EventChange(step.sequence, Change(step.change), _event(row, canonical=canonical), step.at)
        for row, canonical, step in session.execute(query)
    ]


def _event(row: EventRow, *, canonical: bool) -> ChainEvent:
    return ChainEvent(
        id=row.id or 0,
        key=EventKey(
            ChainId(row.chain_id), Hash32(row.block_hash), Hash32(row.tx_hash), row.log_index
        ),
        block_number=row.block_number,
        block_timestamp=row.block_timestamp,
        address=Address(row.address),
        contract=row.contract,
        label=row.label,
        currency=row.currency,
        name=row.name,
        args=dict(row.args),
        uetr=row.uetr,
        ref=str(row.args.get("ref", "")),
        canonical=canonical,
    )
