"""The four counters of an account, and by how much an entry moves them.

In: counters as they are kept, entries. Out: `Balance`. No database.
Called by: journal, totals, balances; others import `Balance` from balances.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from node.core.money import MINOR_UNITS_MAX
from node.core.types import Side
from node.ledger.entry import Entry, Phase


@dataclass(frozen=True, slots=True)
class Balance:
    """Totals of one account in minor units; nothing is netted until a side is asked for."""

    account: str
    debits_pending: int = 0
    credits_pending: int = 0
    debits_posted: int = 0
    credits_posted: int = 0

    def posted(self, normal_side: Side) -> int:
        """What stands for good, positive on the account's own side."""
        return _net(self.debits_posted, self.credits_posted, normal_side)

    def pending(self, normal_side: Side) -> int:
        """What is announced and not resolved, positive on the account's own side."""
        return _net(self.debits_pending, self.credits_pending, normal_side)

    def available(self, normal_side: Side) -> int:
        """What may be spent: posted, less what is announced to go out, without what may come."""
        outgoing = self.credits_pending if normal_side is Side.DEBIT else self.debits_pending
        return self.posted(normal_side) - outgoing


class Running:
    """Counters of several accounts, moved by one entry after the other."""

    def __init__(self, kept: Mapping[str, Balance]) -> None:
        self._kept = kept
        self._held = {
            code: [b.debits_pending, b.credits_pending, b.debits_posted, b.credits_posted]
            for code, b in kept.items()
        }

    def move(self, entry: Entry) -> str | None:
        """Add an entry; gives an account of which a side no longer fits in 63 bits, if any.

        Pending adds to pending; posted adds to posted; what resolves a pending entry releases it.
        """
        pending = 1 if entry.phase is Phase.PENDING else -1 if entry.resolves else 0
        posted = 1 if entry.phase is Phase.POSTED else 0
        for posting in entry.postings:
            held, place = self._held[posting.account], int(posting.side is Side.CREDIT)
            held[place] += pending * posting.amount
            held[place + 2] += posted * posting.amount
        for posting in entry.postings:
            held = self._held[posting.account]
            if held[0] + held[2] > MINOR_UNITS_MAX or held[1] + held[3] > MINOR_UNITS_MAX:
                return posting.account
        return None

    def moved(self) -> list[Balance]:
        """By how much each account was moved, in the order of their codes."""
        return [
            _less(Balance(code, *self._held[code]), self._kept[code]) for code in sorted(self._held)
        ]


def _less(one: Balance, other: Balance) -> Balance:
    return Balance(
        one.account,
        one.debits_pending - other.debits_pending,
        one.credits_pending - other.credits_pending,
        one.debits_posted - other.debits_posted,
        one.credits_posted - other.credits_posted,
    )


def _net(debits: int, credits: int, normal_side: Side) -> int:  # noqa: A002 - the banker's word
    return debits - credits if normal_side is Side.DEBIT else credits - debits
