"""Instructions and the intents that carry them out, as a partner sees them.

In: settlement and submission records. Out: shapes. Called by: routes issues, redemptions,
transfers, instructions, payments.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from pydantic import Field

from node.api.shapes.base import (
    EXAMPLE_DATE,
    EXAMPLE_HASH,
    EXAMPLE_ID,
    EXAMPLE_NOSTRO,
    EXAMPLE_TIME,
    EXAMPLE_UETR,
    EXAMPLE_WALLET,
    Amount,
    IsoDate,
    PositiveAmount,
    Reference,
    Shape,
    Uetr,
    amount_of,
)
from node.settlement.instruction import Instruction
from node.submission.intent import Intent

UETR_TEXT = "Unique End-to-end Transaction Reference: a version 4 UUID, used for one payment ever."

NOSTRO_TEXT = "Our account at the correspondent: its number as statements write it, or its code."
NOSTRO_EXAMPLE = "DE02100100109307118603"


class PaymentOrder(Shape):
    """What every instruction to move value says."""

    amount: PositiveAmount = Field(description="How much to move.")
    uetr: Uetr = Field(description=UETR_TEXT, examples=[EXAMPLE_UETR])
    end_to_end_id: Reference = Field(
        default="", description="The caller's own reference, handed on unchanged.",
        examples=["INV-2026-0042"],
    )  # fmt: skip
    value_date: IsoDate | None = Field(
        default=None,
        description="Date on which the money counts; today (UTC) when left out.",
        examples=[EXAMPLE_DATE],
    )


class InstructionShape(Shape):
    """One payment the bank was told to make, and how far it has come."""

    id: str = Field(description="Identifier of the instruction.", examples=[EXAMPLE_ID])
    kind: str = Field(description="ISSUE, REDEEM or TRANSFER.", examples=["ISSUE"])
    uetr: str = Field(description=UETR_TEXT, examples=[EXAMPLE_UETR])
    amount: Amount = Field(description="How much moves.")
    debtor_wallet: str = Field(description="Paying wallet; empty for an issue.", examples=[""])
    creditor_wallet: str = Field(
        description="Receiving wallet; empty for a redemption.", examples=[EXAMPLE_WALLET]
    )
    nostro: str = Field(
        description="Ledger account of the correspondent account; empty for a transfer.",
        examples=[EXAMPLE_NOSTRO],
    )
    end_to_end_id: str = Field(description="The caller's reference.", examples=["INV-2026-0042"])
    value_date: date = Field(description="Date on which it counts.", examples=[EXAMPLE_DATE])
    state: str = Field(
        description="INSTRUCTED, SENT, ON_CHAIN, SETTLED; or REFUSED, FAILED with a reason.",
        examples=["INSTRUCTED"],
    )
    reason: str = Field(description="Why it was refused or failed; else empty.", examples=[""])
    created_by: str = Field(description="Subject who instructed.", examples=["bank-a"])
    created_at: datetime = Field(description="When it was accepted.", examples=[EXAMPLE_TIME])
    updated_at: datetime = Field(description="When its state last moved.", examples=[EXAMPLE_TIME])


class IntentShape(Shape):
    """One call to a contract that carries an instruction out."""

    id: str = Field(description="Identifier of the intent.", examples=[EXAMPLE_ID])
    purpose: str = Field(description="What the call does.", examples=["ISSUE"])
    state: str = Field(
        description="PREPARED SIGNED SENT MINED CONFIRMED FINAL, or how it ended otherwise.",
        examples=["FINAL"],
    )
    chain_id: int = Field(description="Chain it is sent to.", examples=[1337])
    signer: str = Field(description="Address that signs.", examples=[EXAMPLE_WALLET])
    target: str = Field(description="Contract called.", examples=[EXAMPLE_WALLET])
    nonce: int | None = Field(description="Nonce, once allotted.", examples=[7])
    tx_hash: str = Field(description="Hash, once signed; else empty.", examples=[EXAMPLE_HASH])
    block_number: int | None = Field(description="Block, once mined.", examples=[4242])
    attempts: int = Field(description="How often it was broadcast.", examples=[1])
    reason: str = Field(description="Why it was refused or reverted.", examples=[""])


class FollowedShape(InstructionShape):
    """An instruction with the calls that carry it out."""

    intents: list[IntentShape] = Field(description="In the order in which they are sent.")


def instruction_shape(found: Instruction) -> InstructionShape:
    """An instruction as it goes over the wire."""
    return InstructionShape(
        id=str(found.id),
        kind=str(found.kind),
        uetr=str(found.uetr),
        amount=amount_of(found.amount),
        debtor_wallet=found.debtor_wallet,
        creditor_wallet=found.creditor_wallet,
        nostro=found.nostro,
        end_to_end_id=found.end_to_end_id,
        value_date=found.value_date,
        state=str(found.state),
        reason=found.reason,
        created_by=found.created_by,
        created_at=found.created_at,
        updated_at=found.updated_at,
    )


def followed_shape(found: Instruction, intents: Iterable[Intent]) -> FollowedShape:
    """An instruction and its intents as they go over the wire."""
    instruction = instruction_shape(found)
    return FollowedShape(**dict(instruction), intents=[intent_shape(each) for each in intents])


def intent_shape(found: Intent) -> IntentShape:
    """An intent as it goes over the wire; its signed bytes stay with the node."""
    return IntentShape(
        id=str(found.id),
        purpose=found.purpose,
        state=str(found.state),
        chain_id=found.chain_id,
        signer=found.signer,
        target=found.target,
        nonce=found.nonce,
        tx_hash=found.tx_hash,
        block_number=found.block_number,
        attempts=found.attempts,
        reason=found.reason,
    )
