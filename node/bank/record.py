"""What the node keeps of bank files, as whoever reads the store gets it.

In: nothing. Out: `StoredFile`, `StoredStatement`, `StoredEntry`. Called by: store and gate here;
others take them from store. Amounts are signed minor units: credit positive, debit negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it came in: accepted, or refused with line and reason."""

    id: int
    sha256: str
    name: str
    size_bytes: int
    format: str
    accepted: bool
    error_code: str
    error_line: int | None
    error_detail: str
    received_by: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """One accepted statement or notification; `sequence` is the order of arrival.

    `ahead` is what the bank has booked by then and does not count in the closing balance yet.
    """

    id: str
    sequence: int
    file_id: int
    kind: str
    message_id: str
    statement_id: str
    number: int | None
    account: str
    account_number: str
    currency: str
    opening: int | None
    closing: int | None
    opening_date: date | None
    closing_date: date | None
    ahead: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """One line of an accepted statement; `account` is the ledger account of the nostro."""

    id: int
    statement_id: str
    account: str
    position: int
    amount: int
    currency: str
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
