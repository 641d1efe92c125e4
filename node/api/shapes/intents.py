"""Calls to the chain with all that was signed and decided on them, as they go over the wire.

In: records of submission and control. Out: shapes. Called by: routes intents, approvals.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import Field

from node.api.shapes.base import EXAMPLE_HASH, EXAMPLE_ID, EXAMPLE_TIME, Shape
from node.api.shapes.instructions import IntentShape, intent_shape
from node.control.approvals import Approval
from node.submission.intent import Attempt, Intent, IntentStep


class StepShape(Shape):
    """One step in the history of a call."""

    old: str = Field(description="State before; empty at first.", examples=["SIGNED"])
    new: str = Field(description="State after.", examples=["SENT"])
    reason: str = Field(description="Why; or empty.", examples=[""])
    at: datetime = Field(description="When.", examples=[EXAMPLE_TIME])


class AttemptShape(Shape):
    """One signature made for a call; all have its one nonce, so at most one is mined."""

    tx_hash: str = Field(description="Hash of what was signed.", examples=[EXAMPLE_HASH])
    kind: str = Field(description="CALL, or CANCEL for an empty one.", examples=["CALL"])
    gas: str = Field(description="Gas limit.", examples=["84000"])
    fee_wei_max: str = Field(description="Most per unit of gas.", examples=["3000000000"])
    tip_wei_max: str = Field(description="Of it for the block.", examples=["1000000000"])
    signed_by: str = Field(description="`node` or `operator`.", examples=["node"])
    at: datetime = Field(description="When it was signed.", examples=[EXAMPLE_TIME])


class ApprovalShape(Shape):
    """A command that takes two people: one asks, another one decides."""

    id: str = Field(description="Identifier of the approval.", examples=[EXAMPLE_ID])
    command: str = Field(description="What is asked for.", examples=["intent.bump"])
    subject: str = Field(description="What it is done to.", examples=[EXAMPLE_ID])
    reason: str = Field(description="Why, in the words of who asked.", examples=["gas rose"])
    shown: str = Field(
        description="Hash of what is asked for: who approves sends it back; or empty.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
    detail: dict[str, Any] = Field(
        description="What exactly is asked for, as the second person has to see it.",
        examples=[{"others": []}],
    )
    state: str = Field(description="ASKED, APPROVED or DECLINED.", examples=["ASKED"])
    asked_by: str = Field(description="Who asked.", examples=["treasurer-1"])
    asked_at: datetime = Field(description="When.", examples=[EXAMPLE_TIME])
    decided_by: str = Field(description="Who decided; empty before.", examples=["approver-1"])
    decided_at: datetime | None = Field(description="When; or null.", examples=[EXAMPLE_TIME])


class WholeIntentShape(IntentShape):
    """A call with its history."""

    due: str = Field(description="What is signed in its place next.", examples=["BUMP"])
    history: list[StepShape] = Field(description="Every step, in order.")
    signatures: list[AttemptShape] = Field(description="All ever signed, in order.")
    approvals: list[ApprovalShape] = Field(description="What people asked for, in order.")


def whole_intent_shape(
    found: Intent,
    history: Iterable[IntentStep],
    attempts: Iterable[Attempt],
    decided: Iterable[Approval],
) -> WholeIntentShape:
    """An intent with all that is known of it."""
    return WholeIntentShape(
        **dict(intent_shape(found)),
        due=found.due,
        history=[StepShape(old=e.old, new=e.new, reason=e.reason, at=e.at) for e in history],
        signatures=[_attempt_shape(each) for each in attempts],
        approvals=[approval_shape(each) for each in decided],
    )


def approval_shape(found: Approval) -> ApprovalShape:
    """An approval as it goes over the wire."""
    return ApprovalShape(
        id=found.id,
        command=found.command,
        subject=found.subject,
        reason=found.reason,
        shown=found.shown,
        detail=found.detail,
        state=found.state,
        asked_by=found.asked_by,
        asked_at=found.asked_at,
        decided_by=found.decided_by,
        decided_at=found.decided_at,
    )


def _attempt_shape(found: Attempt) -> AttemptShape:
    return AttemptShape(
        tx_hash=found.tx_hash,
        kind=found.kind,
        gas=str(found.gas),
        fee_wei_max=str(found.fee_wei_max),
        tip_wei_max=str(found.tip_wei_max),
        signed_by=found.signed_by,
        at=found.at,
    )
