"""All queries of intents and their history.

In: a session. Out: `Intent`, `IntentStep`. Called by: service, sender and monitor here; settlement,
api, console.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from node.core.transitions import step
from node.core.types import Address, ChainId
from node.ledger.writes.store import hold_order
from node.submission.intent import STEPS, Intent, IntentState, IntentStep
from node.submission.tables import IntentHistoryRow, IntentRow

REASON_LENGTH_MAX = 500


def intents(
    session: Session,
    *,
    instruction_id: str | None = None,
    state: IntentState | None = None,
    after: int = 0,
    limit: int = 100,
) -> list[Intent]:
    """Intents behind a sequence, in the order in which they were prepared."""
    query = select(IntentRow).where(col(IntentRow.sequence) > after)
    if instruction_id is not None:
        query = query.where(IntentRow.instruction_id == instruction_id)
    if state is not None:
        query = query.where(IntentRow.state == state)
    rows = session.exec(query.order_by(col(IntentRow.sequence)).limit(limit))
    return [_intent(row) for row in rows]


def intents_in(
    session: Session, states: Iterable[IntentState], *, chain_id: ChainId, limit: int = 1000
) -> list[Intent]:
    """Intents of a chain in any of these states, oldest first."""
    query = select(IntentRow).where(
        col(IntentRow.state).in_(list(states)), IntentRow.chain_id == chain_id
    )
    return [
        _intent(row) for row in session.exec(query.order_by(col(IntentRow.sequence)).limit(limit))
    ]


def intent(session: Session, intent_id: str) -> Intent | None:
    """The intent under that id."""
    row = session.get(IntentRow, intent_id)
    return None if row is None else _intent(row)


def history(session: Session, intent_id: str) -> list[IntentStep]:
    """Every step of one intent, in order."""
    query = select(IntentHistoryRow).where(IntentHistoryRow.intent_id == intent_id)
    return [
        IntentStep(row.intent_id, row.old, row.new, row.reason, row.at)
        for row in session.exec(query.order_by(col(IntentHistoryRow.id)))
    ]


def next_sequence(session: Session) -> int:
    """The next place in the order; held until commit."""
    hold_order(session)
    return (session.exec(select(func.max(IntentRow.sequence))).one() or 0) + 1


def highest_nonce(session: Session, chain_id: ChainId, signer: str) -> int | None:
    """The highest nonce we ever gave to an intent of a signer."""
    query = select(func.max(IntentRow.nonce)).where(
        IntentRow.chain_id == chain_id, IntentRow.signer == signer
    )
    return session.exec(query).one()


def insert(session: Session, new: Intent) -> None:
    """Keep a prepared intent."""
    session.add(
        IntentRow(
            id=new.id,
            sequence=new.sequence,
            instruction_id=new.instruction_id,
            purpose=new.purpose,
            chain_id=new.chain_id,
            signer=new.signer,
            target=new.target,
            calldata=new.calldata,
            value=new.value,
            after=" ".join(new.after),
            state=new.state,
            created_at=new.created_at,
            updated_at=new.updated_at,
        )
    )
    session.flush()
    _tell(session, new.id, "", new.state, reason="", at=new.created_at)


def move(
    session: Session,
    intent_id: str,
    state: IntentState,
    *,
    reason: str = "",
    at: datetime,
    **changed: Any,  # noqa: ANN401 - columns of the row
) -> None:
    """Take an intent to its next state, and tell it in its history."""
    row = session.get(IntentRow, intent_id, with_for_update=True, populate_existing=True)
    if row is None:
        return
    old = IntentState(row.state)
    row.state = step(STEPS, old, state)
    row.reason = reason[:REASON_LENGTH_MAX]
    row.updated_at = at
    for name, value in changed.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    _tell(session, intent_id, old, state, reason=row.reason, at=at)


def note(session: Session, intent_id: str, *, attempts: int, reason: str, at: datetime) -> None:
    """Keep how often an intent was tried and what last stood in its way; its state stays."""
    row = session.get(IntentRow, intent_id, with_for_update=True, populate_existing=True)
    if row is not None:
        row.attempts, row.reason, row.updated_at = attempts, reason[:REASON_LENGTH_MAX], at
        session.add(row)
        session.flush()


def _tell(
    session: Session, intent_id: str, old: str, new: str, *, reason: str, at: datetime
) -> None:
    session.add(IntentHistoryRow(intent_id=intent_id, old=old, new=new, reason=reason, at=at))
    session.flush()


def _intent(row: IntentRow) -> Intent:
    return Intent(
        id=row.id,
        sequence=row.sequence,
        instruction_id=row.instruction_id,
        purpose=row.purpose,
        chain_id=ChainId(row.chain_id),
        signer=Address(row.signer),
        target=Address(row.target),
        calldata=row.calldata,
        value=row.value,
        after=tuple(row.after.split()),
        state=IntentState(row.state),
        nonce=row.nonce,
        raw=row.raw,
        tx_hash=row.tx_hash,
        block_number=row.block_number,
        block_hash=row.block_hash,
        attempts=row.attempts,
        reason=row.reason,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
