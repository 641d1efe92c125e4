"""Bank files, statements and their lines, as a partner sees them.

In: bank records. Out: shapes. Called by: routes statements, files, payments.
"""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from node.api.shapes.base import (
    EXAMPLE_DATE,
    EXAMPLE_ID,
    EXAMPLE_NOSTRO,
    EXAMPLE_TIME,
    EXAMPLE_UETR,
    Amount,
    Shape,
    amount_of,
    minor_amount,
)
from node.bank.importer import Received
from node.bank.statement import PaymentMessage
from node.bank.store import StoredEntry, StoredFile, StoredStatement


class StatementShape(Shape):
    """One statement, or notification, of one account; immutable."""

    id: str = Field(description="Identifier of the statement.", examples=[EXAMPLE_ID])
    file_id: int = Field(description="File it came in.", examples=[5])
    kind: str = Field(description="STATEMENT or NOTIFICATION.", examples=["STATEMENT"])
    message_id: str = Field(description="Identifier of the message.", examples=["MSG-1"])
    statement_id: str = Field(description="The bank's own identifier.", examples=["STMT-1"])
    number: int | None = Field(description="Sequence number by the bank.", examples=[1])
    account: str = Field(
        description="Ledger account of the nostro.",
        examples=[EXAMPLE_NOSTRO],
    )
    account_number: str = Field(
        description="As the bank writes it.", examples=["DE02100100109307118603"]
    )
    currency: str = Field(description="ISO 4217 code.", examples=["EUR"])
    opening: Amount | None = Field(description="Opening booked balance.")
    closing: Amount | None = Field(description="Closing booked balance.")
    opening_date: date | None = Field(description="Its date.", examples=[EXAMPLE_DATE])
    closing_date: date | None = Field(description="Its date.", examples=[EXAMPLE_DATE])
    ahead: Amount = Field(description="Booked by then, and not counted in the closing balance yet.")
    received_at: datetime = Field(description="When the node took it in.", examples=[EXAMPLE_TIME])


class LineShape(Shape):
    """One line of a statement, seen from the account owner: credit positive, debit negative."""

    id: int = Field(description="Position in the node's record of lines.", examples=[11])
    statement_id: str = Field(description="Statement it belongs to.", examples=[EXAMPLE_ID])
    position: int = Field(description="Position in the statement.", examples=[1])
    amount: Amount = Field(description="Signed amount.")
    status: str = Field(description="BOOK, PDNG or INFO.", examples=["BOOK"])
    booking_date: date = Field(description="Date of booking.", examples=[EXAMPLE_DATE])
    value_date: date = Field(description="Date on which it counts.", examples=[EXAMPLE_DATE])
    uetr: str = Field(description="Payment it belongs to; or empty.", examples=[EXAMPLE_UETR])
    end_to_end_id: str = Field(description="The payer's reference.", examples=["INV-2026-0042"])
    instruction_id: str = Field(description="Instruction reference.", examples=["INS-1"])
    servicer_reference: str = Field(description="The bank's reference.", examples=["AB-77"])
    counterparty: str = Field(description="The other party.", examples=["Customer A"])
    narrative: str = Field(description="Remittance text.", examples=["Invoice 42"])
    reversal: bool = Field(description="Whether it takes back an earlier line.", examples=[False])
    line: int = Field(description="Line of the file, as evidence.", examples=[88])


