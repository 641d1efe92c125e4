"""What the accounts hold, now and as of any cut, and the proofs that the books add up.

In: a session. Out: `Balance`, trial balance, differences. Called by: reconciliation, api, console,
cli. Now is read from the counters; a cut, and every proof, is added up from the postings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from node.ledger import store
from node.ledger.account import NORMAL_SIDE, TOKENISED, Account, AccountKind, unknown_account
from node.ledger.balance import Balance
from node.ledger.cut import Cut
from node.ledger.totals import store as totals

__all__ = [
    "Balance",
    "TrialLine",
    "balance",
    "balances",
    "prove_counters",
    "total_posted",
    "total_tokenised",
    "trial_balance",
]


@dataclass(frozen=True, slots=True)
class TrialLine:
    """All accounts of one currency added up; `debits` and `credits` are the posted ones."""

    currency: str
    debits: int
    credits: int
    debits_pending: int
    credits_pending: int

    @property
    def ok(self) -> bool:
        """Whether debits equal credits, posted and pending each."""
        return (self.debits, self.debits_pending) == (self.credits, self.credits_pending)


def balance(
    session: Session,
    account: str,
    *,
    value_date_until: date | None = None,
    recorded_until: datetime | None = None,
    sequence_until: int | None = None,
) -> Balance:
    """One account's totals as of a cut; raises `UnknownAccount` rather than answering zero."""
    if store.account(session, account) is None:
        raise unknown_account(account)
    cut = Cut(value_date_until, recorded_until, sequence_until)
    return totals.sums(session, cut, account=account).get(account, Balance(account))


def balances(
    session: Session, *, kind: str | None = None, currency: str | None = None
) -> list[tuple[Account, Balance]]:
    """Every account with its totals now, in code order."""
    accounts = store.accounts(session, kind, currency)
    held = totals.counters(session)
    return [(each, held.get(each.code, Balance(each.code))) for each in accounts]


def trial_balance(
    session: Session,
    *,
    value_date_until: date | None = None,
    recorded_until: datetime | None = None,
    sequence_until: int | None = None,
) -> list[TrialLine]:
    """Debits and credits per currency as of a cut, one line for each currency of the chart."""
    within = totals.sums(session, Cut(value_date_until, recorded_until, sequence_until))
    lines: dict[str, list[Balance]] = {ccy: [] for ccy in store.currencies(session)}
    for account in store.accounts(session):
        lines[account.currency].append(within.get(account.code, Balance(account.code)))
    return [_trial_line(ccy, held) for ccy, held in lines.items()]


def prove_counters(session: Session) -> list[str]:
    """Every account whose running totals are not what its postings add up to; empty is proved."""
    kept, summed = totals.counters(session), totals.sums(session)
    codes = {account.code for account in store.accounts(session)} | set(kept) | set(summed)
    return [
        f"{code}: counters say {kept.get(code)}, postings say {summed.get(code)}"
        for code in sorted(codes)
        if kept.get(code) != summed.get(code, Balance(code))
    ]


def total_tokenised(session: Session, currency: str, sequence_until: int | None = None) -> int:
    """What the books say is on the chain in a currency: the liability that its token shows."""
    return sum(total_posted(session, kind, currency, sequence_until) for kind in TOKENISED)


def total_posted(
    session: Session, kind: str, currency: str, sequence_until: int | None = None
) -> int:
    """What all accounts of a kind hold in a currency, positive on the kind's own side."""
    side = NORMAL_SIDE[AccountKind(kind)]
    if sequence_until is None:
        held = balances(session, kind=kind, currency=currency)
        return sum(each.posted(side) for _, each in held)
    within = totals.sums(session, Cut(sequence_until=sequence_until), kind=kind, currency=currency)
    return sum(each.posted(side) for each in within.values())


def _trial_line(currency: str, within: Iterable[Balance]) -> TrialLine:
    held = list(within)
    return TrialLine(
        currency,
        sum(each.debits_posted for each in held),
        sum(each.credits_posted for each in held),
        sum(each.debits_pending for each in held),
        sum(each.credits_pending for each in held),
    )
