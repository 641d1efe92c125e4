"""As of when: the cut through the books at which a balance is asked.

In: limits in value time, record time or sequence. Out: `Cut`. Called by: balances and store.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Cut:
    """Entries up to and including each limit that is given; none given means all of them."""

    value_date_until: date | None = None  # when the money counts
    recorded_until: datetime | None = None  # when we knew
    sequence_until: int | None = None  # the exact state of the books, free of clocks


EVERYTHING = Cut()
