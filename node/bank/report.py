"""Collects the statements of a camt.053 or the notifications of a camt.054.

In: the records GrpHdr, TxDtls, Ntry and the report itself, as they end. Out: `Statement`s.
Called by: formats camt053 and camt054. A page without balances of its own joins the page before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from lxml.etree import _Element as Element

from node.bank import element as field
from node.bank.balances import Balance, opening_and_closing
from node.bank.entries import Detail, read_detail, read_entry
from node.bank.statement import BankMessage, Statement, StatementEntry
from node.core.money import Asset

_IDENTIFIERS: Final = ("Acct/Id/IBAN", "Acct/Id/Othr/Id")


@dataclass(frozen=True, slots=True)
class _Head:
    """What a report says before its entries."""

    currency: Asset
    opening: Balance | None
    closing: Balance | None
    otherwise: date | None  # for entries without a date


class ReportCollector:
    """Collector of messages whose payload `body` holds one `report` per account and period."""

    def __init__(self, name: str, *, kind: str, body: str, report: str) -> None:
        self.records = frozenset({"GrpHdr", "TxDtls", "Ntry", report})
        self._name, self._kind, self._body, self._report = name, kind, body, report
        self._message_id = ""
        self._created: date | None = None
        self._statements: list[Statement] = []
        self._head: _Head | None = None
        self._details: list[Detail] = []
        self._entries: list[StatementEntry] = []

    def take(self, record: Element) -> bool:
        """Read one record where the schema puts it; False for the same tag elsewhere."""
        match _path(record):
            case ["TxDtls", "NtryDtls", "Ntry", self._report, self._body, *_]:
                self._details.append(read_detail(record, self._of(_ancestor(record, 3)).currency))
            case ["Ntry", self._report, self._body, *_]:
                self._take_entry(record)
            case [self._report, self._body, "Document", *_]:
                self._statements.append(self._statement(record))
                self._head, self._details, self._entries = None, [], []
            case ["GrpHdr", self._body, *_]:
                self._message_id = field.reference(record, "MsgId")
                self._created = field.day(record, "CreDtTm")
            case _:
                return False
        return True

    def result(self, document: Element) -> BankMessage:
        """All reports; raises `FieldMissing` when there is none."""
        if not self._statements:
            raise field.missing(document, f"{self._body}/{self._report}")
        return BankMessage(self._name, tuple(_joined(self._statements)))

    def _take_entry(self, record: Element) -> None:
        head = self._of(_ancestor(record, 1))
        for line in read_entry(record, self._details, head.currency, head.otherwise):
            self._entries.append(replace(line, position=len(self._entries) + 1))
        self._details = []

    def _of(self, report: Element) -> _Head:
        if self._head is None:
            self._head = self._read_head(report)
        return self._head

    def _read_head(self, report: Element) -> _Head:
        of = _currency(report)
        opening, closing = opening_and_closing(report, of)
        period = field.day(report, "FrToDt/ToDtTm", "FrToDt/ToDt", "CreDtTm")
        closed_on = None if closing is None else closing.on
        return _Head(of, opening, closing, closed_on or period or self._created)

    def _statement(self, report: Element) -> Statement:
        head = self._of(report)
        number = field.reference(report, *_IDENTIFIERS)
        if not number:
            raise field.missing(report, " or ".join(_IDENTIFIERS))
        identifier = field.reference(report, "Id")
        if not identifier:
            raise field.missing(report, "Id")
        return Statement(
            kind=self._kind,
            message_id=self._message_id,
            statement_id=identifier,
            number=field.number(report, "LglSeqNb", "ElctrncSeqNb"),
            account_number=number,
            currency=head.currency.code,
            opening=None if head.opening is None else head.opening.amount,
            closing=None if head.closing is None else head.closing.amount,
            opening_date=None if head.opening is None else head.opening.on,
            closing_date=None if head.closing is None else head.closing.on,
            entries=tuple(self._entries),
            line=field.line_of(report),
            page=field.number(report, "StmtPgntn/PgNb", "NtfctnPgntn/PgNb") or 1,
        )


def _currency(report: Element) -> Asset:
    stated = field.at(report, "Acct/Ccy")
    if stated is not None:
        return field.asset(stated, (stated.text or "").strip())
    for path in ("Bal/Amt", "Ntry/Amt"):
        amount = field.at(report, path)
        if amount is not None:
            return field.asset(amount, field.amount_currency(amount))
    raise field.missing(report, "Acct/Ccy")


def _joined(statements: list[Statement]) -> list[Statement]:
    joined: list[Statement] = []
    for page in statements:
        before = joined[-1] if joined else None
        if before is None or not _continues(before, page):
            joined.append(page)
            continue
        shift = len(before.entries)
        more = tuple(replace(each, position=each.position + shift) for each in page.entries)
        joined[-1] = replace(
            before,
            closing=page.closing,
            closing_date=page.closing_date,
            entries=before.entries + more,
        )
    return joined


def _continues(before: Statement, page: Statement) -> bool:
    key = (page.statement_id, page.account_number, page.currency)
    return (
        key == (before.statement_id, before.account_number, before.currency)
        and page.page > 1
        and before.closing is None
        and page.opening is None
    )


def _path(record: Element) -> list[str]:
    """Tags from the record outwards, up to the Document, as long as the namespace is one."""
    namespace = str(record.tag).rpartition("}")[0]
    path = [field.local_name(record)]
    for outer in record.iterancestors():
        if str(outer.tag).rpartition("}")[0] != namespace:
            break
        path.append(field.local_name(outer))
        if path[-1] == "Document":
            break
    return path


def _ancestor(record: Element, steps: int) -> Element:
    for _ in range(steps):
        outer = record.getparent()
        if outer is None:
            break
        record = outer
    return record
