"""Proves that nothing was changed behind the books' back, and names what was.

In: a session over one snapshot. Out: findings; none is the proof. Called by: checks, cli, days.

A row whose content was changed breaks its link, or its leaf in the trail; one that was taken out
or put in breaks the link after it, or the root of its seal. Whoever rewrites all links breaks the
seals; whoever rewrites all seals is found by anyone who kept the hash of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlmodel import Session

from node.control import audit
from node.control import store as control
from node.core.merkle import root_of
from node.ledger import balances, chart
from node.ledger import store as ledger
from node.ledger.entry import Entry
from node.ledger.link import FIRST as NO_ENTRY
from node.ledger.link import link_of
from node.sealing import store
from node.sealing.seal import FIRST as NO_SEAL
from node.sealing.seal import Seal

_BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Tampering:
    """What does not fit: where, by table and key, and what is wrong with it."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Verified:
    """How much was looked at, and what does not fit."""

    entries: int
    actions: int
    seals: int
    newest_seal: str  # its hash, to be kept elsewhere
    found: tuple[Tampering, ...]


def verify(session: Session) -> Verified:
    """Look at every row of journal, accounts, audit trail and seals."""
    entries = _Count()
    seals = _Count()
    found = (
        *_links(session, entries),
        *_accounts(session),
        *_actions(session),
        *_seals(session, seals),
    )
    newest = store.last_seal(session)
    return Verified(
        entries.number,
        control.count_audit(session),
        seals.number,
        newest.hash if newest else "",
        found,
    )


@dataclass(slots=True)
class _Count:
    number: int = 0


def _links(session: Session, count: _Count) -> Iterator[Tampering]:
    sequence, before = 0, NO_ENTRY
    while kept := ledger.links(session, after=sequence, limit=_BATCH):
        entries = _read(session, kept)
        for sequence, link in kept:
            entry = entries.get(sequence)
            if entry is None:
                yield Tampering(f"journal_entry {sequence}", "it can no longer be read")
            elif link_of(before, entry) != link:
                yield Tampering(
                    f"journal_entry {sequence}",
                    f"its content, or what stood before it, was changed (entry {entry.id})",
                )
            before = link
        count.number += len(kept)


def _read(session: Session, kept: Sequence[tuple[int, str]]) -> dict[int, Entry]:
    """Those of the entries that can be read: somebody may have written what none can be."""
    first, last = kept[0][0] - 1, kept[-1][0]
    try:
        found = ledger.entries(session, after=first, limit=len(kept))
        return {each.sequence: each for each in found if each.sequence <= last}
    except (ValueError, TypeError):
        if len(kept) == 1:
            return {}
        half = len(kept) // 2
        return _read(session, kept[:half]) | _read(session, kept[half:])


def _accounts(session: Session) -> Iterator[Tampering]:
    for each in ledger.accounts(session):
        if not chart.is_well_formed(each):
            yield Tampering(f"account {each.code}", "its code says another kind, currency or side")
    for wrong in balances.prove_counters(session):
        yield Tampering("account_counter", wrong)


def _actions(session: Session) -> Iterator[Tampering]:
    for sequence in audit.verify(session):
        yield Tampering(f"audit {sequence}", "its content was changed")


def _seals(session: Session, count: _Count) -> Iterator[Tampering]:
    number, before = 0, NO_SEAL
    while found := store.seals(session, after=number):
        for seal, kept in found:
            if seal.hash != kept or seal.before != before:
                yield Tampering(f"seal {seal.number}", "it, or the seal before it, was changed")
            yield from _sealed(session, seal)
            number, before = seal.number, kept
        count.number += len(found)


def _sealed(session: Session, seal: Seal) -> Iterator[Tampering]:
    """Whether the rows under a seal are those that were sealed."""
    try:
        rows = store.leaves(session, seal.book, after=seal.first - 1, limit=seal.count + 1)
    except (ValueError, TypeError):
        rows = []  # one of them can no longer be read
    leaves = [content for sequence, content in rows if sequence <= seal.last]
    if root_of(leaves).hex() != seal.root:
        table = seal.book.lower()
        what = f"rows {seal.first} to {seal.last} are not those that were sealed"
        if len(leaves) != seal.count:
            what += f": {seal.count} were, {len(leaves)} are there"
        yield Tampering(f"{table} under seal {seal.number}", what)
