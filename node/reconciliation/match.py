"""A match: items of different records that say the same.

In: nothing. Out: `Match`. Called by: store and keeping here; api and console.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from node.reconciliation.item import Item

WITHDRAWN = "withdrawn"  # the rule of a match whose items have left it


@dataclass(frozen=True, slots=True)
class Match:
    """`rule` made its last link; `difference` is bank minus books in minor units.

    `complete` says whether every side that the payment needs is there.
    """

    id: str
    sequence: int
    rule: str
    currency: str
    uetr: str
    difference: int
    complete: bool
    sides: tuple[str, ...]
    items: tuple[Item, ...]
    created_at: datetime
    updated_at: datetime
