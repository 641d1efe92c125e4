"""The four counters of an account, and by how much an entry moves them.

In: postings and the phase of their entry. Out: `Balance`. No database.
Called by: journal, store, balances; others import `Balance` from balances.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from node.core.types import Side
from node.ledger.entry import Phase, Posting


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


def effects(postings: Iterable[Posting], phase: Phase, *, resolving: bool) -> list[Balance]:
    """What one entry adds to the counters, per account and in the order of their codes.

    Pending adds to pending; posted adds to posted; what resolves a pending entry releases it.
    """
    pending = 1 if phase is Phase.PENDING else -1 if resolving else 0
    posted = 1 if phase is Phase.POSTED else 0
    totals: Counter[tuple[str, Side]] = Counter()
    for posting in postings:
        totals[posting.account, posting.side] += posting.amount
    return [
        Balance(
            account,
            pending * totals[account, Side.DEBIT],
            pending * totals[account, Side.CREDIT],
            posted * totals[account, Side.DEBIT],
            posted * totals[account, Side.CREDIT],
        )
        for account in sorted({account for account, _ in totals})
    ]


def _net(debits: int, credits: int, normal_side: Side) -> int:  # noqa: A002 - the banker's word
    return debits - credits if normal_side is Side.DEBIT else credits - debits
