"""Chooses the opening and the closing balance among those a statement reports.

In: the element of a statement and its currency. Out: two balances with their dates.
Called by: report. Booked balances come first; interim ones (ITBD) open and close inner pages, and
the available ones stand in where a bank reports nothing else: the proof still has to hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from lxml.etree import _Element as Element

from node.bank import element as field
from node.core.money import Asset, Money

_OPENING: Final = ("OPBD", "PRCD", "ITBD", "OPAV", "ITAV")
_CLOSING: Final = ("CLBD", "ITBD", "CLAV", "ITAV")
CREDIT: Final = "CRDT"
DEBIT: Final = "DBIT"
SIDES: Final = frozenset({CREDIT, DEBIT})


@dataclass(frozen=True, slots=True)
class Balance:
    """One balance: signed amount and its date."""

    amount: Money
    on: date | None


def signed(element: Element, amount: Money) -> Money:
    """The amount with the sign that CdtDbtInd gives it."""
    return amount if field.choice(element, "CdtDbtInd", SIDES) == CREDIT else -amount


def opening_and_closing(statement: Element, of: Asset) -> tuple[Balance | None, Balance | None]:
    """The first balance that opens and the last that closes, each by order of preference."""
    coded = [(_code(each), each) for each in field.each(statement, "Bal")]
    first = _chosen(coded, _OPENING)
    last = _chosen(coded[::-1], _CLOSING)
    if first is last:
        only = _code(first) if first is not None else ""
        first, last = (None, last) if only.startswith("CL") else (first, None)
    return _read(first, of), _read(last, of)


def _chosen(coded: list[tuple[str, Element]], wanted: tuple[str, ...]) -> Element | None:
    for code in wanted:
        for found, balance in coded:
            if found == code:
                return balance
    return None


def _code(balance: Element) -> str:
    return field.text(balance, "Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry", "Tp/Cd")


def _read(balance: Element | None, of: Asset) -> Balance | None:
    if balance is None:
        return None
    amount = field.amount(field.required(balance, "Amt"), of)
    return Balance(signed(balance, amount), field.day(balance, "Dt/Dt", "Dt/DtTm"))
