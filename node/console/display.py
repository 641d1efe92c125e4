"""How values read on a page: amounts, times, hashes. Exact integers in, text out; never a float.

Called by: page (as template filters), flow, timeline.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from node.core.errors import InvalidAmount
from node.core.money import currency, decimal_text
from node.settlement.settlement import WORDS

_NOTHING = "–"  # noqa: RUF001 - an en dash is how a table says that there is no value
_HASH_KEPT = 8
_HASH_SHORT_ENOUGH = 20
_BYTES_KILO = 1000


def amount(minor_units: int | None, code: str) -> str:
    """Minor units as people read them: (256597200, CAD) -> '2,565,972.00'."""
    if minor_units is None:
        return _NOTHING
    whole, dot, fraction = decimal_text(abs(minor_units), _scale(code)).partition(".")
    sign = "-" if minor_units < 0 else ""
    return f"{sign}{int(whole):,}{dot}{fraction}"


def signed(minor_units: int | None, code: str) -> str:
    """Like `amount`, with a plus sign on what is above zero."""
    text = amount(minor_units, code)
    return f"+{text}" if minor_units and minor_units > 0 else text


def count(value: int) -> str:
    """A whole number with thousands separators."""
    return f"{value:,}"


def moment(at: datetime | int | None) -> str:
    """A time in UTC to the second; seconds since the epoch are understood."""
    if at is None:
        return _NOTHING
    known = datetime.fromtimestamp(at, UTC) if isinstance(at, int) else at.astimezone(UTC)
    return known.strftime("%Y-%m-%d %H:%M:%S")


def machine_time(at: datetime | int) -> str:
    """The same time for the `datetime` attribute."""
    return moment(at).replace(" ", "T") + "Z"


def day(value: date | None) -> str:
    """A date, ISO 8601."""
    return _NOTHING if value is None else value.isoformat()


def short(text: str) -> str:
    """A hash or identifier by its ends; the page carries the whole beside it."""
    if len(text) <= _HASH_SHORT_ENOUGH:
        return text
    return f"{text[: _HASH_KEPT + 2]}…{text[-_HASH_KEPT + 2 :]}"


def size(size_bytes: int) -> str:
    """A file's size in whole kB."""
    if size_bytes < _BYTES_KILO:
        return f"{size_bytes} B"
    return f"{count(-(-size_bytes // _BYTES_KILO))} kB"


def words(code: str) -> str:
    """A code as words: ON_CHAIN -> 'on chain', entry.posted -> 'entry posted'."""
    return code.replace("_", " ").replace(".", " ").lower()


def settled_as(code: str) -> str:
    """How payments are settled together: DVP -> 'delivery versus payment'."""
    return WORDS[code]


def plural(number: int, noun: str) -> str:
    """'1 break', '2 breaks', 'no breaks'."""
    ending = "es" if noun.endswith(("ch", "s", "x")) else "s"
    return f"{count(number) if number else 'no'} {noun}{'' if number == 1 else ending}"


def _scale(code: str) -> int:
    try:
        return currency(code).scale
    except InvalidAmount:  # an undecodable row must still show; its units then show as they are
        return 0
