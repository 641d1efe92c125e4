"""From items to groups: takes out what was undone, lets the rules place the rest.

In: all items of the payments concerned. Out: groups, each item in exactly one, the same for every
order of arrival. Called by: matcher. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from node.core.plugins import discover
from node.reconciliation import rules
from node.reconciliation.balance import BalanceRule
from node.reconciliation.group import BY_HAND, Board, Group, LinkRule
from node.reconciliation.item import Item, Record, in_order

Source = tuple[Record, str]  # an item by its record and the row it stands for
ALONE = "alone"  # the rule of an item that no rule has placed


def _declared() -> list[LinkRule | BalanceRule]:
    found: list[LinkRule | BalanceRule] = [module.RULE for module in discover(rules)]
    return sorted(found, key=lambda rule: (rule.priority, rule.name))


LINK_RULES = tuple(rule for rule in _declared() if isinstance(rule, LinkRule))
BALANCE_RULES = tuple(rule for rule in _declared() if isinstance(rule, BalanceRule))


def group(
    items: Iterable[Item],
    link_rules: Sequence[LinkRule] = LINK_RULES,
    by_hand: Mapping[Source, str] = MappingProxyType({}),
) -> list[Group]:
    """The groups these items make, in the order of their keys.

    `by_hand` says of items to which payments people put them: no rule moves those.
    """
    held = standing(items)
    put = [each for each in held if (each.side, each.source) in by_hand]
    board = Board(each for each in held if (each.side, each.source) not in by_hand)
    for rule in link_rules:
        for link in list(rule.links(board)):
            board.place(link.key, link.item, rule.name)
    for item in board.free():
        board.place(item.key, item, ALONE)
    for item in put:
        board.add(by_hand[item.side, item.source], item, BY_HAND)
    return [board.groups[key] for key in sorted(board.groups)]


def standing(items: Iterable[Item]) -> list[Item]:
    """Items without those that were undone and those that undid them."""
    held = sorted(items, key=in_order)
    gone = _reversed_entries(held) | _reversed_lines(held)
    return [each for each in held if (each.side, each.source) not in gone]


def _reversed_entries(items: Sequence[Item]) -> set[tuple[Record, str]]:
    books = {each.source: each for each in items if each.side is Record.BOOKS}
    return {
        (Record.BOOKS, source)
        for each in books.values()
        if each.evidence.get("reverses") in books
        for source in (each.source, str(each.evidence["reverses"]))
    }


def _reversed_lines(items: Sequence[Item]) -> set[tuple[Record, str]]:
    """Lines that the bank took back: a line and a later reversal of it with the same reference."""
    booked: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    lines = [each for each in items if each.side is Record.BANK and each.uetr]
    for line in lines:
        if not line.evidence.get("reversal"):
            booked[line.key, line.account, line.amount].append(line.source)
    gone: set[tuple[Record, str]] = set()
    for line in lines:
        undone = booked[line.key, line.account, -line.amount]
        if line.evidence.get("reversal") and undone:
            gone |= {(Record.BANK, line.source), (Record.BANK, undone.pop())}
    return gone
