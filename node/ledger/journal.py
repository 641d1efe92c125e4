"""The only writers of the books; everything they write commits with the caller's unit of work.

In: a session, what to book, the time of recording. Out: the stored `Entry`, or a refusal after
which nothing is booked. Called by: posting, bank importer, settlement.

Nothing is edited: a pending entry is ended by a new row that resolves it, a posted one by a new row
that reverses it, each once: looked up while no one else may write, and held by a unique key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from node.core.errors import Conflict, InvalidAmount, NotFound, UetrUsed
from node.db.order import hold_order
from node.ledger import booking, store
from node.ledger.account import Account, unknown_account
from node.ledger.balance import Balance, Running
from node.ledger.booking import Booking
from node.ledger.chart import AccountSpec
from node.ledger.entry import Entry, NewEntry
from node.ledger.expectation import (
    Expectation,
    ExpectationEnded,
    UnknownExpectation,
    check_expectation,
)
from node.ledger.link import link_of
from node.ledger.totals import store as totals
from node.ledger.writes import store as writes
from node.ledger.writes.store import Placed


class UnknownEntry(NotFound):
    """The journal has no entry under that id."""

    code = "UNKNOWN_ENTRY"
    title = "Unknown entry"


class AlreadyResolved(Conflict):
    """A pending entry is posted or voided once; somebody has done it."""

    code = "ENTRY_ALREADY_RESOLVED"
    title = "Entry already resolved"


class AlreadyReversed(Conflict):
    """A posted entry is reversed once; somebody has done it."""

    code = "ENTRY_ALREADY_REVERSED"
    title = "Entry already reversed"


class CounterOverflow(InvalidAmount):
    """An account's total, posted and pending together, would pass 63 bits."""

    code = "ACCOUNT_TOTAL_TOO_LARGE"
    title = "Account total too large"


def open_account(session: Session, spec: AccountSpec, *, label: str = "", at: datetime) -> Account:
    """Bring an account into the books; opening it again gives the one that is there."""
    return open_accounts(session, [spec], label=label, at=at)[spec.code]


def open_accounts(
    session: Session, specs: Iterable[AccountSpec], *, label: str = "", at: datetime
) -> dict[str, Account]:
    """Bring accounts into the books, by code; those that are there stay as they are."""
    wanted = {each.code: each for each in specs}
    found = store.accounts_by_code(session, wanted)
    if len(found) < len(wanted):
        # First: a writer that held the order and waited for a row would wait in a circle.
        hold_order(session)
        missing = [each for code, each in sorted(wanted.items()) if code not in found]
        opened = [Account(m.code, m.kind, m.currency, m.normal_side, label) for m in missing]
        writes.insert_accounts(session, opened, at)
        found = store.accounts_by_code(session, wanted)
    for each in wanted.values():
        _check_kept(found[each.code], each)
    return found


def record_pending(session: Session, new_entry: NewEntry, at: datetime) -> Entry:
    """Book what is announced and may still be withdrawn; it moves the pending counters."""
    return _book(session, booking.announced(new_entry, at))


def post(session: Session, new_entry: NewEntry, at: datetime) -> Entry:
    """Book for good, without a pending entry before it."""
    return _book(session, booking.posted(new_entry, at))


def post_pending(
    session: Session, entry_id: UUID | str, at: datetime, new_id: UUID | None = None
) -> Entry:
    """Let a pending entry stand: a new posted row resolves it.

    With `new_id` the same call may be repeated and gives the stored row; without, a second call
    raises `AlreadyResolved` like any other second resolver.
    """
    return _book(session, booking.standing(_found(session, entry_id), at, new_id))


def void_pending(session: Session, entry_id: UUID | str, at: datetime, reason: str) -> Entry:
    """Withdraw a pending entry: a new voided row resolves it; its narrative is the reason."""
    return _book(session, booking.voided(_found(session, entry_id), at, reason))


def reverse(session: Session, entry_id: UUID | str, at: datetime, reason: str) -> Entry:
    """Undo a posted entry: a new posted row with the sides swapped and the same value date."""
    return _book(session, booking.reversed_(_found(session, entry_id), at, reason))


def expect(session: Session, expectation: Expectation, at: datetime) -> None:
    """Announce a payment. Repeating it changes nothing; its UETR under another id is refused."""
    check_expectation(expectation)
    accounts = (expectation.debit_account, expectation.credit_account)
    kept_in = store.account_currencies(session, accounts)
    for code in accounts:
        _check_account(code, kept_in, expectation.currency)
    if writes.insert_expectation(session, expectation, at):
        return
    stored = store.expectation(session, expectation.id)
    if stored is None:
        raise UetrUsed(
            f"another payment was announced under UETR {expectation.uetr}",
            remedy="Give the new payment a UETR of its own.",
            uetr=expectation.uetr,
        )
    if stored != expectation:
        raise Conflict(
            f"expectation {expectation.id} was announced before with other content",
            remedy="Announce the new payment under a new id.",
        )


