"""The name of what is wrong with a group: a list of checks, the first that applies gives it.

In: a group, what is known beside it. Out: `Named`, or nothing where all is well. Pure.
Called by: verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from node.core.money import Money, currency, parse_positive
from node.reconciliation.breaks import Cause
from node.reconciliation.group import Group
from node.reconciliation.item import Kind, Record, effect_bank, effect_chain


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How much a correspondent may keep for itself: a decimal in whole units of the currency."""

    fee_max: str

    def is_fee(self, difference: int, code: str) -> bool:
        """Whether `difference` (bank minus books, minor units) is a fee."""
        return 0 < -difference <= parse_positive(self.fee_max, currency(code)).minor_units


@dataclass(frozen=True, slots=True)
class Context:
    """What a verdict depends on beside the group.

    `covered` is the last day that the statements of each nostro reach; `expected` are the UETRs
    of instructions still on their way.
    """

    today: date
    tolerance: Tolerance
    covered: Mapping[str, date] = field(default_factory=dict)
    expected: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Named:
    """A difference with its name, before its effects are added up."""

    cause: Cause
    side: Record
    amount: int
    explanation: str


def name(group: Group, context: Context) -> Named | None:
    """What is wrong with the group; None where every record says the same."""
    found = (check(group, context) for check in _CHECKS)
    return next((each for each in found if each is not None), None)


def difference(group: Group) -> int:
    """Bank minus books, in minor units."""
    return sum(map(effect_bank, group.items))


def _bank_alone(group: Group, context: Context) -> Named | None:
    if group.anchor is not None:
        return None
    amount = sum(each.amount for each in group.items)
    if group.uetr in context.expected:
        why = "The bank has booked it; the instruction is still on its way through the chain."
        return Named(Cause.TIMING, Record.CHAIN, amount, why)
    why = "The bank booked it and no payment of ours explains it."
    return Named(Cause.UNIDENTIFIED, Record.BANK, amount, why)


def _said_twice(group: Group, _: Context) -> Named | None:
    if not group.extra:
        return None
    side, amount = group.extra[0].side, sum(each.amount for each in group.extra)
    why = f"The {side} has it more than once under one reference."
    return Named(Cause.DUPLICATE, side, amount, why)


def _books_silent(group: Group, _: Context) -> Named | None:
    if group.books is not None or group.chain is None:
        return None
    why = "It is on the chain, not in the books."
    return Named(Cause.MISSING, Record.BOOKS, group.chain.amount, why)


def _chain_silent(group: Group, _: Context) -> Named | None:
    books = group.books
    if books is None or group.chain is not None or books.kind is Kind.ADJUSTMENT:
        return None
    why = "It is in the books, not on the chain."
    return Named(Cause.MISSING, Record.CHAIN, books.amount, why)


def _line_without_reason(group: Group, _: Context) -> Named | None:
    if group.bank is None or group.takes_bank:
        return None
    why = (
        "The bank booked it under the reference of a transfer between wallets, which moves no"
        " money at any bank."
    )
    return Named(Cause.UNIDENTIFIED, Record.BANK, group.bank.amount, why)


def _bank_silent(group: Group, context: Context) -> Named | None:
    books = group.books
    if books is None or group.bank is not None or not difference(group):
        return None
    reached = context.covered.get(books.account)
    if reached is not None and reached >= books.value_date:
        why = f"Final on chain and booked; a statement reaches {books.value_date} and has it not."
        return Named(Cause.MISSING, Record.BANK, books.amount, why)
    why = f"Final on chain and booked; no statement reaches its value date {books.value_date} yet."
    return Named(Cause.TIMING, Record.BANK, books.amount, why)


def _chain_differs(group: Group, _: Context) -> Named | None:
    off = sum(map(effect_chain, group.items))
    if not off:
        return None
    told = Money(abs(off), currency(group.currency))
    why = f"The chain moved {told} {'more' if off > 0 else 'less'} than the books."
    return Named(Cause.AMOUNT, Record.CHAIN, off, why)


def _bank_differs(group: Group, context: Context) -> Named | None:
    short = difference(group)
    if not short:
        return None
    told = Money(abs(short), currency(group.currency))
    if context.tolerance.is_fee(short, group.currency):
        why = f"The bank has {told} less than we booked: a fee."
        return Named(Cause.FEE, Record.BANK, short, why)
    why = f"The bank has {told} {'more' if short > 0 else 'less'} than we booked."
    return Named(Cause.AMOUNT, Record.BANK, short, why)


def _unannounced(group: Group, _: Context) -> Named | None:
    books = group.books
    if books is None or books.evidence["announced"]:
        return None
    why = f"{_WHAT[books.kind]} on chain and nobody had told this node to; the books followed."
    return Named(Cause.UNIDENTIFIED, Record.CHAIN, books.amount, why)


_WHAT: Final = {
    Kind.ISSUE: "Tokens were issued",
    Kind.REDEEM: "Tokens were redeemed",
    Kind.TRANSFER: "Tokens moved between wallets",
}
Check = Callable[[Group, Context], Named | None]
_CHECKS: Final[tuple[Check, ...]] = (
    _bank_alone,
    _said_twice,
    _books_silent,
    _chain_silent,
    _line_without_reason,
    _chain_differs,
    _bank_silent,
    _bank_differs,
    _unannounced,
)
