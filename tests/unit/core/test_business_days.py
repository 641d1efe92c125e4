"""Business days: weekends, holidays of payment systems, currencies nobody keeps a list of."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.core.business_days import business_days, is_business_day

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)


@pytest.mark.parametrize(
    ("code", "day", "is_open"),
    [
        ("EUR", date(2026, 5, 1), False),  # Labour Day is a TARGET holiday
        ("EUR", date(2026, 11, 26), True),
        ("USD", date(2026, 11, 26), False),  # Thanksgiving
        ("USD", date(2026, 5, 1), True),
        ("GBP", date(2026, 12, 28), False),  # Boxing Day, observed
        ("CAD", date(2026, 7, 1), False),
        ("XXX", date(2026, 12, 25), True),
        ("XXX", date(2026, 11, 21), False),
    ],
)
def test_a_day_is_open_where_its_payment_system_is(code: str, day: date, *, is_open: bool) -> None:
    assert is_business_day(day, code) is is_open


def test_a_weekend_does_not_age() -> None:
    assert business_days(FRIDAY, FRIDAY, "EUR") == 0
    assert business_days(FRIDAY, date(2026, 11, 22), "EUR") == 0
    assert business_days(FRIDAY, MONDAY, "EUR") == 1
    assert business_days(MONDAY, FRIDAY, "EUR") == 0


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 40), st.integers(0, 40))
def test_ages_add_up(since: date, first: int, second: int) -> None:
    middle = date.fromordinal(since.toordinal() + first)
    end = date.fromordinal(middle.toordinal() + second)
    for code in ("EUR", "USD", "XXX"):
        whole = business_days(since, end, code)
        assert whole == business_days(since, middle, code) + business_days(middle, end, code)
