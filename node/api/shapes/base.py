"""The ground of every shape: strict models, exact amounts, text that every database can hold.

In: JSON of callers, records of the node. Out: pydantic models with a description and an example
for each member. Called by: the other shapes, paging, idempotency, routes.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Final

from fastapi import Path, Query
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from node.core.money import Money, currency, decimal_text

EXAMPLE_UETR = "7a562c67-ca16-48ba-b074-65581be6f001"
EXAMPLE_ID = "0d5f9c1e-6a5b-5c7e-9d42-3b1f6f0f6c11"
EXAMPLE_WALLET = "0x52908400098527886e0f7030069857d2e4169ee7"
EXAMPLE_NOSTRO = "NOSTRO:EUR:DE02100100109307118603"
EXAMPLE_HASH = "0x9c22ff5f21f0b81b113e63f7db6da94fedef11b2119b4088b89664fb9a3cb658"
EXAMPLE_TIME = "2026-11-23T09:30:00Z"
EXAMPLE_DATE = "2026-11-23"
UETR_PATTERN = (
    r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$"
)
ADDRESS_PATTERN = r"^0x[0-9a-fA-F]{40}$"
POSITION_MAX: Final = 2**31 - 1  # the databases number rows in 32 bits
_DAY: Final = r"(19|20|21)\d\d-\d\d-\d\d"
_DATE: Final = re.compile(_DAY, re.ASCII)
_MOMENT: Final = re.compile(_DAY + r"T\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)


class Shape(BaseModel):
    """Base of all bodies: unknown members are refused, values are never silently changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)


def _lower(text: str) -> str:
    return text.lower()


def _as_date(value: object) -> object:
    return _as_written(value, _DATE, EXAMPLE_DATE)


def _as_moment(value: object) -> object:
    return _as_written(value, _MOMENT, EXAMPLE_TIME)


def _as_written(value: object, form: re.Pattern[str], example: str) -> object:
    # Left alone, pydantic reads a number as seconds since 1970: a date nobody meant.
    if not isinstance(value, str) or not form.fullmatch(value):
        raise ValueError(f"write it as {example}, between 1900 and 2199")
    return value


# The character set of SWIFT references, which is also free of control characters.
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9/\-?:().,'+ ]*$", max_length=35)]
Uetr = Annotated[str, StringConstraints(pattern=UETR_PATTERN), AfterValidator(_lower)]
Wallet = Annotated[str, StringConstraints(pattern=ADDRESS_PATTERN), AfterValidator(_lower)]
PartyName = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,140}$")]
Nostro = Annotated[
    str,
    StringConstraints(pattern=r"^(NOSTRO:[A-Z]{3}:)?[A-Za-z0-9][A-Za-z0-9/.\-]{0,33}$"),
]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
IsoDate = Annotated[date, BeforeValidator(_as_date)]
IsoMoment = Annotated[AwareDatetime, BeforeValidator(_as_moment)]
RecordId = Annotated[
    str,
    Path(pattern=r"^[A-Za-z0-9-]{1,64}$", description="Identifier.", examples=[EXAMPLE_ID]),
]
Position = Annotated[
    int, Path(ge=1, le=POSITION_MAX, description="Position in the record.", examples=[17])
]
UetrFilter = Annotated[
    Uetr | None, Query(description="Only this payment.", examples=[EXAMPLE_UETR])
]
UetrPath = Annotated[Uetr, Path(description="The payment's UETR.", examples=[EXAMPLE_UETR])]


class Amount(Shape):
    """An exact amount: a decimal string and its ISO 4217 currency, never a JSON number."""

    amount: str = Field(
        description="Decimal string with exactly the digits of the currency's minor unit.",
        examples=["100.25"],
    )
    currency: str = Field(description="ISO 4217 code.", examples=["EUR"])


class PositiveAmount(Shape):
    """An amount to move: above zero, with no more decimals than the currency has."""

    amount: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,30}(\.[0-9]{1,30})?$")] = Field(
        description="Decimal string above zero, with a dot and no thousands separators.",
        examples=["100.25"],
    )
    currency: Currency = Field(description="ISO 4217 code.", examples=["EUR"])


def amount_of(money: Money) -> Amount:
    """Money as it goes over the wire."""
    return Amount(amount=money.decimal(), currency=money.asset.code)


def minor_amount(minor_units: int, code: str) -> Amount:
    """An integer count of a currency's minor units as it goes over the wire."""
    return Amount(amount=decimal_text(minor_units, currency(code).scale), currency=code)
