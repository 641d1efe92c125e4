"""Columns: a number or a time comes back as it went in, or does not go in.

In: a table of the test's own in both kinds of database. Run by pytest.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, Integer, MetaData, Table, insert, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import StatementError

from node.db.columns import UINT256_MAX, Uint256, UtcDateTime

KEPT = Table(
    "kept",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("amount", Uint256),
    Column("at", UtcDateTime),
)


@pytest.fixture
def kept(engine: Engine) -> Iterator[Engine]:
    KEPT.create(engine)
    yield engine
    KEPT.drop(engine)


def through(engine: Engine, column: str, value: object) -> object:
    """Write the value, and read it back."""
    with engine.begin() as connection:
        connection.execute(insert(KEPT), {column: value})
        return connection.execute(select(KEPT.c[column])).scalar_one()


@pytest.mark.parametrize("amount", [-1, UINT256_MAX + 1])
def test_what_no_evm_word_holds_is_refused(kept: Engine, amount: int) -> None:
    with pytest.raises(StatementError, match="does not fit an unsigned 256-bit word"):
        through(kept, "amount", amount)


def test_a_time_without_zone_is_refused(kept: Engine) -> None:
    with pytest.raises(StatementError, match="a time without zone"):
        through(kept, "at", datetime(2026, 10, 5))  # noqa: DTZ001 - what is refused


@pytest.mark.parametrize("amount", [0, 1, 2**53 + 1, 2**63, 10**18, UINT256_MAX])
def test_an_evm_word_comes_back_exact(kept: Engine, amount: int) -> None:
    assert through(kept, "amount", amount) == amount


@pytest.mark.parametrize("column", ["amount", "at"])
def test_nothing_comes_back_as_nothing(kept: Engine, column: str) -> None:
    assert through(kept, column, None) is None


def test_a_time_comes_back_as_the_same_moment_in_utc(kept: Engine) -> None:
    at = datetime(2026, 10, 5, 1, 2, 3, 456789, timezone(timedelta(hours=5, minutes=30)))
    back = through(kept, "at", at)
    assert isinstance(back, datetime)
    assert back == at
    assert back.tzinfo is UTC or back.utcoffset() == timedelta(0)


@given(st.integers(0, UINT256_MAX))
def test_every_evm_word_survives_as_text(amount: int) -> None:
    column, dialect = Uint256(), sqlite.dialect()
    assert column.process_result_value(column.process_bind_param(amount, dialect), dialect) == (
        amount
    )
