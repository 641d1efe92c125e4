"""What is to be written into the journal, before anything is written: entries, and what they end.

In: a new entry, or one of the books that is to be posted, voided or reversed. Out: `Booking`, or a
refusal. No database. Called by: journal here, posting.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from node.core.errors import Conflict
from node.core.ids import derived_id
from node.ledger.entry import Entry, NewEntry, Phase, check_balanced, swapped


class WrongPhase(Conflict):
    """Only a pending entry is resolved, only a posted one reversed."""

    code = "ENTRY_IN_WRONG_PHASE"
    title = "Entry in the wrong phase"


@dataclass(frozen=True, slots=True)
class Booking:
    """An entry without its sequence. A `repeatable` one may be written again, to no effect."""

    entry: Entry
    repeatable: bool = True


def announced(new: NewEntry, at: datetime) -> Booking:
    """What may still be withdrawn; it moves the pending counters."""
    return Booking(_entry(new, Phase.PENDING, at))


def posted(new: NewEntry, at: datetime) -> Booking:
    """What stands for good, without a pending entry before it."""
    return Booking(_entry(new, Phase.POSTED, at))


def standing(pending: Entry, at: datetime, new_id: UUID | None = None) -> Booking:
    """Lets a pending entry stand: a new posted row resolves it."""
    _check_phase(pending, Phase.PENDING)
    return _ending(
        pending,
        at,
        id=new_id or derived_id("entry.posted", pending.id),
        phase=Phase.POSTED,
        resolves=pending.id,
        repeatable=new_id is not None,
    )


def voided(pending: Entry, at: datetime, reason: str) -> Booking:
    """Withdraws a pending entry: a new voided row resolves it; its narrative is the reason."""
    _check_phase(pending, Phase.PENDING)
    return _ending(
        pending,
        at,
        id=derived_id("entry.voided", pending.id),
        phase=Phase.VOIDED,
        resolves=pending.id,
        narrative=reason,
    )


def reversed_(posted_entry: Entry, at: datetime, reason: str) -> Booking:
    """Undoes a posted entry: a new posted row with the sides swapped and the same value date.

    So a balance by value date is right in hindsight, and one by record time says what was known.
    """
    _check_phase(posted_entry, Phase.POSTED)
    return _ending(
        posted_entry,
        at,
        id=derived_id("entry.reversed", posted_entry.id),
        postings=swapped(posted_entry.postings),
        reversal_of=posted_entry.id,
        narrative=reason,
    )


def _entry(new: NewEntry, phase: Phase, at: datetime) -> Entry:
    check_balanced(new)
    return Entry(
        sequence=0,
        id=new.id,
        phase=phase,
        rule=new.rule,
        currency=new.currency,
        uetr=new.uetr,
        expectation_id=new.expectation_id,
        event_key=new.event_key,
        resolves=None,
        reversal_of=None,
        value_date=new.value_date,
        recorded_at=at,
        narrative=new.narrative,
        evidence=_as_stored(new.evidence),
        postings=new.postings,
    )


def _ending(
    ended: Entry,
    at: datetime,
    *,
    repeatable: bool = False,
    **changes: Any,  # noqa: ANN401 - fields of an entry
) -> Booking:
    """A copy of what it ends, but never recorded before it."""
    at = max(at, ended.recorded_at)
    fresh: dict[str, Any] = {"sequence": 0, "resolves": None, "reversal_of": None}
    return Booking(replace(ended, recorded_at=at, **fresh | changes), repeatable)


def _check_phase(entry: Entry, phase: Phase) -> None:
    if entry.phase is not phase:
        raise WrongPhase(
            f"entry {entry.id} is {entry.phase}, not {phase}",
            remedy="Post or void what is pending; reverse what is posted.",
        )


def _as_stored(evidence: dict[str, Any]) -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(json.dumps(evidence)) if evidence else {}
    return stored