def end_expectation(session: Session, expectation_id: str, reason: str, at: datetime) -> None:
    """Say that an announced payment will not come, and why; once, for one reason."""
    if store.expectation(session, expectation_id) is None:
        raise UnknownExpectation(f"nothing was announced under {expectation_id[:50]!r}")
    if writes.insert_end(session, expectation_id, reason, at):
        return
    stored = store.expectation_end(session, expectation_id)
    if stored != reason:
        raise ExpectationEnded(f"expectation {expectation_id} ended before: {stored}")


# ----------------------------------------------------------------------------- one way to write


def book(session: Session, bookings: Sequence[Booking]) -> None:
    """Write entries in their order, all or none.

    Each is judged as if those before it were written. Raises before anything is written, for the
    first that cannot be.
    """
    _check_accounts(session, bookings)
    hold_order(session)
    fresh = _fresh(session, bookings)
    moved = _moved(session, fresh)
    writes.insert_entries(session, _linked(session, fresh))
    writes.add_to_counters(session, moved)


def _book(session: Session, new: Booking) -> Entry:
    """Write one; gives it as it stands in the books, where it may have stood before."""
    book(session, [new])
    return _found(session, new.entry.id)


def _linked(session: Session, fresh: Sequence[Entry]) -> Iterator[Placed]:
    """Entries with their places behind the last one, each linked to the one before it."""
    sequence, link = store.last_place(session)
    for each in fresh:
        sequence, link = sequence + 1, link_of(link, each)
        yield sequence, link, each


def _fresh(session: Session, bookings: Sequence[Booking]) -> list[Entry]:
    """Those that are not in the books yet; the others are what is there already, or refused."""
    ids, resolved, reversed_ = store.taken(session, [each.entry for each in bookings])
    fresh: dict[UUID, Entry] = {}
    for each in bookings:
        new = each.entry
        if new.id in ids or new.resolves in resolved or new.reversal_of in reversed_:
            _check_same(fresh.get(new.id) or store.entry(session, new.id), each)
            continue
        fresh[new.id] = new
        ids.add(new.id)
        if new.resolves:
            resolved.add(new.resolves)
        if new.reversal_of:
            reversed_.add(new.reversal_of)
    return list(fresh.values())


def _check_same(stored: Entry | None, again: Booking) -> None:
    """Pass where the same entry is stored; else say what stands against it."""
    wanted = again.entry
    if again.repeatable and stored is not None:
        if replace(stored, sequence=0, recorded_at=wanted.recorded_at) == wanted:
            return
        raise Conflict(
            f"entry {wanted.id} is in the books with other content, at sequence {stored.sequence}",
            remedy="An entry never changes; reverse it and book anew under a new id.",
        )
    if wanted.resolves is not None:
        raise AlreadyResolved(
            f"pending entry {wanted.resolves} was posted or voided before",
            remedy="Read the entry that resolves it; nothing is left to do.",
        )
    raise AlreadyReversed(
        f"entry {wanted.reversal_of} was reversed before",
        remedy="Read its reversal; nothing is left to do.",
    )


def _moved(session: Session, entries: Sequence[Entry]) -> list[Balance]:
    """By how much entries move the counters, per account; none may pass 63 bits on the way."""
    codes = {posting.account for each in entries for posting in each.postings}
    running = Running(totals.counters(session, codes))
    for entry in entries:
        account = running.move(entry)
        if account is not None:
            raise CounterOverflow(
                f"entry {entry.id} would take the totals of {account} past 63 bits",
                remedy="Carry the account's balance forward to a new account.",
                entry_id=str(entry.id),
            )
    return running.moved()


def _check_accounts(session: Session, bookings: Iterable[Booking]) -> None:
    entries = [each.entry for each in bookings]
    codes = {posting.account for each in entries for posting in each.postings}
    kept_in = store.account_currencies(session, codes)
    for each in entries:
        for posting in each.postings:
            _check_account(posting.account, kept_in, each.currency)


def _check_account(code: str, kept_in: Mapping[str, str], currency: str) -> None:
    if code not in kept_in:
        raise unknown_account(code)
    if kept_in[code] != currency:
        raise InvalidAmount(
            f"account {code} is kept in {kept_in[code]}, the entry in {currency}",
            remedy="An entry has one currency; book an exchange as two entries.",
        )


def _check_kept(found: Account, wanted: AccountSpec) -> None:
    if AccountSpec(found.code, found.kind, found.currency, found.normal_side) != wanted:
        raise Conflict(
            f"account {wanted.code} is {found.kind} in {found.currency}, not {wanted.kind} in"
            f" {wanted.currency}",
            remedy="An account's kind and currency never change; use another code.",
        )


def _found(session: Session, entry_id: UUID | str) -> Entry:
    entry = store.entry(session, entry_id)
    if entry is None:
        raise UnknownEntry(f"the journal has no entry {str(entry_id)[:50]!r}")
    return entry
