"""Business days of a currency: when the system through which its banks pay each other is open.

In: days and a currency code. Out: counts of days. Called by: reconciliation. Pure.
Sources: the calendars of the package `holidays` for TARGET (ECB), Fedwire (Federal Reserve), the
exchanges of a country where its payment system follows them, else its public holidays; for other
currencies, Monday to Friday.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import date, timedelta
from functools import cache
from typing import Final

from holidays import country_holidays, financial_holidays

_FINANCIAL: Final = {"EUR": "ECB", "USD": "FED", "CHF": "SIX", "INR": "NSE", "JPY": "JPX"}
_COUNTRY: Final = {
    "AED": "AE",
    "AUD": "AU",
    "BRL": "BR",
    "CAD": "CA",
    "CNY": "CN",
    "CZK": "CZ",
    "DKK": "DK",
    "GBP": "GB",
    "HKD": "HK",
    "HUF": "HU",
    "IDR": "ID",
    "ILS": "IL",
    "KRW": "KR",
    "MXN": "MX",
    "MYR": "MY",
    "NOK": "NO",
    "NZD": "NZ",
    "PHP": "PH",
    "PLN": "PL",
    "RON": "RO",
    "SAR": "SA",
    "SEK": "SE",
    "SGD": "SG",
    "THB": "TH",
    "TRY": "TR",
    "TWD": "TW",
    "ZAR": "ZA",
}
_SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)


def is_business_day(day: date, code: str) -> bool:
    """Whether payments in the currency settle on that day."""
    return day.weekday() < _SATURDAY and day not in _closed(code)


def business_days(since: date, until: date, code: str) -> int:
    """How many business days lie behind `since` and up to `until`; none when it is not later."""
    days = (until - since).days
    return sum(is_business_day(since + number * _DAY, code) for number in range(1, days + 1))


@cache
def _closed(code: str) -> Container[date]:
    if code in _FINANCIAL:
        return financial_holidays(_FINANCIAL[code])
    return country_holidays(_COUNTRY[code]) if code in _COUNTRY else frozenset()
