"""The statement gate: what must hold before a statement may enter the node's record.

In: a statement, and what is on record about its account. Out: the account, or a refusal with both
numbers in it. No database. Called by: importer, in the unit of work that would write the statement.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from node.bank.profile import Closing
from node.bank.record import StoredFile, StoredStatement
from node.bank.refusal import FileRefused
from node.bank.statement import BOOKED, NOTIFICATION, Statement, StatementEntry
from node.core.money import Asset, Money, currency, decimal_text


class StatementDuplicate(FileRefused):
    """The file, or the statement, was accepted before; nothing is counted twice."""

    code = "STATEMENT_DUPLICATE"
    status = 409
    title = "Statement received before"


class AccountUnknown(FileRefused):
    """The statement is of an account that the books do not keep as a nostro."""

    code = "ACCOUNT_UNKNOWN"
    title = "Account unknown"


class StatementCurrencyWrong(FileRefused):
    """The books keep this account in another currency."""

    code = "STATEMENT_CURRENCY_WRONG"
    title = "Statement in the wrong currency"


class BalanceMissing(FileRefused):
    """A statement without an opening or a closing balance proves nothing."""

    code = "BALANCE_MISSING"
    title = "Balance missing"


class StatementSumWrong(FileRefused):
    """Opening balance and booked entries do not make the closing balance."""

    code = "STATEMENT_SUM_WRONG"
    title = "Statement does not add up"


class StatementGap(FileRefused):
    """The statement does not continue where the last accepted one ended."""

    code = "STATEMENT_GAP"
    status = 409
    title = "Statement missing in between"


class StatementOverlap(FileRefused):
    """The statement tells days again that accepted ones have told, with other lines around them."""

    code = "STATEMENT_OVERLAP"
    status = 409
    title = "Statement overlaps an earlier one"


class PositionTwice(FileRefused):
    """Two lines of one statement claim the same place."""

    code = "STATEMENT_POSITION_TWICE"
    title = "Statement lines collide"


def check_new_file(same: StoredFile | None) -> None:
    """Refuse bytes that were accepted before."""
    if same is not None:
        raise StatementDuplicate(
            f"this very file was accepted as file {same.id}, named {same.name!r}",
            remedy="Nothing is left to do; send each file once.",
            file=same.id,
        )


def known_account(statement: Statement, nostros: Iterable[str]) -> str:
    """The ledger account of the statement, out of the codes of all nostros."""
    of_number = {}
    for code in nostros:
        _, ccy, number = code.split(":", 2)
        if number == statement.account_number:
            of_number[ccy] = code
    if statement.currency in of_number:
        return of_number[statement.currency]
    if of_number:
        raise StatementCurrencyWrong(
            f"statement {statement.statement_id!r} is in {statement.currency}, account"
            f" {statement.account_number} is kept in {', '.join(sorted(of_number))}",
            remedy="Ask the bank for the statement in the currency of the account.",
            line=statement.line,
        )
    raise AccountUnknown(
        f"the books have no nostro {statement.account_number!r} in {statement.currency}",
        remedy="Open the account first (POST /v1/nostros), or correct the file's account.",
        line=statement.line,
    )


def check_new(
    statement: Statement,
    same_content: StoredStatement | None,
    same_name: Iterable[StoredStatement],
) -> None:
    """Refuse what was accepted before: the same content, or the same identifier for one day.

    A later page carries its first page's identifier; that it continues is for `check_order`.
    """
    if same_content is not None:
        raise _duplicate(statement, same_content, "with the same balances and entries")
    for earlier in same_name:
        same_day = earlier.closing_date == statement.closing_date
        same_message = bool(statement.message_id) and earlier.message_id == statement.message_id
        if statement.page == 1 and (same_day or same_message):
            raise _duplicate(statement, earlier, "with other content; a statement never changes")


def check_lines(statement: Statement) -> None:
    """Refuse lines that claim the same place."""
    places = Counter(each.position for each in statement.entries)
    for entry in statement.entries:
        if places[entry.position] > 1:
            raise PositionTwice(
                f"position {entry.position} of statement {statement.statement_id!r} is taken twice",
                remedy="Number the lines of a statement one by one.",
                line=entry.line,
            )


def ahead(statement: Statement) -> int:
    """What its booked entries add up to that are valued after the closing day."""
    day = statement.closing_date
    return sum(
        each.amount.minor_units
        for each in statement.entries
        if each.status == BOOKED and day is not None and each.value_date > day
    )


def check_sum(statement: Statement, before: int = 0, after: int = 0) -> tuple[Money, Money]:
    """Opening and closing balance, once opening and booked entries make the closing.

    `before` is what was booked earlier and is not in the opening balance; `after` what is booked by
    now and not in the closing one. Both are zero at a bank that counts what it has booked.
    """
    if statement.opening is None or statement.closing is None:
        which = "opening" if statement.opening is None else "closing"
        raise BalanceMissing(
            f"statement {statement.statement_id!r} has no {which} booked balance",
            remedy="Ask the bank to report OPBD or PRCD, and CLBD.",
            line=statement.line,
        )
    booked = [each.amount.minor_units for each in statement.entries if each.status == BOOKED]
    made = statement.opening.minor_units + before + sum(booked) - after
    if made != statement.closing.minor_units:
        of = statement.opening.asset
        raise StatementSumWrong(
            f"statement {statement.statement_id!r}: opening {statement.opening.decimal()} and"
            f" {len(booked)} booked entries of {_text(sum(booked), of)} make {_text(made, of)},"
            f" the closing balance says {statement.closing.decimal()} {of.code}",
            remedy=_why_not(statement, made - statement.closing.minor_units, before or after),
            line=statement.line,
        )
    return statement.opening, statement.closing


def _why_not(statement: Statement, off: int, valued: int) -> str:
    if off and off == ahead(statement) and not valued:
        return (
            "What is valued after the closing day is all that differs: if this bank closes by value"
            f" date, say so of the account (POST /v1/nostros, closing {Closing.VALUED})."
        )
    return "Ask the bank for a statement that is complete."


def check_order(statement: Statement, opening: Money, last: StoredStatement | None) -> None:
    """Refuse a statement that does not open where the last one of its account closed."""
    if last is None or last.closing is None:
        return
    opens, closes, closed = statement.opening_date, statement.closing_date, last.closing_date
    if opening.minor_units != last.closing:
        days = [each for each in (opens, closes) if each is not None]
        if closed is not None and days and min(days) < closed:
            raise StatementOverlap(
                f"statement {statement.statement_id!r} tells of {opens} to {closes}; what is up to"
                f" {closed} was accepted with {last.statement_id!r} and before it",
                remedy="Send statements that begin where the last one ended; no line counts twice.",
                line=statement.line,
            )
        raise StatementGap(
            f"statement {statement.statement_id!r} opens at {opening.decimal()}, the last one,"
            f" {last.statement_id!r}, closed at {_text(last.closing, currency(last.currency))}"
            f" {last.currency}",
            remedy="Send the statements in between first, oldest first.",
            line=statement.line,
        )
    if closes is not None and closed is not None and closes < closed:
        raise StatementGap(
            f"statement {statement.statement_id!r} ends on {closes}, before the last one,"
            f" {last.statement_id!r}, which ended on {closed}",
            remedy="Send the statement that follows the last one.",
            line=statement.line,
        )


def fingerprint(statement: Statement) -> str:
    """Hash of what the statement says about money; its names count only where no day does."""
    named = statement.kind == NOTIFICATION or statement.closing_date is None
    said = [
        statement.kind,
        statement.currency,
        statement.page,
        statement.statement_id if named else "",
        *map(_plain, (statement.opening, statement.closing)),
        *map(str, (statement.opening_date, statement.closing_date)),
        [_said(entry) for entry in statement.entries],
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _said(entry: StatementEntry) -> list[Any]:
    return [
        entry.amount.minor_units,
        entry.status,
        str(entry.booking_date),
        str(entry.value_date),
        entry.uetr,
        entry.end_to_end_id,
        entry.instruction_id,
        entry.servicer_reference,
        entry.counterparty,
        entry.narrative,
        entry.reversal,
    ]


def _plain(amount: Money | None) -> int | None:
    return None if amount is None else amount.minor_units


def _text(minor_units: int, of: Asset) -> str:
    return decimal_text(minor_units, of.scale)


def _duplicate(statement: Statement, earlier: StoredStatement, how: str) -> StatementDuplicate:
    return StatementDuplicate(
        f"statement {statement.statement_id!r} of {statement.account_number} was accepted before"
        f" in file {earlier.file_id}, {how}",
        remedy="Send each statement once; a correction comes as entries of a later statement.",
        line=statement.line,
        file=earlier.file_id,
    )
