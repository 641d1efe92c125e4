"""All queries of block headers.

In: a session, headers. Out: `BlockRef`. Called by: events (indexer, store), app (head).
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Subquery
from sqlmodel import Session, col, select, update

from node.chain.tables import BlockRow
from node.core.types import BlockNumber, BlockRef, ChainId, Hash32


def put_canonical(session: Session, chain_id: ChainId, blocks: Iterable[BlockRef]) -> set[Hash32]:
    """Take blocks into the canonical chain; gives the hashes of those held from before."""
    returned: set[Hash32] = set()
    for block in blocks:
        held = session.exec(
            select(BlockRow).where(BlockRow.chain_id == chain_id, BlockRow.hash == block.hash)
        ).one_or_none()
        if held is None:
            held = BlockRow(
                chain_id=chain_id,
                number=block.number,
                hash=block.hash,
                parent_hash=block.parent_hash,
                timestamp=block.timestamp,
            )
        else:
            returned.add(block.hash)
        held.canonical = True
        session.add(held)
    session.flush()
    return returned


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
    query = (
        select(BlockRow)
        .where(BlockRow.chain_id == chain_id, col(BlockRow.canonical).is_(True))
        .order_by(col(BlockRow.number).desc())
        .limit(count)
    )
    return [_block(row) for row in reversed(session.exec(query).all())]


def canonical_at(session: Session, chain_id: ChainId, number: int) -> BlockRef | None:
    """The canonical block at a height, if it is held."""
    query = select(BlockRow).where(
        BlockRow.chain_id == chain_id,
        BlockRow.number == number,
        col(BlockRow.canonical).is_(True),
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


def _block(row: BlockRow) -> BlockRef:
    return BlockRef(
        BlockNumber(row.number), Hash32(row.hash), Hash32(row.parent_hash), row.timestamp
    )
