"""Accounts, balances and journal entries, as a partner sees them.

In: ledger records. Out: shapes. Called by: routes accounts, entries, payments.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import Field

from node.api.shapes.base import (
    EXAMPLE_DATE,
    EXAMPLE_ID,
    EXAMPLE_TIME,
    EXAMPLE_UETR,
    EXAMPLE_WALLET,
    Amount,
    Shape,
    minor_amount,
)
from node.ledger.account import Account
from node.ledger.balances import Balance, TrialLine
from node.ledger.entry import Entry, Posting

EXAMPLE_ACCOUNT = f"WALLET:EUR:{EXAMPLE_WALLET}"


class BalanceShape(Shape):
    """An account's balance: posted, and what is still pending, on the account's normal side."""

    posted: Amount = Field(description="Posted debits and credits, on the normal side.")
    debits_posted: Amount = Field(description="Sum of posted debits.")
    credits_posted: Amount = Field(description="Sum of posted credits.")
    debits_pending: Amount = Field(description="Sum of debits not yet posted or voided.")
    credits_pending: Amount = Field(description="Sum of credits not yet posted or voided.")


class AccountShape(Shape):
    """One account of the chart with its balance."""

    code: str = Field(description="Account code.", examples=[EXAMPLE_ACCOUNT])
    kind: str = Field(
        description="NOSTRO, WALLET, CLEARING, SUSPENSE, BROUGHT_FORWARD or FEES.",
        examples=["WALLET"],
    )
    currency: str = Field(description="ISO 4217 code.", examples=["EUR"])
    normal_side: str = Field(
        description="Side on which the balance counts positive: DEBIT or CREDIT.",
        examples=["CREDIT"],
    )
    label: str = Field(description="Name for people.", examples=["Customer A"])
    balance: BalanceShape = Field(description="The balance, as of the moment asked for.")


class PostingShape(Shape):
    """One side of an entry."""

    account: str = Field(description="Account code.", examples=[EXAMPLE_ACCOUNT])
    side: str = Field(description="DEBIT or CREDIT.", examples=["CREDIT"])
    amount: Amount = Field(description="Always positive.")


class EntryShape(Shape):
    """One balanced journal entry; never edited, only resolved or reversed by a later one."""

    sequence: int = Field(description="Position in the journal.", examples=[42])
    id: str = Field(description="Identifier of the entry.", examples=[EXAMPLE_ID])
    phase: str = Field(description="PENDING, POSTED or VOIDED.", examples=["POSTED"])
    rule: str = Field(description="Posting rule that made it.", examples=["issue"])
    uetr: str = Field(description="Payment it belongs to; or empty.", examples=[EXAMPLE_UETR])
    event_key: str = Field(description="Chain event behind it; or empty.", examples=[""])
    resolves: str | None = Field(description="Pending entry it ends.", examples=[EXAMPLE_ID])
    reversal_of: str | None = Field(description="Posted entry it undoes.", examples=[EXAMPLE_ID])
    value_date: date = Field(description="Date on which it counts.", examples=[EXAMPLE_DATE])
    recorded_at: datetime = Field(description="When it was written.", examples=[EXAMPLE_TIME])
    narrative: str = Field(description="What happened, for people.", examples=["Issue"])
    evidence: dict[str, Any] = Field(
        description="Where it can be checked.", examples=[{"block": "4242"}]
    )
    postings: list[PostingShape] = Field(description="Debits and credits; both sums are equal.")


class TrialLineShape(Shape):
    """One currency of the trial balance."""

    debits: Amount = Field(description="All posted debits.")
    credits: Amount = Field(description="All posted credits.")
    ok: bool = Field(description="Whether both are equal.", examples=[True])


def account_shape(account: Account, balance: Balance) -> AccountShape:
    """An account and its balance as they go over the wire."""
    return AccountShape(
        code=account.code,
        kind=str(account.kind),
        currency=account.currency,
        normal_side=str(account.normal_side),
        label=account.label,
        balance=_balance_shape(account, balance),
    )


def entry_shape(entry: Entry) -> EntryShape:
    """A journal entry as it goes over the wire."""
    return EntryShape(
        sequence=entry.sequence,
        id=str(entry.id),
        phase=str(entry.phase),
        rule=entry.rule,
        uetr=entry.uetr,
        event_key=entry.event_key,
        resolves=_text(entry.resolves),
        reversal_of=_text(entry.reversal_of),
        value_date=entry.value_date,
        recorded_at=entry.recorded_at,
        narrative=entry.narrative,
        evidence=dict(entry.evidence),
        postings=[_posting_shape(posting, entry.currency) for posting in entry.postings],
    )


def trial_line_shape(line: TrialLine) -> TrialLineShape:
    """A line of the trial balance as it goes over the wire."""
    return TrialLineShape(
        debits=minor_amount(line.debits, line.currency),
        credits=minor_amount(line.credits, line.currency),
        ok=line.ok,
    )


def _balance_shape(account: Account, balance: Balance) -> BalanceShape:
    def amount(minor_units: int) -> Amount:
        return minor_amount(minor_units, account.currency)

    return BalanceShape(
        posted=amount(balance.posted(account.normal_side)),
        debits_posted=amount(balance.debits_posted),
        credits_posted=amount(balance.credits_posted),
        debits_pending=amount(balance.debits_pending),
        credits_pending=amount(balance.credits_pending),
    )


def _posting_shape(posting: Posting, code: str) -> PostingShape:
    return PostingShape(
        account=posting.account, side=str(posting.side), amount=minor_amount(posting.amount, code)
    )


def _text(found: object | None) -> str | None:
    return None if found is None else str(found)
