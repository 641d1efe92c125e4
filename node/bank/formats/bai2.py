"""BAI2: cash management balance reporting, as North American banks send it.

In: the lines of a file. Out: a `Statement` for each account of each group. Called by: reader, by
discovery. Source: BAI Cash Management Balance Reporting Specifications, version 2.

Amounts are whole minor units of the currency. The type code says the direction: 100 to 399 is
credit, 400 to 699 debit. Totals of accounts, groups and the file are counted, and must be right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from node.bank import bai
from node.bank import text as plain
from node.bank.bai import Record
from node.bank.element import shortened
from node.bank.refusal import FileRefused
from node.bank.statement import BOOKED, STATEMENT, Statement, StatementEntry
from node.bank.text import Line
from node.core.money import Asset, Money

NAME: Final = "BAI2"
_DEFAULT_CURRENCY: Final = "USD"  # what the specification says of a file that names none
_OPENING: Final = ("010", "040")  # the ledger balance, else the available one
_CLOSING: Final = ("015", "045")


class TotalWrong(FileRefused):
    """A control total or a count of the file is not what its records come to."""

    code = "BAI2_TOTAL_WRONG"
    title = "Control total wrong"


@dataclass(slots=True)
class _Group:
    """What a group says of all its accounts."""

    as_of: date
    currency: str
    control: int = 0
    accounts: int = 0
    records: int = 0


@dataclass(slots=True)
class _Account:
    """An account that is being read."""

    number: str
    of: Asset
    line: int
    balances: dict[str, int]
    control: int
    records: int
    entries: list[StatementEntry] = field(default_factory=list)


def recognises(lines: Sequence[Line]) -> bool:
    """Whether the file begins with a file header of seven fields or more."""
    first = next((line.text for line in lines if line.text.strip()), "")
    return first.startswith("01,") and first.count(",") >= 7  # noqa: PLR2004 - as specified


def read(lines: Iterable[Line]) -> list[Statement]:
    """Every account of every group. Raises `TotalWrong`, or another leaf of `FileRefused`."""
    return list(_Reading().statements(bai.records(lines)))


@dataclass(slots=True)
class _Reading:
    """One pass over a file; counts what the trailers say."""

    group: _Group | None = None
    account: _Account | None = None
    control: int = 0
    groups: int = 0
    records: int = 0
    ended: bool = False
    seen: Counter[str] = field(default_factory=Counter)

    def statements(self, records: Iterable[Record]) -> Iterator[Statement]:
        """The statements, each once its account's trailer was right."""
        line = 1
        for record in records:
            line = record.line
            if self.ended:
                raise plain.invalid("record behind the end of the file (99)", record.code, line)
            self.records += record.physical
            yield from self._take(record)
        if not self.ended:
            raise plain.missing("the file trailer (99)", line)

    def _take(self, record: Record) -> Iterator[Statement]:
        match record.code:
            case "01":
                pass
            case "02":
                self._open_group(record)
            case "03":
                self._open_account(record)
            case "16":
                self._detail(record)
            case "49":
                yield self._close_account(record)
            case "98":
                self._close_group(record)
            case "99":
                self._check(record, self.control, self.groups, self.records, "the file")
                self.ended = True
            case _:
                raise plain.invalid("record code of BAI2", record.code, record.line)

    def _open_group(self, record: Record) -> None:
        day = plain.short_day(record.at(3), record.line)
        self.group = _Group(day, record.at(5) or _DEFAULT_CURRENCY, records=record.physical)

    def _open_account(self, record: Record) -> None:
        group = self.group
        if group is None or self.account is not None:
            raise plain.missing("a trailer before the account (98 or 49)", record.line)
        if not record.at(0):
            raise plain.missing("the account number of record 03", record.line)
        of = plain.asset(record.at(1) or group.currency, record.line)
        told = list(bai.summaries(record))
        self.account = _Account(
            record.at(0),
            of,
            record.line,
            dict(told),
            sum(units for _, units in told),
            record.physical,
        )

    def _detail(self, record: Record) -> None:
        account, group = self.account, self.group
        if account is None or group is None:
            raise plain.missing("the account (03) of a transaction (16)", record.line)
        units = bai.units(record.at(1), record.line)
        account.control += units
        account.records += record.physical
        code = record.at(0)
        sign = bai.sign(code, record.line)
        if not sign:
            return  # information that moves no money
        value_date, behind = bai.funds(record, 2, group.as_of)
        narrative = ",".join(record.fields[behind + 2 :])
        account.entries.append(
            StatementEntry(
                position=len(account.entries) + 1,
                amount=plain.units_of(sign * units, account.of, record.line),
                status=BOOKED,
                booking_date=group.as_of,
                value_date=value_date,
                uetr=plain.uetr_within(narrative),
                end_to_end_id=plain.reference(record.at(behind + 1), record.line),
                instruction_id="",
                servicer_reference=plain.reference(record.at(behind), record.line),
                counterparty="",
                narrative=shortened(narrative),
                reversal=False,
                line=record.line,
            )
        )

    def _close_account(self, record: Record) -> Statement:
        account, group = self.account, self.group
        if account is None or group is None:
            raise plain.missing("the account (03) of a trailer (49)", record.line)
        account.records += record.physical
        told = bai.units(record.at(0), record.line), bai.count(record, 1)
        _same(record, told, (account.control, account.records), f"account {account.number}")
        group.control += account.control
        group.accounts += 1
        group.records += account.records
        self.account = None
        self.seen[account.number] += 1
        part = self.seen[account.number]  # one file may tell several days, or parts of a day
        return Statement(
            kind=STATEMENT,
            message_id="",
            statement_id=f"{group.as_of} {account.number}",
            number=None,
            account_number=account.number,
            currency=account.of.code,
            opening=_balance(account, _OPENING),
            closing=_balance(account, _CLOSING),
            opening_date=group.as_of,
            closing_date=group.as_of,
            entries=tuple(account.entries),
            line=account.line,
            page=part,
        )

    def _close_group(self, record: Record) -> None:
        group = self.group
        if group is None or self.account is not None:
            raise plain.missing("what the trailer (98) ends", record.line)
        group.records += record.physical
        self._check(record, group.control, group.accounts, group.records, "the group")
        self.control += group.control
        self.groups += 1
        self.group = None

    def _check(self, record: Record, control: int, parts: int, records: int, what: str) -> None:
        told = bai.units(record.at(0), record.line), bai.count(record, 1), bai.count(record, 2)
        _same(record, told, (control, parts, records), what)


def _balance(account: _Account, codes: Sequence[str]) -> Money | None:
    found = next((account.balances[code] for code in codes if code in account.balances), None)
    return None if found is None else plain.units_of(found, account.of, account.line)


def _same(record: Record, told: tuple[int, ...], made: tuple[int, ...], what: str) -> None:
    if told != made:
        raise TotalWrong(
            f"the trailer of {what} says {', '.join(map(str, told))}, its records come to"
            f" {', '.join(map(str, made))}",
            remedy="Ask the bank for a file that is complete.",
            line=record.line,
        )
