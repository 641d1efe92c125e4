"""What a caller may ask for, as it was asked: text, not yet judged.

In: nothing. Out: the three commands, `Caller`, `Outcome`. Called by: service here; api, demo.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from node.settlement.instruction import Instruction


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and the key under which a repetition is recognised."""

    actor: str
    scope: str
    idempotency_key: str
    fingerprint: str  # of the request's content


@dataclass(frozen=True, slots=True)
class IssueCommand:
    """Money came in at `nostro` for a customer: give it to the wallet as tokens."""

    currency: str
    amount: str
    creditor_wallet: str
    uetr: str
    nostro: str  # account number as statements write it, or the ledger account code
    end_to_end_id: str = ""
    value_date: date | None = None  # None: today


@dataclass(frozen=True, slots=True)
class RedeemCommand:
    """A customer wants money out: take the tokens back and pay from `nostro`."""

    currency: str
    amount: str
    debtor_wallet: str
    uetr: str
    nostro: str
    end_to_end_id: str = ""
    value_date: date | None = None


@dataclass(frozen=True, slots=True)
class TransferCommand:
    """A customer pays another one in tokens."""

    currency: str
    amount: str
    debtor_wallet: str
    creditor_wallet: str
    uetr: str
    end_to_end_id: str = ""
    value_date: date | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The instruction a command made; `replayed` when the same command had made it before."""

    instruction: Instruction
    replayed: bool
