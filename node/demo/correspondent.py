"""The demo's correspondent: keeps its side of our accounts and writes a camt.053 for the day.

In: lines as the correspondent booked them. Out: bytes of a camt.053.001.08. Called by: day here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from node.bank.statement import BOOKED, STATEMENT, Statement, StatementEntry
from node.bank.writer import write_camt053
from node.core.money import currency, parse_signed


@dataclass(frozen=True, slots=True)
class Account:
    """One of our accounts at the correspondent; `opening` is what stood on it before."""

    currency: str
    number: str
    opening: str


@dataclass(frozen=True, slots=True)
class Line:
    """One booking; `kept` is what the correspondent kept of it for itself."""

    currency: str
    amount: str
    incoming: bool
    uetr: str = ""
    end_to_end_id: str = ""
    counterparty: str = ""
    narrative: str = ""
    kept: str = "0"


@dataclass(frozen=True, slots=True)
class Correspondent:
    """A bank that keeps accounts for us."""

    name: str
    bic: str
    owner_bic: str

    def statement(self, account: Account, lines: Iterable[Line], day: date) -> bytes:
        """The statement of one account and day; the same for the same lines."""
        asset = currency(account.currency)
        opening = parse_signed(account.opening, asset)
        entries = tuple(_entry(at, line, day) for at, line in enumerate(lines, start=1))
        closing = opening
        for each in entries:
            closing += each.amount
        told = Statement(
            kind=STATEMENT,
            message_id=f"{account.currency}-{day:%Y%m%d}",
            statement_id=f"STMT-{account.currency}-{day:%Y%m%d}",
            number=1,
            account_number=account.number,
            currency=account.currency,
            opening=opening,
            closing=closing,
            opening_date=day,
            closing_date=day,
            entries=entries,
            line=0,
        )
        evening = datetime.combine(day, time(18), UTC)
        return write_camt053(
            told, owner_bic=self.owner_bic, servicer_bic=self.bic, created_at=evening
        )


def _entry(position: int, line: Line, day: date) -> StatementEntry:
    asset = currency(line.currency)
    amount = parse_signed(line.amount, asset)
    signed = (amount if line.incoming else -amount) - parse_signed(line.kept, asset)
    return StatementEntry(
        position=position,
        amount=signed,
        status=BOOKED,
        booking_date=day,
        value_date=day,
        uetr=line.uetr,
        end_to_end_id=line.end_to_end_id,
        instruction_id="",
        servicer_reference=f"NB{day:%y%m%d}{position:04d}",
        counterparty=line.counterparty,
        narrative=line.narrative,
        reversal=False,
        line=0,
    )
