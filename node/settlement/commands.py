"""What a caller may ask for, as it was asked: text, not yet judged.

In: nothing. Out: the commands, `Caller`, outcomes. Called by: service and settlements here; api,
demo.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from node.settlement.instruction import Instruction
from node.settlement.settlement import Settlement, SettlementMethod, SettlementWay


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


@dataclass(frozen=True, slots=True)
class SettleCommand:
    """Parties exchange what each has: all of the legs are made, or none."""

    method: SettlementMethod
    way: SettlementWay
    uetr: str
    legs: tuple[TransferCommand, ...]


@dataclass(frozen=True, slots=True)
class Owed:
    """One party owes another an amount."""

    currency: str
    amount: str
    debtor_wallet: str
    creditor_wallet: str


@dataclass(frozen=True, slots=True)
class Prefunding:
    """A party sets this much aside for the cycle: the most that it can come to pay."""

    currency: str
    amount: str
    wallet: str


@dataclass(frozen=True, slots=True)
class NetCommand:
    """Parties pay only what all that they owe each other adds up to."""

    uetr: str
    owed: tuple[Owed, ...]
    prefunding: tuple[Prefunding, ...]


@dataclass(frozen=True, slots=True)
class SettlementOutcome:
    """The settlement a command made; `replayed` when the same command had made it before."""

    settlement: Settlement
    replayed: bool
