"""Breaks that no item shows: unexplained totals, instructions that never came, money left over.

In: token supply at a final block, what the books hold, open expectations. Out: findings. Pure.
Called by: matcher.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from node.core.money import Money, currency
from node.ledger.expectation import Expectation
from node.reconciliation.balance import Weights
from node.reconciliation.breaks import Cause
from node.reconciliation.grouping import BALANCE_RULES
from node.reconciliation.item import Record
from node.reconciliation.verdict import Finding

BALANCE: Final = "balance:"
EXPECTED: Final = "expected:"
CLEARING: Final = "clearing:"


def unexplained(weights: Iterable[Weights], today: date) -> Iterator[Finding]:
    """A finding for each currency and balance rule that leaves a remainder."""
    for each in weights:
        for rule in BALANCE_RULES:
            remainder = rule.remainder(each)
            if remainder:
                yield _balance(rule.name, each, remainder, today)


def overdue(expectations: Iterable[Expectation]) -> Iterator[Finding]:
    """A finding for each instruction of which the value date has passed, and that is not final."""
    for each in expectations:
        yield Finding(
            subject=f"{EXPECTED}{each.id}",
            cause=Cause.MISSING,
            side=Record.CHAIN,
            currency=each.currency,
            amount=each.amount,
            effect_bank=0,
            effect_chain=0,
            value_date=each.value_date,
            uetr=each.uetr,
            explanation=f"Instructed for {each.value_date} and still not final on chain.",
            evidence={"expectation": each.id, "kind": each.kind},
        )


def uncleared(held: Mapping[tuple[str, str], int], today: date) -> Iterator[Finding]:
    """A finding for each clearing account, by currency and code, that is not at zero."""
    for (code, account), units in sorted(held.items()):
        if units:
            told = Money(units, currency(code))
            yield Finding(
                subject=f"{CLEARING}{account}",
                cause=Cause.UNIDENTIFIED,
                side=Record.CHAIN,
                currency=code,
                amount=units,
                effect_bank=0,
                effect_chain=0,
                value_date=today,
                uetr="",
                explanation=f"{told} is left at a contract of ours that never keeps money.",
                evidence={"account": account},
            )


def _balance(rule: str, weights: Weights, remainder: int, today: date) -> Finding:
    asset = currency(weights.currency)
    supply, wallets = Money(weights.supply, asset), Money(weights.wallets, asset)
    return Finding(
        subject=f"{BALANCE}{rule}:{weights.currency}",
        cause=Cause.UNIDENTIFIED,
        side=Record.CHAIN,
        currency=weights.currency,
        amount=remainder,
        effect_bank=0,
        effect_chain=remainder,
        value_date=today,
        uetr="",
        explanation=f"The token's supply is {supply}, the books owe {wallets} to wallets, and no"
        " event explains the rest.",
        evidence={"rule": rule, "block": weights.block, "supply": supply.decimal()},
    )
