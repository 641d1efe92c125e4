"""Rows of block headers: taken in, flipped by a reorg, never lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from node.chain import store
from node.chain.tables import BlockRow
from node.core.types import BlockNumber, BlockRef, ChainId, Hash32
from node.db.engine import open_engine
from node.db.unit_of_work import unit_of_work

CHAIN, OTHER = ChainId(131277322940537), ChainId(1)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Give a database of each kind."""
    made = open_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Give one unit of work on it."""
    with unit_of_work(engine) as work:
        yield work


def block(number: int, fork: str = "a") -> BlockRef:
    def name(at: int) -> Hash32:
        return Hash32(f"0x{fork}{at:063x}")

    return BlockRef(BlockNumber(number), name(number), name(number - 1), 1000 + number)


def test_an_empty_database_has_no_block(session: Session) -> None:
    assert store.last_block(session, CHAIN) is None
    assert store.canonical_at(session, CHAIN, 1) is None
    assert store.canonical_tail(session, CHAIN, 5) == []
    store.drop_above(session, CHAIN, 0)


def test_blocks_are_held_in_order(session: Session) -> None:
    assert store.put_canonical(session, CHAIN, map(block, range(1, 6))) == set()
    assert store.last_block(session, CHAIN) == block(5)
    assert store.canonical_tail(session, CHAIN, 3) == [block(3), block(4), block(5)]
    assert store.canonical_at(session, CHAIN, 2) == block(2)


def test_large_numbers_are_kept_exactly(session: Session) -> None:
    far = BlockRef(BlockNumber(2**62), Hash32("0xf"), Hash32("0xe"), 2**40)
    store.put_canonical(session, CHAIN, [far])
    assert store.last_block(session, CHAIN) == far


def test_chains_do_not_mix(session: Session) -> None:
    store.put_canonical(session, CHAIN, [block(1), block(2)])
    store.put_canonical(session, OTHER, [block(1)])
    store.drop_above(session, CHAIN, 0)
    assert store.last_block(session, CHAIN) is None
    assert store.last_block(session, OTHER) == block(1)


def test_a_reorg_flips_blocks_and_keeps_their_rows(session: Session) -> None:
    store.put_canonical(session, CHAIN, map(block, range(1, 5)))
    store.drop_above(session, CHAIN, 2)
    assert store.last_block(session, CHAIN) == block(2)
    assert store.put_canonical(session, CHAIN, [block(3, "b")]) == set()
    assert store.canonical_tail(session, CHAIN, 9) == [block(1), block(2), block(3, "b")]
    rows = session.exec(select(BlockRow)).all()
    kept = {(row.hash, row.canonical) for row in rows}
    assert kept == {(block(number).hash, number <= 2) for number in range(1, 5)} | {
        (block(3, "b").hash, True)
    }


def test_a_block_that_returns_is_told_apart_from_a_new_one(session: Session) -> None:
    store.put_canonical(session, CHAIN, map(block, range(1, 4)))
    store.drop_above(session, CHAIN, 1)
    store.put_canonical(session, CHAIN, [block(2, "b")])
    store.drop_above(session, CHAIN, 1)
    returned = store.put_canonical(session, CHAIN, [block(2), block(3), block(4)])
    assert returned == {block(2).hash, block(3).hash}
    assert store.canonical_tail(session, CHAIN, 9) == [block(1), block(2), block(3), block(4)]
    assert len(session.exec(select(BlockRow)).all()) == 5


def test_the_standing_of_every_block_is_told(session: Session) -> None:
    store.put_canonical(session, CHAIN, [block(1), block(2)])
    store.drop_above(session, CHAIN, 1)
    standing = store.standing_of_blocks()
    found = session.execute(select(standing.c.hash, standing.c.canonical)).all()
    assert {tuple(row) for row in found} == {(block(1).hash, True), (block(2).hash, False)}


def test_what_a_failed_unit_of_work_held_is_gone(engine: Engine) -> None:
    def fail() -> None:
        with unit_of_work(engine) as work:
            store.put_canonical(work, CHAIN, [block(1)])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with unit_of_work(engine) as work:
        assert store.last_block(work, CHAIN) is None