class FileShape(Shape):
    """A file as it came in: accepted, or refused with line and reason."""

    id: int = Field(description="Identifier of the file.", examples=[5])
    name: str = Field(description="Its name.", examples=["statement.xml"])
    sha256: str = Field(
        description="Fingerprint of its bytes.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
    size_bytes: int = Field(description="Its size.", examples=[4096])
    format: str = Field(description="Message; or empty.", examples=["camt.053.001.08"])
    accepted: bool = Field(description="Whether it was taken in.", examples=[True])
    error_code: str = Field(description="Code of the refusal; or empty.", examples=[""])
    error_line: int | None = Field(description="Line it was found at.", examples=[12])
    error_detail: str = Field(description="What was wrong.", examples=[""])
    received_by: str = Field(description="Who sent it in.", examples=["bank-a"])
    received_at: datetime = Field(description="When it came in.", examples=[EXAMPLE_TIME])


class PaymentMessageShape(Shape):
    """One payment that a pacs.008 or pacs.009 tells; it moves nothing by itself."""

    uetr: str = Field(description="The payment; or empty.", examples=[EXAMPLE_UETR])
    amount: Amount = Field(description="Interbank settlement amount.")
    debtor: str = Field(description="Who pays.", examples=["Customer A"])
    creditor: str = Field(description="Who is paid.", examples=["Customer B"])
    debtor_agent: str = Field(description="The payer's bank, by BIC.", examples=["DEUTDEFF"])
    creditor_agent: str = Field(description="The payee's bank, by BIC.", examples=["ABNANL2A"])
    end_to_end_id: str = Field(description="The payer's reference.", examples=["INV-2026-0042"])
    settlement_date: date | None = Field(description="Date asked for.", examples=[EXAMPLE_DATE])
    line: int = Field(description="Line of the file, as evidence.", examples=[12])


class ReceivedShape(Shape):
    """What a file brought."""

    file_id: int = Field(description="Identifier of the file.", examples=[5])
    format: str = Field(description="The message.", examples=["camt.053.001.08"])
    statements: list[str] = Field(
        description="Identifiers of its statements.", examples=[[EXAMPLE_ID]]
    )
    entries: int = Field(description="How many lines they have.", examples=[12])
    payments: list[PaymentMessageShape] = Field(description="Payments it tells.")


def statement_shape(found: StoredStatement) -> StatementShape:
    """A statement as it goes over the wire."""
    return StatementShape(
        id=found.id,
        file_id=found.file_id,
        kind=found.kind,
        message_id=found.message_id,
        statement_id=found.statement_id,
        number=found.number,
        account=found.account,
        account_number=found.account_number,
        currency=found.currency,
        opening=_amount(found.opening, found.currency),
        closing=_amount(found.closing, found.currency),
        opening_date=found.opening_date,
        closing_date=found.closing_date,
        ahead=minor_amount(found.ahead, found.currency),
        received_at=found.received_at,
    )


def line_shape(found: StoredEntry) -> LineShape:
    """A statement line as it goes over the wire."""
    return LineShape(
        id=found.id,
        statement_id=found.statement_id,
        position=found.position,
        amount=minor_amount(found.amount, found.currency),
        status=str(found.status),
        booking_date=found.booking_date,
        value_date=found.value_date,
        uetr=found.uetr,
        end_to_end_id=found.end_to_end_id,
        instruction_id=found.instruction_id,
        servicer_reference=found.servicer_reference,
        counterparty=found.counterparty,
        narrative=found.narrative,
        reversal=found.reversal,
        line=found.line,
    )


def file_shape(found: StoredFile) -> FileShape:
    """A received file as it goes over the wire; its content stays with the node."""
    return FileShape(
        id=found.id,
        name=found.name,
        sha256=found.sha256,
        size_bytes=found.size_bytes,
        format=found.format,
        accepted=found.accepted,
        error_code=found.error_code,
        error_line=found.error_line,
        error_detail=found.error_detail,
        received_by=found.received_by,
        received_at=found.received_at,
    )


def received_shape(found: Received) -> ReceivedShape:
    """An accepted file as it goes over the wire."""
    return ReceivedShape(
        file_id=found.file_id,
        format=found.format,
        statements=list(found.statements),
        entries=found.entries,
        payments=[_payment_shape(each) for each in found.payments],
    )


def _payment_shape(found: PaymentMessage) -> PaymentMessageShape:
    return PaymentMessageShape(
        uetr=found.uetr,
        amount=amount_of(found.amount),
        debtor=found.debtor,
        creditor=found.creditor,
        debtor_agent=found.debtor_agent,
        creditor_agent=found.creditor_agent,
        end_to_end_id=found.end_to_end_id,
        settlement_date=found.settlement_date,
        line=found.line,
    )


def _amount(minor_units: int | None, code: str) -> Amount | None:
    return None if minor_units is None else minor_amount(minor_units, code)
