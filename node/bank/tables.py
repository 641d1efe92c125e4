"""Rows of what banks sent: files as received, statements, their entries.

Private to this package; read through store.py. Amounts are signed minor units seen from the
account owner: credit positive, debit negative.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, SQLModel, UniqueConstraint

from node.db.columns import UtcDateTime


class BankFileRow(SQLModel, table=True):
    """A file exactly as it came, accepted or refused with line and reason."""

    __tablename__ = "bank_file"

    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(index=True)
    name: str
    size_bytes: int
    format: str  # e.g. camt.053.001.08; "" when unrecognised
    accepted: bool
    error_code: str = ""
    error_line: int | None = None
    error_detail: str = ""
    received_by: str
    received_at: datetime = Field(sa_type=UtcDateTime)
    content: bytes = Field(sa_type=LargeBinary)


class BankProfileRow(SQLModel, table=True):
    """How the bank of one account draws up its statements; without a row, as most do."""

    __tablename__ = "bank_profile"

    account: str = Field(primary_key=True, foreign_key="account.code")
    closing: str  # BOOKED VALUED


class StatementRow(SQLModel, table=True):
    """One statement (053) or notification (054) of one account; immutable."""

    __tablename__ = "statement"
    __table_args__ = (UniqueConstraint("account", "fingerprint"),)

    id: str = Field(primary_key=True)
    sequence: int = Field(unique=True)  # order of arrival
    file_id: int = Field(foreign_key="bank_file.id")
    kind: str  # STATEMENT NOTIFICATION
    message_id: str
    statement_id: str
    number: int | None = None  # legal or electronic sequence number
    account: str = Field(index=True)  # ledger account code of the nostro
    account_number: str  # as the bank writes it
    currency: str
    opening: int | None = Field(default=None, sa_type=BigInteger)
    closing: int | None = Field(default=None, sa_type=BigInteger)
    opening_date: date | None = None
    closing_date: date | None = None
    ahead: int = Field(default=0, sa_type=BigInteger)  # booked, and not in the closing balance yet
    fingerprint: str  # of balances and entries: two files that say the same have the same
    received_at: datetime = Field(sa_type=UtcDateTime)


class StatementEntryRow(SQLModel, table=True):
    """One line of a statement; a batch is split into its transactions when it lists them."""

    __tablename__ = "statement_entry"
    __table_args__ = (UniqueConstraint("statement_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    statement_id: str = Field(foreign_key="statement.id", index=True)
    position: int
    amount: int = Field(sa_type=BigInteger)
    currency: str
    status: str  # BOOK PDNG INFO
    booking_date: date
    value_date: date
    uetr: str = Field(default="", index=True)
    end_to_end_id: str = ""
    instruction_id: str = ""
    servicer_reference: str = ""
    counterparty: str = ""
    narrative: str = ""
    reversal: bool = False
    line: int  # line of the file, for evidence
