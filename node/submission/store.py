"""All queries of intents.

In: a session. Out: `Intent`. Called by: every file here; settlement, api, console.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, bindparam, update
from sqlmodel import Session, col, func, or_, select

from node.core.transitions import step
from node.core.types import Address, ChainId
from node.db.order import hold_order
from node.submission.history import store as history
from node.submission.history.store import REASON_LENGTH_MAX
from node.submission.intent import (
    STEPS,
    Due,
    Intent,
    IntentState,
    Move,
)
from node.submission.tables import AttemptRow, IntentRow

_CURRENT: Final = and_(col(AttemptRow.tx_hash) == col(IntentRow.tx_hash))
_Kept = tuple[IntentRow, str | None]


def intents(
    session: Session,
    *,
    instruction_id: str | None = None,
    state: IntentState | None = None,
    after: int = 0,
    limit: int = 100,
) -> list[Intent]:
    """Intents behind a sequence, in the order in which they were prepared."""
    query = _select().where(col(IntentRow.sequence) > after)
    if instruction_id is not None:
        query = query.where(IntentRow.instruction_id == instruction_id)
    if state is not None:
        query = query.where(IntentRow.state == state)
    rows = session.exec(query.order_by(col(IntentRow.sequence)).limit(limit))
    return [_intent(*row) for row in rows]


def intents_in(
    session: Session,
    states: Iterable[IntentState],
    *,
    chain_id: ChainId,
    awake_at: datetime | None = None,
    limit: int = 1000,
) -> list[Intent]:
    """Intents of a chain in any of these states, oldest first; only those that need not wait."""
    query = _select().where(col(IntentRow.state).in_(list(states)), IntentRow.chain_id == chain_id)
    if awake_at is not None:
        wake = col(IntentRow.wake_at)
        query = query.where(or_(wake.is_(None), wake <= awake_at))
    rows = session.exec(query.order_by(col(IntentRow.sequence)).limit(limit))
    return [_intent(*row) for row in rows]


def intents_due(session: Session, chain_id: ChainId, limit: int = 100) -> list[Intent]:
    """Intents in whose place something is to be signed, oldest first."""
    query = _select().where(col(IntentRow.due) != "", IntentRow.chain_id == chain_id)
    rows = session.exec(query.order_by(col(IntentRow.sequence)).limit(limit))
    return [_intent(*row) for row in rows]


def intents_for(session: Session, instruction_ids: Collection[str]) -> list[Intent]:
    """Every intent prepared for these instructions or settlements, oldest first."""
    query = _select().where(col(IntentRow.instruction_id).in_(instruction_ids))
    return [_intent(*row) for row in session.exec(query.order_by(col(IntentRow.sequence)))]


def instructions_of(session: Session, tx_hashes: Collection[str]) -> set[str]:
    """For which instructions or settlements the transactions under these hashes were sent."""
    query = select(IntentRow.instruction_id).where(col(IntentRow.tx_hash).in_(tx_hashes))
    return set(session.exec(query))


def intents_by_id(session: Session, ids: Collection[str]) -> dict[str, Intent]:
    """Those of these intents that were ever prepared."""
    if not ids:
        return {}
    rows = session.exec(_select().where(col(IntentRow.id).in_(ids)))
    return {row.id: _intent(row, raw) for row, raw in rows}


def intent(session: Session, intent_id: str) -> Intent | None:
    """The intent under that id."""
    return intents_by_id(session, [intent_id]).get(intent_id)


def next_sequence(session: Session) -> int:
    """The next place in the order; held until commit."""
    hold_order(session)
    return (session.exec(select(func.max(IntentRow.sequence))).one() or 0) + 1


def highest_nonces(
    session: Session, chain_id: ChainId, signers: Collection[str]
) -> dict[Address, int]:
    """The highest nonce we ever gave to an intent of each signer that has one."""
    query = (
        select(IntentRow.signer, func.max(IntentRow.nonce))
        .where(IntentRow.chain_id == chain_id, col(IntentRow.signer).in_(signers))
        .where(col(IntentRow.nonce).is_not(None))
        .group_by(col(IntentRow.signer))
    )
    return {Address(signer): nonce for signer, nonce in session.exec(query) if nonce is not None}


def has_nonce(session: Session, chain_id: ChainId, signer: Address, nonce: int) -> bool:
    """Whether an intent of that signer has that nonce."""
    query = select(IntentRow.id).where(
        IntentRow.chain_id == chain_id, IntentRow.signer == signer, IntentRow.nonce == nonce
    )
    return session.exec(query).first() is not None


def signers_standing(session: Session, chain_id: ChainId) -> frozenset[Address]:
    """Signers with a nonce that waits for a person: what is signed now would wait behind it."""
    query = select(IntentRow.signer).where(
        IntentRow.chain_id == chain_id,
        IntentRow.state == IntentState.QUARANTINED,
        col(IntentRow.nonce).is_not(None),
    )
    return frozenset(map(Address, session.exec(query.distinct())))


def insert_intent(session: Session, new: Intent) -> None:
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
    history.tell(session, [(new.id, "", new.state, "")], new.created_at)


def unmoved(session: Session, ids: Collection[str]) -> dict[str, tuple[IntentState, str]]:
    """State and hash of these intents as they are now; nobody else moves them until commit."""
    query = (
        select(IntentRow.id, IntentRow.state, IntentRow.tx_hash)
        .where(col(IntentRow.id).in_(ids))
        .order_by(col(IntentRow.id))
        .with_for_update()
    )
    return {id_: (IntentState(state), tx_hash) for id_, state, tx_hash in session.exec(query)}


def move(session: Session, moves: Sequence[Move], at: datetime) -> list[Move]:
    """Take intents to their next states, and tell it in their history; gives those that moved.

    One that somebody else moved or signed for meanwhile stays where it is.
    """
    # First, as whoever tells of a step does: rows after the order, never the other way round.
    hold_order(session)
    now = unmoved(session, [each.intent.id for each in moves])
    taken = [
        each
        for each in moves
        if now.get(each.intent.id) == (each.intent.state, each.intent.tx_hash)
    ]
    if taken:
        session.connection().execute(_MOVE, [_changed(each, at) for each in taken])
        history.tell(session, [(m.intent.id, m.intent.state, m.state, m.reason) for m in taken], at)
    return taken


def note(
    session: Session,
    intent_id: str,
    *,
    attempts: int,
    reason: str,
    at: datetime,
    wake_at: datetime | None = None,
) -> None:
    """Keep how often an intent was tried and what last stood in its way; its state stays."""
    _set(
        session,
        intent_id,
        attempts=attempts,
        reason=reason[:REASON_LENGTH_MAX],
        updated_at=at,
        wake_at=wake_at,
    )


def set_due(session: Session, intent_id: str, due: Due, at: datetime) -> None:
    """Have something signed in an intent's place, or no longer."""
    _set(session, intent_id, due=due, updated_at=at)


