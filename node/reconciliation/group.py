"""The board on which rules place items: one group per payment, one slot per record.

In: the items of payments that touch each other. Out: `Group`s, each item in exactly one.
Called by: rules (which propose links) and grouping. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from node.core.ids import derived_id
from node.reconciliation.item import NEEDS_BANK, Item, Record, effect_bank, in_order

BY_HAND: Final = "by_hand"  # the rule of an item that people put where it is


@dataclass(slots=True)
class Group:
    """The items of one payment; `extra` are those of a record beyond the one that counts.

    `joined` are those beyond it that people put here: they count.
    """

    key: str
    currency: str
    uetr: str
    slots: dict[Record, Item] = field(default_factory=dict)
    rules: dict[Record, str] = field(default_factory=dict)
    extra: list[Item] = field(default_factory=list)
    joined: list[Item] = field(default_factory=list)
    last_rule: str = ""

    @property
    def chain(self) -> Item | None:
        """What the chain said."""
        return self.slots.get(Record.CHAIN)

    @property
    def books(self) -> Item | None:
        """What the books hold."""
        return self.slots.get(Record.BOOKS)

    @property
    def bank(self) -> Item | None:
        """What the statement shows."""
        return self.slots.get(Record.BANK)

    @property
    def anchor(self) -> Item | None:
        """What the others are measured against: the books, or the chain while they are silent."""
        return self.books or self.chain

    @property
    def takes_bank(self) -> bool:
        """Whether a statement line belongs in this payment."""
        return self.anchor is not None and self.anchor.kind in NEEDS_BANK

    @property
    def complete(self) -> bool:
        """Whether every record that the payment needs has spoken."""
        if self.books is None:
            return False
        adjustment = self.books.kind == "ADJUSTMENT"
        written_off = bool(self.joined) and not sum(map(effect_bank, self.items))
        has_bank = self.bank is not None or written_off or not self.takes_bank
        return (self.chain is not None or adjustment) and has_bank

    @property
    def items(self) -> list[Item]:
        """Every item, in order."""
        return sorted([*self.slots.values(), *self.extra, *self.joined], key=in_order)

    def rule_of(self, item: Item) -> str:
        """The rule that put an item here."""
        return BY_HAND if item in self.joined else self.rules[item.side]

    @property
    def match_id(self) -> str:
        """The id of the match that this group makes."""
        return match_id(self.key)


def match_id(key: str) -> str:
    """The id of the match of a payment; the same on every replay."""
    return str(derived_id("match", key))


@dataclass(frozen=True, slots=True)
class Link:
    """A rule's finding: this item belongs to the payment under that key."""

    key: str
    item: Item


class Board:
    """Items not yet placed, and the groups made so far. The order of arrival leaves no trace."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._free = {(each.side, each.source): each for each in sorted(items, key=in_order)}
        self.groups: dict[str, Group] = {}

    def free(self, side: Record | None = None) -> list[Item]:
        """Items that no rule has placed, in their order."""
        return [each for each in self._free.values() if side in {None, each.side}]

    def free_by_key(self) -> Iterator[tuple[str, list[Item]]]:
        """Items that name a payment, by payment."""
        found: dict[str, list[Item]] = defaultdict(list)
        for each in self.free():
            if each.uetr:
                found[each.key].append(each)
        yield from sorted(found.items())

    def place(self, key: str, item: Item, rule: str) -> None:
        """Put an item in its record's slot, or beside it when that is taken."""
        del self._free[item.side, item.source]
        self.add(key, item, rule)

    def add(self, key: str, item: Item, rule: str) -> None:
        """The same for an item that never was on the board."""
        group = self.groups.setdefault(key, Group(key, item.currency, item.uetr))
        if item.side in group.slots:
            (group.joined if rule == BY_HAND else group.extra).append(item)
            return
        group.slots[item.side] = item
        group.rules[item.side] = group.last_rule = rule


@dataclass(frozen=True, slots=True)
class LinkRule:
    """A rule that places items; lower `priority` goes first, and rules see what those placed."""

    name: str
    priority: int
    links: Callable[[Board], Iterable[Link]]
