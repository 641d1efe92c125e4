"""A core banking system's own account statement as CSV, in columns that docs/bank-files.md names.

In: the lines of a file. Out: `Statement`s. Called by: reader, by discovery. Each row is an opening
balance, an entry or a closing balance, so that the file proves itself as any statement does.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from node.bank import text as plain
from node.bank.element import shortened
from node.bank.statement import BOOKED, PENDING, STATEMENT, Statement, StatementEntry
from node.bank.text import Line
from node.core.money import Asset, Money

NAME: Final = "core.csv"
COLUMNS: Final = (
    *("record", "statement", "account", "currency", "booking_date", "value_date", "amount"),
    *("direction", "status", "id", "reference", "uetr", "counterparty", "description"),
)
_NEEDED: Final = frozenset(COLUMNS[:8])
_SIGNS: Final = {"credit": 1, "debit": -1}
_STATUSES: Final = {"": BOOKED, "booked": BOOKED, "pending": PENDING}
Row = dict[str, str]


@dataclass(slots=True)
class _Open:
    """A statement of which rows still come."""

    statement: str
    account: str
    of: Asset
    line: int
    opening: tuple[Money, date] | None = None
    closing: tuple[Money, date] | None = None
    entries: list[StatementEntry] = field(default_factory=list)


def recognises(lines: Sequence[Line]) -> bool:
    """Whether the first line names the columns that every file has."""
    return bool(lines) and set(_names(lines[0])) >= _NEEDED


def read(lines: Iterable[Line]) -> list[Statement]:
    """The statements in the order in which they begin. Raises a leaf of `FileRefused`."""
    given = [each for each in lines if each.text.strip()]
    columns = _names(given[0])
    unknown = [each for each in columns if each not in COLUMNS]
    if unknown or len(set(columns)) < len(columns):
        raise plain.invalid("header of distinct, known columns", ",".join(columns), 1)
    open_: dict[tuple[str, str, str], _Open] = {}
    for line, row in _rows(given[1:], columns):
        key = (row["statement"], row["account"], row["currency"])
        if not all(key):
            raise plain.missing("statement, account or currency of the row", line)
        if key not in open_:
            open_[key] = _Open(*key[:2], plain.asset(key[2], line), line)
        _take(open_[key], row, line)
    return [_statement(each) for each in open_.values()]


def _names(line: Line) -> list[str]:
    return [each.strip().lower() for each in next(csv.reader([line.text]), [])]


def _rows(lines: Sequence[Line], columns: Sequence[str]) -> Iterator[tuple[int, Row]]:
    for line in lines:
        try:
            (cells,) = csv.reader([line.text], strict=True)
        except (csv.Error, ValueError):
            raise plain.invalid("row of CSV", line.text, line.number) from None
        if len(cells) != len(columns):
            raise plain.invalid(f"row of {len(columns)} columns", line.text, line.number)
        empty = dict.fromkeys(COLUMNS, "")
        given = zip(columns, cells, strict=True)
        yield line.number, empty | {name: cell.strip() for name, cell in given}


def _take(held: _Open, row: Row, line: int) -> None:
    amount = _signed(row, held.of, line)
    day = _day(row["value_date"] or row["booking_date"], line)
    match row["record"].lower():
        case "opening" if held.opening is None and not held.entries:
            held.opening = (amount, day)
        case "closing" if held.closing is None:
            held.closing = (amount, day)
        case "entry" if held.closing is None:
            held.entries.append(_entry(row, amount, len(held.entries) + 1, line))
        case _:
            raise plain.invalid(
                "record in its place (opening, entry, closing)", row["record"], line
            )


def _signed(row: Row, of: Asset, line: int) -> Money:
    sign = _SIGNS.get(row["direction"].lower())
    if sign is None:
        raise plain.invalid("direction (credit or debit)", row["direction"], line)
    amount = plain.amount(row["amount"], of, line, mark=".")
    return amount if sign > 0 else -amount


def _entry(row: Row, amount: Money, position: int, line: int) -> StatementEntry:
    status = _STATUSES.get(row["status"].lower())
    if status is None:
        raise plain.invalid("status (booked or pending)", row["status"], line)
    booked, valued = row["booking_date"] or row["value_date"], row["value_date"]
    return StatementEntry(
        position=position,
        amount=amount,
        status=status,
        booking_date=_day(booked, line),
        value_date=_day(valued or booked, line),
        uetr=plain.uetr(row["uetr"], line),
        end_to_end_id=plain.reference(row["reference"], line),
        instruction_id="",
        servicer_reference=plain.reference(row["id"], line),
        counterparty=shortened(row["counterparty"]),
        narrative=shortened(row["description"]),
        reversal=False,
        line=line,
    )


def _day(text: str, line: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise plain.invalid("day (YYYY-MM-DD)", text, line) from None


def _statement(held: _Open) -> Statement:
    opening, closing = held.opening, held.closing
    return Statement(
        kind=STATEMENT,
        message_id="",
        statement_id=held.statement,
        number=None,
        account_number=held.account,
        currency=held.of.code,
        opening=opening[0] if opening else None,
        closing=closing[0] if closing else None,
        opening_date=opening[1] if opening else None,
        closing_date=closing[1] if closing else None,
        entries=tuple(held.entries),
        line=held.line,
    )
