"""Takes items out of the three records, each row once, behind a cursor of its own.

In: final events, posted entries, booked statement lines. Out: stored items, moved cursors.
Called by: matcher, in its unit of work. What a row means as an item is decided without a database.

A final event is taken only once posting has answered it, so chain and books come together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from sqlmodel import Session

from node.bank import store as bank
from node.bank.store import StoredEntry
from node.core.types import Side
from node.db.cursors import move_cursor, read_cursor
from node.events import store as events
from node.events.event import ChainEvent
from node.ledger import store as ledger
from node.ledger.account import TOKENISED, AccountKind
from node.ledger.chart import AccountSpec
from node.ledger.entry import Entry, Phase, Posting
from node.posting.rule import NoPosting
from node.posting.rulebook import Rulebook
from node.reconciliation.item import Item, Kind, Record
from node.reconciliation.writes import store as writes

CHAIN: Final = "reconciliation.chain"
BOOKS: Final = "reconciliation.books"
BANK: Final = "reconciliation.bank"
BATCH: Final = 1_000
ADOPTED: Final = "opening-balance"  # the rule of entries that adopt what a statement opens with


def take(session: Session, rulebook: Rulebook, at: datetime) -> tuple[int, bool]:
    """Take the next rows of every record; how many were read, and whether that was all."""
    counts = [
        _take_chain(session, rulebook, at),
        _take_books(session, at),
        _take_bank(session, at),
    ]
    return sum(counts), max(counts) < BATCH


def _take_chain(session: Session, rulebook: Rulebook, at: datetime) -> int:
    found = events.final_events(session, after=read_cursor(session, CHAIN), limit=BATCH)
    receipts = events.receipts_of(session, {each.event.key for each in found})
    read = (item_of_event(each.event, receipts[each.event.key], rulebook) for each in found)
    items = [each for each in read if each is not None]
    writes.insert_items(session, _named(session, items), at)
    if found:
        move_cursor(session, CHAIN, found[-1].sequence)
    return len(found)


def _take_books(session: Session, at: datetime) -> int:
    found = ledger.entries(session, after=read_cursor(session, BOOKS), limit=BATCH)
    announced = ledger.expectations_by_id(session, {each.expectation_id for each in found} - {""})
    references = {id_: each.references for id_, each in announced.items()}
    read = (item_of_entry(each, references.get(each.expectation_id, ())) for each in found)
    writes.insert_items(session, [each for each in read if each is not None], at)
    if found:
        move_cursor(session, BOOKS, found[-1].sequence)
    return len(found)


def _take_bank(session: Session, at: datetime) -> int:
    found = bank.entries_after(session, after=read_cursor(session, BANK), limit=BATCH)
    writes.insert_items(session, list(map(item_of_line, found)), at)
    if found:
        move_cursor(session, BANK, found[-1].id)
    return len(found)


def _named(session: Session, items: Sequence[Item]) -> list[Item]:
    """Items under the payments that entries answer; a leg's own event names the settlement."""
    entries = ledger.entries_by_event(session, *{each.evidence["event"] for each in items})
    payments = {each.event_key: each.uetr for each in reversed(entries) if each.uetr}
    return [replace(e, uetr=payments.get(e.evidence["event"], e.uetr)) for e in items]


# --------------------------------------------------------------------------- rows into items


def item_of_event(
    event: ChainEvent, receipt: tuple[ChainEvent, ...], rulebook: Rulebook
) -> Item | None:
    """What a final event says; None where it moves no money or only accompanies one that does."""
    proposal = rulebook.propose(event, receipt, None)
    if isinstance(proposal, NoPosting):
        return None
    movement = proposal.movement
    paid, taken = _holder(movement.credit), _holder(movement.debit)
    kind = Kind.TRANSFER if paid and taken else Kind.ISSUE if paid else Kind.REDEEM
    return Item(
        id=0,
        side=Record.CHAIN,
        source=f"event:{event.id}",
        kind=kind,
        currency=event.currency,
        amount=-movement.amount if kind is Kind.REDEEM else movement.amount,
        value_date=datetime.fromtimestamp(event.block_timestamp, UTC).date(),
        uetr=event.uetr,
        account=paid or taken,
        references=(),
        evidence={
            "event": str(event.key),
            "name": event.name,
            "block": event.block_number,
            "tx_hash": event.key.tx_hash,
        },
    )


def item_of_entry(entry: Entry, references: tuple[str, ...] = ()) -> Item | None:
    """What a posted entry says; None for one that does not stand or moves neither side.

    What the books adopt from the opening of a statement is the statement's own word.
    """
    if entry.phase is not Phase.POSTED or entry.rule == ADOPTED:
        return None
    nostro, wallets = _net(entry, AccountKind.NOSTRO), -_net(entry, *TOKENISED)
    of_wallets = _touched(entry, *TOKENISED)
    if not nostro and not of_wallets:
        return None
    kind = _kind(nostro, wallets)
    amount = {Kind.TRANSFER: _total(entry, of_wallets), Kind.ADJUSTMENT: nostro}.get(kind, wallets)
    touched = [*_touched(entry, AccountKind.NOSTRO), *of_wallets]
    return Item(
        id=0,
        side=Record.BOOKS,
        source=f"entry:{entry.id}",
        kind=kind,
        currency=entry.currency,
        amount=amount,
        value_date=entry.value_date,
        uetr=entry.uetr,
        account=touched[0],
        references=references,
        evidence={
            "entry": str(entry.id),
            "sequence": entry.sequence,
            "rule": entry.rule,
            "nostro": nostro,
            "wallets": wallets,
            "announced": bool(entry.expectation_id) or not entry.event_key,
            "event": entry.event_key,
            "reverses": f"entry:{entry.reversal_of}" if entry.reversal_of else "",
        },
    )


def item_of_line(line: StoredEntry) -> Item:
    """What a booked line of a statement says."""
    references = (line.end_to_end_id, line.instruction_id, line.servicer_reference)
    return Item(
        id=0,
        side=Record.BANK,
        source=f"line:{line.id}",
        kind=Kind.BANK_LINE,
        currency=line.currency,
        amount=line.amount,
        value_date=line.value_date,
        uetr=line.uetr,
        account=line.account,
        references=tuple(filter(None, references)),
        evidence={
            "statement": line.statement_id,
            "position": line.position,
            "line": line.line,
            "reversal": line.reversal,
            "counterparty": line.counterparty,
            "narrative": line.narrative,
        },
    )


def _holder(account: AccountSpec | None) -> str:
    return account.code if account is not None and account.kind in TOKENISED else ""


def _kind(nostro: int, wallets: int) -> Kind:
    if wallets:
        return Kind.ISSUE if wallets > 0 else Kind.REDEEM
    return Kind.ADJUSTMENT if nostro else Kind.TRANSFER


def _of_kinds(entry: Entry, kinds: tuple[AccountKind, ...]) -> list[Posting]:
    prefixes = tuple(f"{kind}:" for kind in kinds)
    return [each for each in entry.postings if each.account.startswith(prefixes)]


def _touched(entry: Entry, *kinds: AccountKind) -> list[str]:
    return [each.account for each in _of_kinds(entry, kinds)]


def _net(entry: Entry, *kinds: AccountKind) -> int:
    """Debits minus credits on the accounts of some kinds."""
    sides = {Side.DEBIT: 1, Side.CREDIT: -1}
    return sum(sides[each.side] * each.amount for each in _of_kinds(entry, kinds))


def _total(entry: Entry, accounts: list[str]) -> int:
    return sum(
        each.amount
        for each in entry.postings
        if each.side is Side.CREDIT and each.account in accounts
    )
