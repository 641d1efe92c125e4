"""Column types that keep what they are given: exact integers, UTC times, lower-case hex.

Called by: every tables.py. Works the same on SQLite and PostgreSQL.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator

UINT256_MAX = 2**256 - 1
_UINT256_DIGITS = 78


class Uint256(TypeDecorator[int]):
    """An unsigned 256-bit integer, kept as text so that no driver rounds it."""

    impl = String(_UINT256_DIGITS)
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> str | None:
        """Integer to text, refusing what an EVM word cannot hold."""
        del dialect
        if value is None:
            return None
        if not 0 <= value <= UINT256_MAX:
            message = f"{value} does not fit an unsigned 256-bit word"
            raise ValueError(message)
        return str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> int | None:
        """Text back to integer."""
        del dialect
        return None if value is None else int(value)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time; naive times are refused rather than guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware time to UTC."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a time without zone cannot be stored"
            raise ValueError(message)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Stored time as aware UTC; SQLite gives it back without its zone."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
