"""Shapes of business days.

In: signed days. Out: JSON. Called by: routes of days.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import Field

from node.api.shapes.base import EXAMPLE_DATE, EXAMPLE_TIME, Shape
from node.days.store import SignedDay

_EXAMPLE_ROOT = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class DayShape(Shape):
    """A business day that two people signed."""

    day: date = Field(description="The business day.", examples=[EXAMPLE_DATE])
    number: int = Field(description="Place in the order of signing.", examples=[1])
    root: str = Field(description="Hash of the certificate.", examples=[_EXAMPLE_ROOT])
    made_by: str = Field(description="Who asked for the signature.", examples=["treasurer-1"])
    signed_by: str = Field(description="Who signed.", examples=["approver-1"])
    signed_at: datetime = Field(description="When.", examples=[EXAMPLE_TIME])
    breaks_open: int = Field(description="Open breaks that it lists.", examples=[0])


class ReviewShape(Shape):
    """What would be signed now."""

    root: str = Field(description="Hash that the certificate would have.", examples=[_EXAMPLE_ROOT])
    certificate: dict[str, Any] = Field(
        description="Everything it would say; amounts in minor units.",
        examples=[{"day": "2026-10-05", "version": 1}],
    )


def day_shape(found: SignedDay) -> DayShape:
    """A signed day as it goes over the wire."""
    return DayShape(
        day=found.day,
        number=found.number,
        root=found.certificate.root,
        made_by=found.made_by,
        signed_by=found.signed_by,
        signed_at=found.signed_at,
        breaks_open=found.certificate.content["counts"]["breaks_open"],
    )
