"""What a bank told us, free of any file format.

In: nothing. Out: `Statement`, `StatementEntry`, `PaymentMessage`, `BankMessage`.
Called by: formats, reader, gate, importer and writer here; settlement reads `PaymentMessage`.
Amounts are signed and seen from the account owner: credit positive, debit negative. `line` is the
line of the file that says so; it is evidence, not content.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from node.core.money import Money

STATEMENT: Final = "STATEMENT"  # has balances and is proved
NOTIFICATION: Final = "NOTIFICATION"  # evidence only, never part of a balance

BOOKED: Final = "BOOK"
PENDING: Final = "PDNG"
INFORMATION: Final = "INFO"


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """One line of a statement; a batch that lists its transactions exactly is several lines."""

    position: int
    amount: Money
    status: str
    booking_date: date
    value_date: date
    uetr: str
    end_to_end_id: str
    instruction_id: str
    servicer_reference: str
    counterparty: str
    narrative: str
    reversal: bool
    line: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement or notification of one account; a page of a longer one stands for itself."""

    kind: str
    message_id: str
    statement_id: str
    number: int | None
    account_number: str
    currency: str
    opening: Money | None
    closing: Money | None
    opening_date: date | None
    closing_date: date | None
    entries: tuple[StatementEntry, ...]
    line: int
    page: int = 1


@dataclass(frozen=True, slots=True)
class PaymentMessage:
    """One payment of a pacs.008 or pacs.009; `cover` when it covers a customer payment."""

    name: str
    message_id: str
    uetr: str
    amount: Money
    debtor: str
    creditor: str
    debtor_agent: str
    creditor_agent: str
    end_to_end_id: str
    instruction_id: str
    settlement_date: date | None
    debtor_account: str
    creditor_account: str
    line: int
    cover: bool = False


@dataclass(frozen=True, slots=True)
class BankMessage:
    """Everything one file says; `format` is the message name of its Document."""

    format: str
    statements: tuple[Statement, ...] = ()
    payments: tuple[PaymentMessage, ...] = ()
