"""What a story came to: proof, settlements, matches, breaks and notes, as one JSON object.

In: a played node. Out: the object that `--json` prints. Called by: command here.

A note is what happened and left no difference: a reorg that healed, a call that reverted, a file
that was refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlmodel import Session

from node.app import Node
from node.bank import store as bank
from node.core.money import currency, decimal_text
from node.db.unit_of_work import read_only
from node.demo.messages import MessageFile, unread
from node.events import store as events
from node.events.event import ChainEvent, Change
from node.reconciliation import store as reconciliation
from node.reconciliation.match import Match
from node.settlement import store as settlement
from node.settlement.instruction import InstructionState
from node.terminal.shapes import break_object, proof_object, settlement_object

_PAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Note:
    """Something that happened and left no difference; `kind` is a stable word."""

    kind: str
    text: str
    uetr: str = ""


def report(node: Node, files: Iterable[MessageFile] = ()) -> dict[str, Any]:
    """Everything a story left behind."""
    proof = node.services.prove()
    with read_only(node.engine) as session:
        matches = list(_matches(session))
        found = reconciliation.open_breaks(session)
        settled = list(_settlements(session))
        notes = [*_refused_files(session), *_failed(session), *_reorgs(session)]
    notes += [
        Note("MESSAGE_NOT_READ", f"{each.path.name}: {each.refusal}") for each in unread(files)
    ]
    return {
        "proof": proof_object(proof),
        "settlements": settled,
        "matches": [_match_object(each) for each in matches],
        "breaks": [break_object(each, node.clock.today()) for each in found],
        "notes": [asdict(each) for each in notes],
    }


def _settlements(session: Session) -> Iterator[dict[str, Any]]:
    after = 0
    while rows := settlement.settlements(session, after=after, limit=_PAGE):
        for each in rows:
            yield settlement_object(each, settlement.legs(session, each.id))
        after = rows[-1].sequence


def _match_object(found: Match) -> dict[str, Any]:
    return {
        "uetr": found.uetr,
        "rule": found.rule,
        "sides": list(found.sides),
        "currency": found.currency,
        "complete": found.complete,
        "difference": decimal_text(found.difference, currency(found.currency).scale),
    }


def _matches(session: Session) -> Iterator[Match]:
    after = 0
    while rows := reconciliation.matches(session, after=after, limit=_PAGE):
        yield from rows
        after = rows[-1].sequence


def _refused_files(session: Session) -> Iterator[Note]:
    after = 0
    while rows := bank.files(session, after=after, limit=_PAGE):
        for each in rows:
            if not each.accepted:
                yield Note(each.error_code, f"{each.name}: {each.error_detail}")
        after = rows[-1].id


def _failed(session: Session) -> Iterator[Note]:
    after = 0
    while rows := settlement.instructions(session, after=after, limit=_PAGE):
        for each in rows:
            if each.state in {InstructionState.FAILED, InstructionState.REFUSED}:
                text = f"{each.kind.lower()} of {each.amount}: {each.reason}"
                yield Note(f"INSTRUCTION_{each.state}", text, each.uetr)
        after = rows[-1].sequence


def _reorgs(session: Session) -> Iterator[Note]:
    """One note for each transaction that a reorg took back, by the event that names its payment."""
    taken_back: dict[str, ChainEvent] = {}
    after = 0
    while rows := events.changes(session, after=after, limit=_PAGE):
        for each in rows:
            known = taken_back.get(each.event.key.tx_hash)
            if each.change is Change.RETRACTED and (known is None or not known.uetr):
                taken_back[each.event.key.tx_hash] = each.event
        after = rows[-1].sequence
    for event in taken_back.values():
        text = f"{event.name} in block {event.block_number} left the chain; its entry was voided"
        yield Note("REORG", text, event.uetr)
