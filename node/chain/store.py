"""All queries of block headers.

In: a session, headers. Out: `BlockRef`. Called by: events (indexer, store), app (head).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Select, Subquery
from sqlalchemy import select as columns
from sqlmodel import Session, col, select, update

from node.chain.tables import BlockRow
from node.core.types import BlockNumber, BlockRef, ChainId, Hash32
from node.db.bulk import insert_many

_COLUMNS: Final = ("chain_id", "number", "hash", "parent_hash", "timestamp", "canonical")
_HASHES_PER_QUERY: Final = 500


def put_canonical(session: Session, chain_id: ChainId, blocks: Iterable[BlockRef]) -> set[Hash32]:
    """Take blocks into the canonical chain; gives the hashes of those held from before."""
    given = list(blocks)
    held: set[Hash32] = set()
    for place in range(0, len(given), _HASHES_PER_QUERY):
        held |= _return(
            session, chain_id, [each.hash for each in given[place:][:_HASHES_PER_QUERY]]
        )
    rows = [
        (chain_id, each.number, each.hash, each.parent_hash, each.timestamp, True)
        for each in given
        if each.hash not in held
    ]
    insert_many(session, BlockRow.__tablename__, _COLUMNS, rows)
    return held


def drop_above(session: Session, chain_id: ChainId, number: int) -> None:
    """Take every block above a height out of the canonical chain; the rows stay."""
    session.exec(
        update(BlockRow)
        .where(
            col(BlockRow.chain_id) == chain_id,
            col(BlockRow.number) > number,
            col(BlockRow.canonical).is_(True),
        )
        .values(canonical=False)
    )


def canonical_tail(session: Session, chain_id: ChainId, count: int) -> list[BlockRef]:
    """The newest canonical blocks, in rising order."""
    parts = (BlockRow.number, BlockRow.hash, BlockRow.parent_hash, BlockRow.timestamp)
    query = (
        columns(*map(col, parts))  # whole rows of so many would be most of what a step costs
        .where(col(BlockRow.chain_id) == chain_id, col(BlockRow.canonical).is_(True))
        .order_by(col(BlockRow.number).desc())
        .limit(count)
    )
    return [BlockRef(*row) for row in reversed(session.execute(query).all())]


def canonical_at(session: Session, chain_id: ChainId, number: int) -> BlockRef | None:
    """The canonical block at a height, if it is held."""
    query = select(BlockRow).where(
        BlockRow.chain_id == chain_id,
        BlockRow.number == number,
        col(BlockRow.canonical).is_(True),
    )
    row = session.exec(query).one_or_none()
    return None if row is None else _block(row)


def canonical_up_to(session: Session, chain_id: ChainId, number: int) -> BlockRef | None:
    """The newest canonical block at a height or below: of old blocks not every one is held."""
    query = (
        select(BlockRow)
        .where(
            BlockRow.chain_id == chain_id,
            BlockRow.number <= number,
            col(BlockRow.canonical).is_(True),
        )
        .order_by(col(BlockRow.number).desc())
        .limit(1)
    )
    row = session.exec(query).one_or_none()
    return None if row is None else _block(row)


def last_block(session: Session, chain_id: ChainId) -> BlockRef | None:
    """The newest canonical block, if any is held."""
    tail = canonical_tail(session, chain_id, 1)
    return tail[0] if tail else None


def chain_ids(session: Session) -> set[ChainId]:
    """Every chain of which blocks are held; a database serves one."""
    return {ChainId(each) for each in session.exec(select(BlockRow.chain_id).distinct())}


def standing_of_blocks() -> Subquery:
    """Chain, hash and `canonical` of every block, for those whose rows belong to one."""
    return select(BlockRow.chain_id, BlockRow.hash, BlockRow.canonical).subquery()


def dropped_blocks(chain_id: ChainId, heights: range) -> Select[Any]:
    """The hashes of blocks at these heights that a reorg took out, for a query of others."""
    return columns(col(BlockRow.hash)).where(
        col(BlockRow.chain_id) == chain_id,
        col(BlockRow.number) >= heights.start,
        col(BlockRow.number) < heights.stop,
        col(BlockRow.canonical).is_(False),
    )


def _return(session: Session, chain_id: ChainId, hashes: Sequence[Hash32]) -> set[Hash32]:
    """Make those of the blocks canonical that are held; gives their hashes."""
    ours = (col(BlockRow.chain_id) == chain_id, col(BlockRow.hash).in_(hashes))
    held = {Hash32(each) for each in session.exec(select(BlockRow.hash).where(*ours))}
    if held:
        session.exec(update(BlockRow).where(*ours).values(canonical=True))
    return held


def _block(row: BlockRow) -> BlockRef:
    return BlockRef(
        BlockNumber(row.number), Hash32(row.hash), Hash32(row.parent_hash), row.timestamp
    )
