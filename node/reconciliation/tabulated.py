"""Breaks, matches and items as tables, for whoever works on them elsewhere.

In: records of reconciliation. Out: sheets. Pure. Called by: api.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from node.core.money import Money, currency
from node.reconciliation.breaks import Break, business_age
from node.reconciliation.item import Item
from node.reconciliation.match import Match
from node.sheets.sheet import Row, Sheet, sheet

_BREAK = (
    *(
        "Id",
        "Open",
        "Accepted",
        "Cause",
        "Side",
        "Amount",
        "Currency",
        "Value date",
        "Business days",
    ),
    *("Owner", "UETR", "What happened"),
)
_MATCH = ("Id", "Rule", "Complete", "Difference", "Currency", "UETR", "Items", "Made at")
_ITEM = (
    *("Record", "Row", "Kind", "Amount", "Currency", "Value date", "Account", "UETR"),
    "References",
)


def breaks(found: Iterable[Break], today: date) -> Sheet:
    """One row for each break."""
    return sheet("Breaks", _BREAK, (_break(each, today) for each in found))


def matches(found: Iterable[Match]) -> Sheet:
    """One row for each match."""
    return sheet("Matches", _MATCH, map(_match, found))


def items(found: Iterable[Item]) -> Sheet:
    """One row for each item."""
    return sheet("Items", _ITEM, map(_item, found))


def _break(found: Break, today: date) -> Row:
    return (
        found.id,
        _told(yes=found.open),
        _told(yes=bool(found.accepted)),
        found.cause.value,
        str(found.side),
        _decimal(found.amount, found.currency),
        found.currency,
        found.value_date.isoformat(),
        str(business_age(found, today)),
        found.owner,
        found.uetr,
        found.explanation,
    )


def _match(found: Match) -> Row:
    return (
        found.id,
        found.rule,
        _told(yes=found.complete),
        _decimal(found.difference, found.currency),
        found.currency,
        found.uetr,
        " ".join(each.source for each in found.items),
        found.created_at.isoformat(),
    )


def _item(found: Item) -> Row:
    return (
        found.side.value,
        found.source,
        found.kind.value,
        _decimal(found.amount, found.currency),
        found.currency,
        found.value_date.isoformat(),
        found.account,
        found.uetr,
        " ".join(found.references),
    )


def _told(*, yes: bool) -> str:
    return "yes" if yes else "no"


def _decimal(units: int, code: str) -> str:
    return Money(units, currency(code)).decimal()