def _select() -> Any:  # noqa: ANN401 - sqlmodel has no name for an outer join
    return select(IntentRow, AttemptRow.raw).outerjoin(AttemptRow, _CURRENT)


_COLUMNS: Final = IntentRow.__table__.c  # type: ignore[attr-defined]
_SETS: Final = ("state", "reason", "attempts", "nonce", "tx_hash", "block_number", "block_hash")
_MOVE: Final = (
    update(IntentRow.__table__)  # type: ignore[attr-defined]
    .where(_COLUMNS.id == bindparam("of"))
    .values({name: bindparam(f"to_{name}", type_=_COLUMNS[name].type) for name in _SETS})
    .values(updated_at=bindparam("at", type_=_COLUMNS.updated_at.type), due="", wake_at=None)
)


def _changed(each: Move, at: datetime) -> dict[str, object]:
    changed = {f"to_{name}": getattr(each, name) for name in _SETS}
    changed["to_state"] = step(STEPS, each.intent.state, each.state)
    changed["to_reason"] = each.reason[:REASON_LENGTH_MAX]
    return {**changed, "of": each.intent.id, "at": at}


def _set(session: Session, intent_id: str, **changed: object) -> None:
    row = session.get(IntentRow, intent_id, with_for_update=True, populate_existing=True)
    if row is not None:
        for name, value in changed.items():
            setattr(row, name, value)
        session.add(row)
        session.flush()


def _intent(row: IntentRow, raw: str | None) -> Intent:
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
        raw=raw or "",
        tx_hash=row.tx_hash,
        block_number=row.block_number,
        block_hash=row.block_hash,
        attempts=row.attempts,
        reason=row.reason,
        created_at=row.created_at,
        updated_at=row.updated_at,
        due=Due(row.due),
        wake_at=row.wake_at,
    )
