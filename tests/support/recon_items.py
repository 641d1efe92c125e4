"""Builders of reconciliation items: one payment as each of the three records tells it.

In: what matters to the test. Out: `Item`s with the rest filled in. Used by tests of reconciliation.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import count
from typing import Any

from node.reconciliation.item import Item, Kind, Record

DAY = date(2026, 11, 24)
NOSTRO = "NOSTRO:EUR:DE02100100109307118603"
WALLET = "WALLET:EUR:0x" + "ab" * 20
UETR = "7a562c67-ca16-48ba-b074-65581be6f001"
OTHER = "11111111-2222-4333-8444-555555555555"
_numbers: Iterator[int] = count(1)


def chain(kind: Kind, amount: int, *, uetr: str = UETR, event: str = "e1", **more: object) -> Item:
    """A final event."""
    number = next(_numbers)
    evidence = {"event": event, "block": 42, "tx_hash": "0x11"}
    told = {"account": WALLET, "uetr": uetr, "evidence": evidence} | more
    return _item(Record.CHAIN, f"event:{number}", kind, amount, **told)


def books(kind: Kind, amount: int, *, uetr: str = UETR, event: str = "e1", **more: object) -> Item:
    """A posted entry; what it moves follows from its kind unless said otherwise."""
    number = next(_numbers)
    moves = {Kind.TRANSFER: (0, 0), Kind.ADJUSTMENT: (amount, 0)}.get(kind, (amount, amount))
    evidence = {
        "entry": str(number),
        "nostro": more.pop("nostro", moves[0]),
        "wallets": more.pop("wallets", moves[1]),
        "announced": more.pop("announced", True),
        "event": event,
        "reverses": more.pop("reverses", ""),
    }
    account = WALLET if kind is Kind.TRANSFER else NOSTRO
    told = {"account": account, "uetr": uetr, "evidence": evidence} | more
    return _item(Record.BOOKS, f"entry:{number}", kind, amount, **told)


def line(amount: int, *, uetr: str = UETR, reversal: bool = False, **more: object) -> Item:
    """A booked line of a statement."""
    number = next(_numbers)
    evidence = {"statement": "s1", "position": number, "line": number, "reversal": reversal}
    told = {"account": NOSTRO, "uetr": uetr, "evidence": evidence} | more
    return _item(Record.BANK, f"line:{number}", Kind.BANK_LINE, amount, **told)


def _item(
    side: Record,
    source: str,
    kind: Kind,
    amount: int,
    **told: Any,  # noqa: ANN401 - fields
) -> Item:
    filled: dict[str, Any] = {"value_date": DAY, "references": ()} | told
    return Item(
        id=int(source.partition(":")[2]),
        side=side,
        source=source,
        kind=kind,
        currency="EUR",
        amount=amount,
        **filled,
    )
