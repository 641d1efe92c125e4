"""The only writers of the books; everything they write commits with the caller's unit of work.

In: a session, what to book, the time of recording. Out: the stored `Entry`, or a refusal after
which nothing is booked. Called by: posting, bank importer, settlement.

Nothing is edited: a pending entry is ended by a new row that resolves it, a posted one by a new row
that reverses it, each once, held by a unique key and not by looking first.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from node.core.errors import Conflict, InvalidAmount, NotFound, UetrUsed
from node.core.ids import derived_id
from node.ledger import store
from node.ledger.account import Account, unknown_account
from node.ledger.balance import effects
from node.ledger.chart import AccountSpec
from node.ledger.entry import Entry, NewEntry, Phase, check_balanced, swapped
from node.ledger.expectation import (
    Expectation,
    ExpectationEnded,
    UnknownExpectation,
    check_expectation,
)
from node.ledger.writes import store as writes


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


class WrongPhase(Conflict):
    """Only a pending entry is resolved, only a posted one reversed."""

    code = "ENTRY_IN_WRONG_PHASE"
    title = "Entry in the wrong phase"


class CounterOverflow(InvalidAmount):
    """An account's total, posted and pending together, would pass 63 bits."""

    code = "ACCOUNT_TOTAL_TOO_LARGE"
    title = "Account total too large"


def open_account(session: Session, spec: AccountSpec, *, label: str = "", at: datetime) -> Account:
    """Bring an account into the books; opening it again gives the one that is there."""
    found = store.account(session, spec.code)
    if found is None:
        # First: a writer that held the order and waited for this row would wait in a circle.
        writes.hold_order(session)
        new = Account(spec.code, spec.kind, spec.currency, spec.normal_side, label)
        writes.insert_account(session, new, at)
        found = store.account(session, spec.code) or new
    if AccountSpec(found.code, found.kind, found.currency, found.normal_side) != spec:
        raise Conflict(
            f"account {spec.code} is {found.kind} in {found.currency}, not {spec.kind} in"
            f" {spec.currency}",
            remedy="An account's kind and currency never change; use another code.",
        )
    return found


def record_pending(session: Session, new_entry: NewEntry, at: datetime) -> Entry:
    """Book what is announced and may still be withdrawn; it moves the pending counters."""
    return _write(session, new_entry, Phase.PENDING, at)


def post(session: Session, new_entry: NewEntry, at: datetime) -> Entry:
    """Book for good, without a pending entry before it."""
    return _write(session, new_entry, Phase.POSTED, at)


def post_pending(
    session: Session, entry_id: UUID | str, at: datetime, new_id: UUID | None = None
) -> Entry:
    """Let a pending entry stand: a new posted row resolves it.

    With `new_id` the same call may be repeated and gives the stored row; without, a second call
    raises `AlreadyResolved` like any other second resolver.
    """
    pending = _found(session, entry_id, Phase.PENDING)
    again = new_id is not None
    new = _as_new(pending, new_id or derived_id("entry.posted", pending.id))
    at = max(at, pending.recorded_at)
    return _write(session, new, Phase.POSTED, at, resolves=pending.id, repeatable=again)


def void_pending(session: Session, entry_id: UUID | str, at: datetime, reason: str) -> Entry:
    """Withdraw a pending entry: a new voided row resolves it; its narrative is the reason."""
    pending = _found(session, entry_id, Phase.PENDING)
    new = replace(_as_new(pending, derived_id("entry.voided", pending.id)), narrative=reason)
    at = max(at, pending.recorded_at)
    return _write(session, new, Phase.VOIDED, at, resolves=pending.id, repeatable=False)


def reverse(session: Session, entry_id: UUID | str, at: datetime, reason: str) -> Entry:
    """Undo a posted entry: a new posted row with the sides swapped and the same value date.

    So a balance by value date is right in hindsight, and one by record time says what was known.
    """
    posted = _found(session, entry_id, Phase.POSTED)
    new = replace(
        _as_new(posted, derived_id("entry.reversed", posted.id)),
        postings=swapped(posted.postings),
        narrative=reason,
    )
    at = max(at, posted.recorded_at)
    return _write(session, new, Phase.POSTED, at, reversal_of=posted.id, repeatable=False)


def expect(session: Session, expectation: Expectation, at: datetime) -> None:
    """Announce a payment. Repeating it changes nothing; its UETR under another id is refused."""
    check_expectation(expectation)
    accounts = (expectation.debit_account, expectation.credit_account)
    _check_accounts(session, accounts, expectation.currency)
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


def _write(
    session: Session,
    new: NewEntry,
    phase: Phase,
    at: datetime,
    *,
    resolves: UUID | None = None,
    reversal_of: UUID | None = None,
    repeatable: bool = True,
) -> Entry:
    check_balanced(new)
    _check_accounts(session, (posting.account for posting in new.postings), new.currency)
    wanted = Entry(
        sequence=0,
        id=new.id,
        phase=phase,
        rule=new.rule,
        currency=new.currency,
        uetr=new.uetr,
        expectation_id=new.expectation_id,
        event_key=new.event_key,
        resolves=resolves,
        reversal_of=reversal_of,
        value_date=new.value_date,
        recorded_at=at,
        narrative=new.narrative,
        evidence=_as_stored(new.evidence),
        postings=new.postings,
    )
    writes.hold_order(session)
    sequence = writes.insert_entry(session, wanted)
    if sequence is None:
        return _stored_before(session, wanted, repeatable=repeatable)
    _move_counters(session, wanted)
    return replace(wanted, sequence=sequence)


def _stored_before(session: Session, wanted: Entry, *, repeatable: bool) -> Entry:
    """The entry is there already: give it when it is the same, else say what stands against it."""
    stored = store.entry(session, wanted.id)
    if repeatable and stored is not None:
        if replace(stored, sequence=0, recorded_at=wanted.recorded_at) == wanted:
            return stored
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


def _move_counters(session: Session, entry: Entry) -> None:
    resolving = entry.resolves is not None
    for effect in effects(entry.postings, entry.phase, resolving=resolving):
        if not writes.add_to_counters(session, effect):
            raise CounterOverflow(
                f"entry {entry.id} would take the totals of {effect.account} past 63 bits",
                remedy="Carry the account's balance forward to a new account.",
            )


def _check_accounts(session: Session, codes: Iterable[str], currency: str) -> None:
    wanted = list(codes)
    found = store.account_currencies(session, wanted)
    for code in wanted:
        if code not in found:
            raise unknown_account(code)
        if found[code] != currency:
            raise InvalidAmount(
                f"account {code} is kept in {found[code]}, the entry in {currency}",
                remedy="An entry has one currency; book an exchange as two entries.",
            )


def _found(session: Session, entry_id: UUID | str, phase: Phase) -> Entry:
    entry = store.entry(session, entry_id)
    if entry is None:
        raise UnknownEntry(f"the journal has no entry {str(entry_id)[:50]!r}")
    if entry.phase is not phase:
        raise WrongPhase(
            f"entry {entry.id} is {entry.phase}, not {phase}",
            remedy="Post or void what is pending; reverse what is posted.",
        )
    return entry


def _as_new(entry: Entry, new_id: UUID) -> NewEntry:
    return NewEntry(
        id=new_id,
        rule=entry.rule,
        currency=entry.currency,
        postings=entry.postings,
        value_date=entry.value_date,
        uetr=entry.uetr,
        expectation_id=entry.expectation_id,
        event_key=entry.event_key,
        narrative=entry.narrative,
        evidence=entry.evidence,
    )


def _as_stored(evidence: dict[str, Any]) -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(json.dumps(evidence))
    return stored
