"""Shapes of cases: notes, suggestions.

In: records of the node. Out: JSON. Called by: routes of cases.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from node.api.shapes.base import EXAMPLE_ID, EXAMPLE_TIME, Shape
from node.api.shapes.intents import ApprovalShape, approval_shape
from node.control.approvals import Approval
from node.reconciliation.cases.store import Note
from node.reconciliation.cases.suggestions import Suggestion

Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]


class Why(Shape):
    """Why; the second person reads it."""

    reason: Line = Field(description="One line.", examples=["The correspondent kept its fee."])


class NoteShape(Shape):
    """What somebody wrote to a case."""

    id: int = Field(description="Number of the note.", examples=[1])
    by: str = Field(description="Who wrote it.", examples=["treasurer-1"])
    at: datetime = Field(description="When.", examples=[EXAMPLE_TIME])
    text: str = Field(description="What.", examples=["asked the correspondent"])
    file_name: str = Field(description="Name of the file with it; or empty.", examples=["a.pdf"])
    sha256: str = Field(description="Hash of that file; or empty.", examples=[""])


class SuggestionShape(Shape):
    """Breaks that may be the same payment; nothing happens until two people say so."""

    breaks: list[str] = Field(description="The other breaks.", examples=[[EXAMPLE_ID]])
    reason: str = Field(description="Why.", examples=["same amount, 2 days later"])


class CaseShape(Shape):
    """A break as people work on it."""

    notes: list[NoteShape] = Field(description="What was written, oldest first.")
    approvals: list[ApprovalShape] = Field(description="What people asked for, in order.")
    suggestions: list[SuggestionShape] = Field(
        description="What it may belong to, likeliest first."
    )


def case_shape(
    notes: Iterable[Note], asked: Iterable[Approval], suggested: Iterable[Suggestion]
) -> CaseShape:
    """A case as it goes over the wire."""
    return CaseShape(
        notes=[
            NoteShape(
                id=e.id, by=e.by, at=e.at, text=e.text, file_name=e.file_name, sha256=e.sha256
            )
            for e in notes
        ],
        approvals=[approval_shape(each) for each in asked],
        suggestions=[SuggestionShape(breaks=list(e.breaks), reason=e.reason) for e in suggested],
    )
