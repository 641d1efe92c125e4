"""MT942: interim reports of one account, evidence of single bookings, with sums that are checked.

In: the lines of a file. Out: notifications. Called by: reader, by discovery.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from node.bank import swift
from node.bank import text as plain
from node.bank.gate import StatementSumWrong
from node.bank.statement import BOOKED, NOTIFICATION, Statement, StatementEntry
from node.bank.swift import Message
from node.bank.text import Line
from node.core.money import Asset

NAME: Final = "MT942"
_FLOOR: Final = re.compile(r"([A-Z]{3})([CD]?)([0-9,]+)")
_SUM: Final = re.compile(r"([0-9]{1,5})([A-Z]{3})([0-9,]+)")


def recognises(lines: Sequence[Line]) -> bool:
    """Whether the file holds a floor limit, which only this kind of message has."""
    return any(":34F:" in line.text[:200] for line in lines)


def read(lines: Iterable[Line]) -> list[Statement]:
    """One notification for each message."""
    return [_notification(each) for each in swift.messages(lines)]


def _notification(message: Message) -> Statement:
    floor = message.required("34F")
    found = _FLOOR.fullmatch(floor.value.strip())
    if found is None:
        raise plain.invalid("floor limit (field 34F)", floor.value, floor.line)
    of = plain.asset(found[1], floor.line)
    number, page = swift.statement_number(message.first("28C", "28"))
    entries = swift.entries(message.fields, of)
    _check(message, "90D", [each for each in entries if each.amount.minor_units < 0], of)
    _check(message, "90C", [each for each in entries if each.amount.minor_units > 0], of)
    days = [each.booking_date for each in entries]
    return Statement(
        kind=NOTIFICATION,
        message_id="",
        statement_id=message.required("20").value.strip(),
        number=number,
        account_number=swift.account(message.required("25", "25P"), of),
        currency=of.code,
        opening=None,
        closing=None,
        opening_date=min(days, default=None),
        closing_date=max(days, default=None),
        entries=tuple(entries),
        line=message.line,
        page=page,
    )


def _check(message: Message, tag: str, entries: Sequence[StatementEntry], of: Asset) -> None:
    """What the message says that its lines come to, where it says so."""
    field = message.first(tag)
    if field is None:
        return
    found = _SUM.fullmatch(field.value.strip())
    if found is None:
        raise plain.invalid(f"number and sum (field {tag})", field.value, field.line)
    told = int(found[1]), plain.amount(found[3], of, field.line, mark=",").minor_units
    booked = [each for each in entries if each.status == BOOKED]
    made = len(booked), abs(sum(each.amount.minor_units for each in booked))
    if told != made:
        raise StatementSumWrong(
            f"field {tag} says {told[0]} lines of {told[1]} minor units, there are {made[0]} of"
            f" {made[1]}",
            remedy="Ask the bank for a report that is complete.",
            line=field.line,
        )
