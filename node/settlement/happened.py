"""What happened to payments since the tracker last looked: it follows those, and no others.

In: a session. Out: open instructions of which an intent took a step, an entry was written, or the
engine said that it moved nothing. Called by: tracker, in its unit of work.
"""

from __future__ import annotations

from typing import Final

from sqlmodel import Session

from node.db.cursors import move_cursor, read_cursor
from node.events import store as events
from node.ledger import store as ledger
from node.settlement import store
from node.settlement.instruction import Instruction
from node.submission import store as intents
from node.submission.history import store as history

STEPS: Final = "settlement.steps"
ENTRIES: Final = "settlement.entries"
FAILURES: Final = "settlement.failures"
FAILED: Final = "SettlementFailed"
BATCH: Final = 500


def take(session: Session) -> tuple[int, list[Instruction]]:
    """The next news: how much there was, and the open instructions that it is about."""
    steps = history.steps_after(session, read_cursor(session, STEPS), BATCH)
    entries = ledger.entries(session, after=read_cursor(session, ENTRIES), limit=BATCH)
    told, last = read_cursor(session, FAILURES), events.last_change(session)
    failures = events.told_of(session, FAILED, after=told, until=last)
    carried_by = {instruction_id for _, instruction_id in steps}
    carried_by |= intents.instructions_of(session, {each.key.tx_hash for each in failures})
    uetrs = {each.uetr for each in entries if each.expectation_id}
    found = store.open_instructions(session, carried_by=carried_by, uetrs=uetrs)
    if steps:
        move_cursor(session, STEPS, steps[-1][0])
    if entries:
        move_cursor(session, ENTRIES, entries[-1].sequence)
    if last > told:
        move_cursor(session, FAILURES, last)
    return len(steps) + len(entries) + len(failures), found
