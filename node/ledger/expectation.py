"""Expectations: what the bank decided should happen, written before it does.

In: settlement instructions. Out: `Expectation` and its refusals. No database.
Called by: settlement (makes them), posting (finds them by the chain's reference), reconciliation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from node.core.errors import Conflict, InvalidAmount, InvalidReference, NotFound
from node.core.ids import is_ref, parse_uetr
from node.core.money import MINOR_UNITS_MAX, currency


class ExpectationKind(StrEnum):
    """What is expected of the deposit: more of it, less of it, or another holder."""

    ISSUE = "ISSUE"
    REDEEM = "REDEEM"
    TRANSFER = "TRANSFER"


class UnknownExpectation(NotFound):
    """Nothing was announced under that id."""

    code = "UNKNOWN_EXPECTATION"
    title = "Unknown expectation"


class ExpectationEnded(Conflict):
    """The expectation was ended before, for another reason."""

    code = "EXPECTATION_ENDED"
    title = "Expectation already ended"


@dataclass(frozen=True, slots=True)
class Expectation:
    """One announced payment; `uetr` joins all records.

    `ref` is what the chain will tell of it under, 0x text: for a payment on its own UETR and `id`,
    for a leg of a settlement the reference that all of its legs share.
    """

    id: str
    uetr: str
    kind: str
    currency: str
    amount: int
    debit_account: str
    credit_account: str
    value_date: date
    ref: str
    references: tuple[str, ...] = ()


def check_expectation(expectation: Expectation) -> None:
    """Raise `InvalidReference` or `InvalidAmount` for a part that is not well formed."""
    if str(parse_uetr(expectation.uetr)) != expectation.uetr:
        raise InvalidReference(
            f"expectation {expectation.id}: the UETR {expectation.uetr} is not in lower case",
            remedy="Write it in lower case, so that one payment has one name.",
        )
    if not is_ref(expectation.ref):
        raise InvalidReference(
            f"expectation {expectation.id}: {expectation.ref[:70]!r} is no contract reference",
            remedy="Write 0x and 64 hexadecimal digits in lower case.",
        )
    currency(expectation.currency)
    if expectation.kind not in set(ExpectationKind):
        raise InvalidReference(
            f"expectation {expectation.id}: {expectation.kind[:30]!r} is no kind of expectation",
            remedy=f"Use one of {', '.join(ExpectationKind)}.",
        )
    if not 0 < expectation.amount <= MINOR_UNITS_MAX:
        raise InvalidAmount(
            f"expectation {expectation.id}: {expectation.amount} is not a positive amount of at"
            " most 63 bits",
            remedy="Announce positive minor units; split what does not fit.",
        )
