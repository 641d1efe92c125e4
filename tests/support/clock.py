"""A clock that stands where a test puts it.

In: a moment. Out: `Clock`, which answers as the node's own does. Used by builders and tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@dataclass
class Clock:
    """The same moment, until a test moves it."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return self.at.date()

    def later(self, **more: int) -> datetime:
        """Move on by hours, days or the like, and tell the time."""
        self.at += timedelta(**more)
        return self.at
