"""Writes a statement as camt.053.001.08, as a bank sends it to the owner of an account.

In: a `Statement` with both balances. Out: bytes, the same for the same statement and time.
Called by: the demo's correspondent, tests. What is written here, the reader reads back unchanged.
"""

from __future__ import annotations

import re
import textwrap
from datetime import UTC, date, datetime
from typing import Final, cast

from lxml import etree
from lxml.etree import _Element as Element

from node.bank.balances import CREDIT, DEBIT
from node.bank.collector import NAMESPACE
from node.bank.element import tidy
from node.bank.statement import STATEMENT, Statement, StatementEntry
from node.core.errors import Rejected
from node.core.money import Money

NAME: Final = "camt.053.001.08"
_SPACE: Final = NAMESPACE + NAME
_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_IDENTIFIER_MAX: Final = 35
_UNSTRUCTURED_MAX: Final = 140
_PARTY_MAX: Final = 140


class StatementUnwritable(Rejected):
    """The statement lacks what a camt.053 must have, or has what does not fit into one."""

    code = "STATEMENT_UNWRITABLE"
    title = "Statement cannot be written"


def write_camt053(
    statement: Statement, *, owner_bic: str, servicer_bic: str, created_at: datetime
) -> bytes:
    """The statement as a camt.053.001.08; raises `StatementUnwritable`."""
    created = created_at.astimezone(UTC).isoformat(timespec="seconds")
    root = etree.Element(f"{{{_SPACE}}}Document", nsmap=cast("dict[str, str]", {None: _SPACE}))
    body = _add(root, "BkToCstmrStmt")
    header = _add(body, "GrpHdr")
    _identify(header, "MsgId", statement.message_id)
    _add(header, "CreDtTm", created)
    report = _add(body, "Stmt")
    _identify(report, "Id", statement.statement_id)
    _paginate(report, statement)
    if statement.number is not None:
        _add(report, "LglSeqNb", str(statement.number))
    _add(report, "CreDtTm", created)
    _account(report, statement, owner_bic, servicer_bic)
    if statement.kind != STATEMENT:
        raise _unwritable(f"a {statement.kind.lower()} is not a statement")
    _balance(report, "OPBD", statement.opening, statement.opening_date)
    _balance(report, "CLBD", statement.closing, statement.closing_date)
    for entry in statement.entries:
        _entry(report, entry)
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written


def _paginate(report: Element, statement: Statement) -> None:
    if statement.page > 1:
        pages = _add(report, "StmtPgntn")
        _add(pages, "PgNb", str(statement.page))
        _add(pages, "LastPgInd", "true")


def _account(report: Element, statement: Statement, owner_bic: str, servicer_bic: str) -> None:
    account = _add(report, "Acct")
    number = statement.account_number
    if _IBAN.fullmatch(number):
        _add(account, "Id/IBAN", number)
    else:
        _identify(account, "Id/Othr/Id", number)
    _add(account, "Ccy", statement.currency)
    _add(account, "Ownr/Id/OrgId/AnyBIC", owner_bic)
    _add(account, "Svcr/FinInstnId/BICFI", servicer_bic)


def _balance(report: Element, code: str, amount: Money | None, on: date | None) -> None:
    if amount is None or on is None:
        raise _unwritable(f"the balance {code} has no amount or no date")
    balance = _add(report, "Bal")
    _add(balance, "Tp/CdOrPrtry/Cd", code)
    _amount(balance, amount)
    _add(balance, "Dt/Dt", on.isoformat())


def _entry(report: Element, entry: StatementEntry) -> None:
    line = _add(report, "Ntry")
    _amount(line, entry.amount)
    if entry.reversal:
        _add(line, "RvslInd", "true")
    _add(line, "Sts/Cd", entry.status)
    _add(line, "BookgDt/Dt", entry.booking_date.isoformat())
    _add(line, "ValDt/Dt", entry.value_date.isoformat())
    _identify(line, "AcctSvcrRef", entry.servicer_reference)
    domain = _add(line, "BkTxCd/Domn")
    _add(domain, "Cd", "PMNT")
    family = _add(domain, "Fmly")
    _add(family, "Cd", "RCDT" if entry.amount.minor_units >= 0 else "ICDT")
    _add(family, "SubFmlyCd", "OTHR")
    _details(_add(line, "NtryDtls/TxDtls"), entry)


def _details(details: Element, entry: StatementEntry) -> None:
    references = _add(details, "Refs")
    _identify(references, "AcctSvcrRef", entry.servicer_reference)
    _identify(references, "InstrId", entry.instruction_id)
    _identify(references, "EndToEndId", entry.end_to_end_id or "NOTPROVIDED")
    if entry.uetr:
        _add(references, "UETR", entry.uetr)
    _amount(details, entry.amount)
    if entry.counterparty:
        role = "Dbtr" if entry.amount.minor_units >= 0 else "Cdtr"
        _add(details, f"RltdPties/{role}/Pty/Nm", tidy(entry.counterparty)[:_PARTY_MAX])
    if entry.narrative:
        remittance = _add(details, "RmtInf")
        for part in textwrap.wrap(tidy(entry.narrative), _UNSTRUCTURED_MAX, break_on_hyphens=False):
            _add(remittance, "Ustrd", part)


def _amount(parent: Element, amount: Money) -> None:
    positive = amount if amount.minor_units >= 0 else -amount
    _add(parent, "Amt", positive.decimal()).set("Ccy", amount.asset.code)
    _add(parent, "CdtDbtInd", CREDIT if amount.minor_units >= 0 else DEBIT)


def _identify(parent: Element, path: str, value: str) -> None:
    """An identifier, whole or not at all: a shortened one would name something else."""
    if len(value) > _IDENTIFIER_MAX or value != tidy(value):
        raise _unwritable(f"{path} {tidy(value)[:50]!r} is not an identifier of camt.053")
    if value:
        _add(parent, path, value)


def _add(parent: Element, path: str, text: str = "") -> Element:
    for name in path.split("/"):
        parent = etree.SubElement(parent, f"{{{_SPACE}}}{name}")
    if text:
        parent.text = text
    return parent


def _unwritable(why: str) -> StatementUnwritable:
    return StatementUnwritable(
        f"the statement cannot be written: {why}",
        remedy=f"Identifiers have at most {_IDENTIFIER_MAX} characters; both balances have dates.",
    )
