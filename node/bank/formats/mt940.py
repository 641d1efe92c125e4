"""MT940: customer statements, one message for each page, with balances that are proved.

In: the lines of a file. Out: `Statement`s. Called by: reader, by discovery.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from node.bank import swift
from node.bank.statement import STATEMENT, Statement
from node.bank.swift import Message
from node.bank.text import Line

NAME: Final = "MT940"


def recognises(lines: Sequence[Line]) -> bool:
    """Whether the file holds an opening balance of this kind of message."""
    return any(":60F:" in line.text[:200] or ":60M:" in line.text[:200] for line in lines)


def read(lines: Iterable[Line]) -> list[Statement]:
    """One statement for each message; a page has balances of its own, so it stands for itself."""
    return [_statement(each) for each in swift.messages(lines)]


def _statement(message: Message) -> Statement:
    opening = swift.balance(message.required("60F", "60M"))
    last = message.last("62F", "62M")
    closing = swift.balance(last) if last is not None else None
    number, page = swift.statement_number(message.first("28C", "28"))
    of = opening.amount.asset
    return Statement(
        kind=STATEMENT,
        message_id="",
        statement_id=message.required("20").value.strip(),
        number=number,
        account_number=swift.account(message.required("25", "25P"), of),
        currency=of.code,
        opening=opening.amount,
        closing=None if closing is None else closing.amount,
        opening_date=opening.on,
        closing_date=None if closing is None else closing.on,
        entries=tuple(swift.entries(message.fields, of)),
        line=message.line,
        page=page,
    )
