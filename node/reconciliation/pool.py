"""Which items a comparison has to look at: what is new, and all whose verdict that may change.

In: a session, what is known beside the items, now and at the last comparison. Out: items, whole
payments of them. Called by: matcher. The rest stands as it was judged, however much there is.

A verdict depends on the items of its payment; on lines without a reference and payments of the same
account, currency and amount, for the rules that pair those; on how far the statements of its nostro
reach; and, for a line that stands alone, on whether its payment is under way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from node.ledger import store as ledger
from node.reconciliation.grouping import Source
from node.reconciliation.item import Item, Record
from node.reconciliation.items import store
from node.reconciliation.items.store import Shape

Items = dict[int, Item]


@dataclass(frozen=True, slots=True)
class Since:
    """How it stood when the records were last compared.

    `item` is the last that was judged, `hand` the last of what people put; `covered` is the last
    day that the statements of each nostro reached.
    """

    item: int
    hand: int
    covered: Mapping[str, date]


def pool(
    session: Session,
    since: Since,
    covered: Mapping[str, date],
    under_way: Iterable[str],
    put: Mapping[Source, str],
) -> list[Item]:
    """Items to be judged; `under_way` are the payments of which lone lines are to be told anew.

    `put` says of items to which payments people put them.
    """
    new = store.after(session, since.item)
    places = set(map(_name, store.places_put(session, since.hand)))
    touched = _by_id(
        new,
        store.put_after(session, since.hand),
        store.newly_reached(session, since.covered, covered),
        store.by_names(session, (places | set(under_way)) - {""}),
    )
    touched = _whole(session, touched, put)
    alike = _alike(session, touched)
    return list((touched | _whole(session, alike, put)).values())


def _alike(session: Session, touched: Items) -> Items:
    """Lines that name no payment, and the payments that wait for a line just like them."""
    lines = _by_id(store.open_lines(session, set(map(_shape, touched.values()))))
    told = [each for each in [*lines.values(), *touched.values()] if _is_nameless(each)]
    return lines | _by_id(store.open_entries(session, set(map(_shape, told))))


def _whole(session: Session, items: Items, put: Mapping[Source, str]) -> Items:
    """Items with all of their payments."""
    found: Items = {}
    while items:
        found |= items
        beside = _beside(session, items, put)
        items = {id_: each for id_, each in beside.items() if id_ not in found}
    return found


def _beside(session: Session, items: Items, put: Mapping[Source, str]) -> Items:
    """What goes by the same name as one of these, was put there, or is matched with it.

    And what it undid, or was undone by: neither stands, whatever else happens to them.
    """
    held = items.values()
    keys = {each.key for each in held} | {put[at] for at in map(_source, held) if at in put}
    joined = {source for (_, source), key in put.items() if key in keys}
    names = joined | set(map(_name, keys)) | _reversals(session, held)
    return _by_id(store.by_names(session, names), store.companions(session, list(items)))


def _reversals(session: Session, items: Iterable[Item]) -> set[str]:
    entries = [each.evidence for each in items if each.side is Record.BOOKS]
    undone = {each["reverses"] for each in entries} - {""}
    undoing = ledger.undoing(session, [each["entry"] for each in entries])
    return undone | {f"entry:{each}" for each in undoing}


def _name(key: str) -> str:
    """A payment's reference, or the row of the item that is one alone: its key less a currency."""
    return key.partition("/")[2]


def _source(item: Item) -> Source:
    return (item.side, item.source)


def _is_nameless(item: Item) -> bool:
    return item.side is Record.BANK and not item.uetr


def _shape(item: Item) -> Shape:
    return (item.account, item.currency, item.amount)


def _by_id(*found: Iterable[Item]) -> Items:
    return {each.id: each for items in found for each in items}
