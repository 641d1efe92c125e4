"""Matches, breaks and the proof, as a partner sees them.

In: reconciliation records. Out: shapes. Called by: routes breaks, matches, proof, payments.
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
    Amount,
    Shape,
    minor_amount,
)
from node.reconciliation.breaks import Break, age_days, business_age, sla
from node.reconciliation.item import Item
from node.reconciliation.match import Match
from node.reconciliation.proof import Proof, ProofLine


class ItemShape(Shape):
    """One thing one side says happened."""

    side: str = Field(description="chain, books or bank.", examples=["chain"])
    source: str = Field(description="Key of the record it stands for.", examples=["event:17"])
    kind: str = Field(description="ISSUE, REDEEM, TRANSFER or BANK_LINE.", examples=["ISSUE"])
    amount: Amount = Field(description="Signed: into the bank is positive.")
    value_date: date = Field(description="Date on which it counts.", examples=[EXAMPLE_DATE])
    account: str = Field(description="Account; or empty.", examples=[""])


class MatchShape(Shape):
    """Items of different sides that say the same."""

    id: str = Field(description="Identifier of the match.", examples=[EXAMPLE_ID])
    uetr: str = Field(description="Payment it belongs to; or empty.", examples=[EXAMPLE_UETR])
    rule: str = Field(description="Rule that made its last link.", examples=["exact_reference"])
    sides: list[str] = Field(
        description="Sides that are in it.", examples=[["bank", "books", "chain"]]
    )
    complete: bool = Field(description="Whether every side it needs is there.", examples=[True])
    difference: Amount = Field(description="Bank minus books.")
    items: list[ItemShape] = Field(description="What was matched.")


class BreakShape(Shape):
    """A difference with a name, an owner and a clock."""

    id: str = Field(description="Identifier of the break.", examples=[EXAMPLE_ID])
    cause: str = Field(description="What kind of difference.", examples=["MISSING"])
    side: str = Field(description="Side that lacks, or stands alone.", examples=["bank"])
    amount: Amount = Field(description="What is at stake, signed.")
    value_date: date = Field(description="Age counts from here.", examples=[EXAMPLE_DATE])
    age_days: int = Field(
        description="Days from the value date until it ended, or until today.", examples=[2]
    )
    age_business_days: int = Field(
        description="The same in business days of its currency.", examples=[1]
    )
    sla: str = Field(
        description="FRESH, DUE from two, OVERDUE from five of them.", examples=["FRESH"]
    )
    uetr: str = Field(description="Payment it belongs to; or empty.", examples=[EXAMPLE_UETR])
    owner: str = Field(description="Who works on it.", examples=["treasury"])
    open: bool = Field(description="Whether it still stands.", examples=[True])
    accepted: str = Field(
        description="Approval by which two people live with it; or empty. It goes on counting.",
        examples=[""],
    )
    explanation: str = Field(
        description="What happened, for people.",
        examples=["On chain and in the books, but on no statement."],
    )
    evidence: dict[str, Any] = Field(description="Where to look.", examples=[{"match": "m1"}])
    opened_at: datetime = Field(description="When it was found.", examples=[EXAMPLE_TIME])
    closed_at: datetime | None = Field(description="When it ended.", examples=[EXAMPLE_TIME])
    closed_reason: str = Field(description="How it ended; or empty.", examples=[""])


class ProofLineShape(Shape):
    """One currency of the proof, at one final block and one ledger sequence."""

    currency: str = Field(description="ISO 4217 code.", examples=["EUR"])
    chain: Amount = Field(description="Total supply of the token at the block.")
    books: Amount = Field(description="Posted liabilities to wallets.")
    bank: Amount = Field(description="Statements, freed of what never was on chain.")
    difference: Amount = Field(description="Bank minus chain.")
    token_liability: Amount = Field(description="Sum of the wallets in the books.")
    nostro_mirror: Amount = Field(description="Sum of the nostro accounts in the books.")
    statement_closing: Amount = Field(description="Sum of the last closing balances.")
    explained: Amount = Field(description="Part of the difference that open breaks name.")
    block: int = Field(description="Final block it is taken at.", examples=[4242])
    ledger_sequence: int = Field(description="Last journal entry counted.", examples=[42])
    agrees: bool = Field(
        description="Whether the three are equal or every difference is a listed break.",
        examples=[True],
    )


class ProofShape(Shape):
    """Whether chain, books and bank agree."""

    agrees: bool = Field(description="Whether every currency agrees.", examples=[True])
    at: datetime = Field(description="When it was computed.", examples=[EXAMPLE_TIME])
    lines: list[ProofLineShape] = Field(description="One line per currency.")


def match_shape(found: Match) -> MatchShape:
    """A match as it goes over the wire."""
    return MatchShape(
        id=str(found.id),
        uetr=found.uetr,
        rule=found.rule,
        sides=[str(side) for side in found.sides],
        complete=found.complete,
        difference=minor_amount(found.difference, found.currency),
        items=[_item_shape(item) for item in found.items],
    )


def break_shape(found: Break, today: date) -> BreakShape:
    """A break as it goes over the wire, with its age at `today`."""
    return BreakShape(
        id=str(found.id),
        cause=str(found.cause),
        side=str(found.side),
        amount=minor_amount(found.amount, found.currency),
        value_date=found.value_date,
        age_days=age_days(found, today),
        age_business_days=business_age(found, today),
        sla=sla(business_age(found, today)),
        uetr=found.uetr,
        owner=found.owner,
        open=found.open,
        accepted=found.accepted,
        explanation=found.explanation,
        evidence=dict(found.evidence),
        opened_at=found.opened_at,
        closed_at=found.closed_at,
        closed_reason=found.closed_reason,
    )


def proof_shape(proof: Proof) -> ProofShape:
    """The proof as it goes over the wire."""
    return ProofShape(
        agrees=proof.agrees, at=proof.at, lines=[_proof_line_shape(line) for line in proof.lines]
    )


def _proof_line_shape(line: ProofLine) -> ProofLineShape:
    def amount(minor_units: int) -> Amount:
        return minor_amount(minor_units, line.currency)

    return ProofLineShape(
        currency=line.currency,
        chain=amount(line.chain),
        books=amount(line.books),
        bank=amount(line.bank),
        difference=amount(line.difference),
        token_liability=amount(line.token_liability),
        nostro_mirror=amount(line.nostro_mirror),
        statement_closing=amount(line.statement_closing),
        explained=amount(line.explained),
        block=line.block,
        ledger_sequence=line.ledger_sequence,
        agrees=line.agrees,
    )


def _item_shape(item: Item) -> ItemShape:
    return ItemShape(
        side=str(item.side),
        source=item.source,
        kind=str(item.kind),
        amount=minor_amount(item.amount, item.currency),
        value_date=item.value_date,
        account=item.account,
    )
