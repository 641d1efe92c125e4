"""Collects the payments of a pacs.008 or a pacs.009.

In: the records GrpHdr and CdtTrfTxInf, as they end. Out: `PaymentMessage`s.
Called by: formats pacs008 and pacs009.
"""

from __future__ import annotations

from datetime import date

from lxml.etree import _Element as Element

from node.bank import element as field
from node.bank.element import FieldInvalid
from node.bank.statement import BankMessage, PaymentMessage

_INSTITUTION = ("FinInstnId/BICFI", "FinInstnId/Nm", "FinInstnId/LEI", "FinInstnId/Othr/Id")


class TransferCollector:
    """Collector of messages whose payload `body` holds payments one by one."""

    def __init__(self, name: str, *, body: str) -> None:
        self.records = frozenset({"GrpHdr", "CdtTrfTxInf"})
        self._name, self._body = name, body
        self._message_id = ""
        self._count: int | None = None
        self._settled_on: date | None = None
        self._payments: list[PaymentMessage] = []

    def take(self, record: Element) -> bool:
        """Read the header or one payment; False for the same tag elsewhere."""
        outer = record.getparent()
        if outer is None or outer.tag != str(record.tag).rpartition("}")[0] + "}" + self._body:
            return False
        if field.local_name(record) == "GrpHdr":
            self._message_id = field.reference(record, "MsgId")
            self._count = field.number(record, "NbOfTxs")
            self._settled_on = field.day(record, "IntrBkSttlmDt")
        else:
            self._payments.append(self._payment(record))
        return True

    def result(self, document: Element) -> BankMessage:
        """All payments; their number must be the one the header gives."""
        if not self._payments:
            raise field.missing(document, f"{self._body}/CdtTrfTxInf")
        if self._count is not None and self._count != len(self._payments):
            raise FieldInvalid(
                f"NbOfTxs says {self._count}, the message has {len(self._payments)} payments",
                remedy="Ask the sender for a message that is complete.",
                line=field.line_of(document),
            )
        return BankMessage(self._name, payments=tuple(self._payments))

    def _payment(self, record: Element) -> PaymentMessage:
        amount = field.required(record, "IntrBkSttlmAmt")
        of = field.asset(amount, field.amount_currency(amount))
        return PaymentMessage(
            name=self._name,
            message_id=self._message_id,
            uetr=field.uetr(record, "PmtId/UETR"),
            amount=field.amount(amount, of),
            debtor=_party(record, "Dbtr"),
            creditor=_party(record, "Cdtr"),
            debtor_agent=_institution(record, "DbtrAgt"),
            creditor_agent=_institution(record, "CdtrAgt"),
            end_to_end_id=field.reference(record, "PmtId/EndToEndId"),
            instruction_id=field.reference(record, "PmtId/InstrId"),
            settlement_date=field.day(record, "IntrBkSttlmDt") or self._settled_on,
            debtor_account=_account(record, "DbtrAcct"),
            creditor_account=_account(record, "CdtrAcct"),
            line=field.line_of(record),
            cover=field.at(record, "UndrlygCstmrCdtTrf") is not None,
        )


def _party(record: Element, role: str) -> str:
    """A customer by name, an institution by BIC; whichever the message type has."""
    person = ("Nm", "Id/OrgId/AnyBIC", "Id/OrgId/LEI", "Id/OrgId/Othr/Id", "Id/PrvtId/Othr/Id")
    return field.text(record, *(f"{role}/{path}" for path in (*_INSTITUTION, *person)))


def _institution(record: Element, role: str) -> str:
    return field.text(record, *(f"{role}/{path}" for path in _INSTITUTION))


def _account(record: Element, role: str) -> str:
    return field.reference(record, f"{role}/Id/IBAN", f"{role}/Id/Othr/Id")
