"""All queries of events and of the changes of their standing.

In: a session. Out: `ChainEvent`, `EventChange`. Called by: indexer here; posting, reconciliation,
feed, api, console.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy import select as columns  # the outer shape of a row and a column of another
from sqlmodel import Session, col, func, select

from node.chain.store import standing_of_blocks
from node.core.types import Address, ChainId, EventKey, Hash32
from node.events.event import ChainEvent, Change, EventChange
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


def events_of_receipt(session: Session, key: EventKey) -> tuple[ChainEvent, ...]:
    """All events that the same transaction wrote in the same block, by log index."""
    query = _events().where(
        col(EventRow.chain_id) == key.chain_id,
        col(EventRow.block_hash) == key.block_hash,
        col(EventRow.tx_hash) == key.tx_hash,
    )
    return tuple(_list(session, query.order_by(col(EventRow.log_index))))


def events_of_transaction(session: Session, tx_hash: str) -> list[ChainEvent]:
    """All events of a transaction, in whatever block it stood."""
    return _list(session, _events().where(col(EventRow.tx_hash) == tx_hash))


def events_above(session: Session, chain_id: ChainId, number: int) -> list[ChainEvent]:
    """Events of canonical blocks above a height, newest first: the order of taking back."""
    query = _canonical(chain_id).where(col(EventRow.block_number) > number)
    return _list(
        session, query.order_by(col(EventRow.block_number).desc(), col(EventRow.log_index).desc())
    )


def events_within(session: Session, chain_id: ChainId, low: int, high: int) -> list[ChainEvent]:
    """Events of canonical blocks above `low` up to `high`, in chain order."""
    query = _canonical(chain_id).where(
        col(EventRow.block_number) > low, col(EventRow.block_number) <= high
    )
    return _list(session, query.order_by(col(EventRow.block_number), col(EventRow.log_index)))


def events_of_blocks(
    session: Session, chain_id: ChainId, hashes: Iterable[Hash32]
) -> list[ChainEvent]:
    """Events of some blocks, in chain order."""
    query = _events().where(
        col(EventRow.chain_id) == chain_id, col(EventRow.block_hash).in_(list(hashes))
    )
    return _list(session, query.order_by(col(EventRow.block_number), col(EventRow.log_index)))


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


def insert_event(
    session: Session, new: ChainEvent, *, topics: Sequence[str], data: str
) -> ChainEvent:
    """Keep a decoded log; its id is given back with it."""
    row = EventRow(
        chain_id=new.key.chain_id,
        block_number=new.block_number,
        block_hash=new.key.block_hash,
        block_timestamp=new.block_timestamp,
        tx_hash=new.key.tx_hash,
        log_index=new.key.log_index,
        address=new.address,
        contract=new.contract,
        label=new.label,
        currency=new.currency,
        name=new.name,
        args=new.args,
        uetr=new.uetr,
        topics=list(topics),
        data=data,
    )
    session.add(row)
    session.flush()
    return _event(row, canonical=True)


def insert_changes(
    session: Session, events: Iterable[ChainEvent], change: Change, at: datetime
) -> int:
    """Tell the same step of several events, in their order; gives how many."""
    count = 0
    for each in events:
        session.add(EventChangeRow(event_id=each.id, change=change, at=at))
        session.flush()
        count += 1
    return count


# ----------------------------------------------------------------------- rows into the domain


def _events() -> Select[Any]:
    return columns(EventRow, _BLOCK.canonical).where(
        _BLOCK.chain_id == col(EventRow.chain_id), _BLOCK.hash == col(EventRow.block_hash)
    )


def _canonical(chain_id: ChainId) -> Select[Any]:
    return _events().where(col(EventRow.chain_id) == chain_id, _BLOCK.canonical.is_(True))


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
