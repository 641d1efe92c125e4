"""The records of a BAI2 file and the fields of one.

In: the lines of a file. Out: `Record`s, and what their fields say. Called by: the format bai2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from node.bank import text as plain
from node.bank.text import Line

_CREDITS: Final = range(100, 400)
_DEBITS: Final = range(400, 700)
_DISTRIBUTED: Final = "S"  # funds type with three amounts behind it
_DATED: Final = "V"  # with a day and a time behind it
_BY_DAYS: Final = "D"  # with a count of pairs behind it
_DIGITS_MAX: Final = 18  # of what fits into 64 bits
_COUNT_DIGITS_MAX: Final = 9


@dataclass(frozen=True, slots=True)
class Record:
    """One record with its continuations (88): its code, its fields, its physical records."""

    code: str
    fields: tuple[str, ...]
    line: int
    physical: int

    def at(self, place: int) -> str:
        """A field behind the code; '' where there is none."""
        return self.fields[place].strip() if place < len(self.fields) else ""


def records(lines: Iterable[Line]) -> Iterator[Record]:
    """Logical records; text that runs on (88) is a field more, or more of the last one."""
    held: Record | None = None
    for line in lines:
        text = line.text.strip()
        if not text:
            continue
        code, _, rest = text.removesuffix("/").rstrip().partition(",")
        if code == "88":
            if held is None:
                raise plain.invalid("record of BAI2", text, line.number)
            held = Record(
                held.code, held.fields + tuple(rest.split(",")), held.line, held.physical + 1
            )
            continue
        if held is not None:
            yield held
        held = Record(code.strip(), tuple(rest.split(",")), line.number, 1)
    if held is not None:
        yield held


def summaries(record: Record) -> Iterator[tuple[str, int]]:
    """Type codes and amounts of an account's record; each has a count and funds behind it."""
    place = 2
    while place < len(record.fields):
        code = record.at(place)
        amount = record.at(place + 1)
        if code and amount:
            yield code, units(amount, record.line)
        _, place = funds(record, place + 3, date.min)


def funds(record: Record, place: int, otherwise: date) -> tuple[date, int]:
    """The value date that a funds type names, and the place behind it."""
    kind = record.at(place).upper()
    if kind == _DATED:
        day = record.at(place + 1)
        return (plain.short_day(day, record.line) if day else otherwise), place + 3
    if kind == _DISTRIBUTED:
        return otherwise, place + 4
    if kind == _BY_DAYS:
        return otherwise, place + 2 + 2 * count(record, place + 1)
    return otherwise, place + 1


def sign(code: str, line: int) -> int:
    """1 for a credit, -1 for a debit, 0 for what moves no money. Raises `FieldInvalid`."""
    if not code.isascii() or not code.isdigit() or len(code) > _COUNT_DIGITS_MAX:
        raise plain.invalid("type code of BAI2", code, line)
    return 1 if int(code) in _CREDITS else -1 if int(code) in _DEBITS else 0


def units(text: str, line: int) -> int:
    """A whole number of minor units that may have a sign; none is zero. Raises `FieldInvalid`."""
    digits = text.removeprefix("+").removeprefix("-")
    if not digits:
        return 0
    if not digits.isascii() or not digits.isdigit() or len(digits) > _DIGITS_MAX:
        raise plain.invalid("amount in minor units", text, line)
    return -int(digits) if text.startswith("-") else int(digits)


def count(record: Record, place: int) -> int:
    """A count in a field. Raises `FieldInvalid`."""
    text = record.at(place)
    if not text.isascii() or not text.isdigit() or len(text) > _COUNT_DIGITS_MAX:
        raise plain.invalid("count", text, record.line)
    return int(text)
