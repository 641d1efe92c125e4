"""The verdict on a group: which match it makes, and what break it leaves, if any.

In: a group, what is known beside it (`Context`). Out: `Verdict`. Pure.
Called by: matcher; its shapes by writes/store, keeping and sweep.

One group leaves at most one break, and the effects of that break are the sums over all its items.
So open breaks always add up to the differences between the records, whatever they are called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from zlib import crc32

from node.core.money import Money, currency
from node.reconciliation.balance import BalanceRule
from node.reconciliation.breaks import Cause
from node.reconciliation.group import Group, LinkRule
from node.reconciliation.grouping import BALANCE_RULES, LINK_RULES
from node.reconciliation.item import Item, effect_bank, effect_chain
from node.reconciliation.naming import Context, Named, Tolerance, difference, name

__all__ = [
    "Context",
    "Finding",
    "MatchFound",
    "Tolerance",
    "Verdict",
    "judge",
    "rules_mark",
    "subject_of",
]


_RULES: Final[tuple[LinkRule | BalanceRule, ...]] = (*LINK_RULES, *BALANCE_RULES)


@dataclass(frozen=True, slots=True)
class MatchFound:
    """Items of two records or more in one payment; `members` maps item ids to rules."""

    id: str
    rule: str
    currency: str
    uetr: str
    difference: int
    complete: bool
    members: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a break says; see `Break` for the meaning of its parts."""

    subject: str
    cause: Cause
    side: str
    currency: str
    amount: int
    effect_bank: int
    effect_chain: int
    value_date: date
    uetr: str
    explanation: str
    evidence: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a group comes to."""

    key: str
    match: MatchFound | None
    finding: Finding | None


def judge(group: Group, context: Context) -> Verdict:
    """The match and the break of a group."""
    named = name(group, context)
    return Verdict(
        key=group.key,
        match=_match(group),
        finding=None if named is None else _finding(group, named),
    )


def rules_mark(tolerance: Tolerance) -> int:
    """A number of the rules and the tolerance: other ones judge everything anew."""
    rules = [(each.name, each.priority) for each in _RULES]
    return crc32(repr((rules, tolerance)).encode())


def subject_of(key: str) -> str:
    """What a break of the payment under that key is about."""
    return f"payment:{key}"


def _match(group: Group) -> MatchFound | None:
    if len(group.slots) < 2:  # noqa: PLR2004 - a match joins two records or more
        return None
    balanced = not group.extra and not sum(map(effect_chain, group.items))
    return MatchFound(
        id=group.match_id,
        rule=group.last_rule,
        currency=group.currency,
        uetr=group.uetr,
        difference=difference(group),
        complete=group.complete and balanced,
        members={each.id: group.rule_of(each) for each in group.items},
    )


def _finding(group: Group, named: Named) -> Finding:
    items = group.items
    first = group.anchor or items[0]
    return Finding(
        subject=subject_of(group.key),
        cause=named.cause,
        side=named.side,
        currency=group.currency,
        amount=named.amount,
        effect_bank=sum(map(effect_bank, items)),
        effect_chain=sum(map(effect_chain, items)),
        value_date=first.value_date,
        uetr=next((each.uetr for each in items if each.uetr), ""),
        explanation=named.explanation,
        evidence={"items": [shown(each) for each in items]},
    )


def shown(item: Item) -> dict[str, Any]:
    """An item as evidence: which row of which record, and what it says."""
    return {
        "side": item.side.value,
        "source": item.source,
        "amount": Money(item.amount, currency(item.currency)).decimal(),
        "value_date": item.value_date.isoformat(),
        "account": item.account,
        **item.evidence,
    }
