"""All queries of attempts, of the fees committed on a day, of nonces that something else used.

In: a session. Out: `Attempt`, amounts in wei. Called by: every file above; api, console.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session, col, select

from node.core.types import Address, ChainId
from node.submission.intent import Attempt, AttemptKind
from node.submission.tables import AttemptRow, FeeDayRow, ForeignRow


def attempts(session: Session, ids: Collection[str]) -> dict[str, list[Attempt]]:
    """Every signature ever made for these intents, in the order in which they were made."""
    found: dict[str, list[Attempt]] = {each: [] for each in ids}
    if not ids:
        return found
    query = select(AttemptRow).where(col(AttemptRow.intent_id).in_(ids))
    for row in session.exec(query.order_by(col(AttemptRow.number))):
        found[row.intent_id].append(_attempt(row))
    return found


def insert_attempts(session: Session, made: Sequence[Attempt]) -> None:
    """Keep what was signed, before anyone sees it."""
    if made:
        session.execute(
            insert(AttemptRow),
            [
                {
                    "tx_hash": each.tx_hash,
                    "intent_id": each.intent_id,
                    "number": each.number,
                    "kind": each.kind,
                    "raw": each.raw,
                    "gas": each.gas,
                    "fee_wei_max": each.fee_wei_max,
                    "tip_wei_max": each.tip_wei_max,
                    "is_legacy": each.is_legacy,
                    "signed_by": each.signed_by,
                    "at": each.at,
                }
                for each in made
            ],
        )


def committed_wei(session: Session, chain_id: ChainId, day: str) -> int:
    """The most that what was signed on a day may cost."""
    row = session.get(FeeDayRow, (chain_id, day), with_for_update=True, populate_existing=True)
    return 0 if row is None else row.committed_wei


def commit_wei(session: Session, chain_id: ChainId, day: str, wei: int) -> None:
    """Count what is signed now, in the unit of work that keeps it."""
    row = session.get(FeeDayRow, (chain_id, day), with_for_update=True, populate_existing=True)
    row = row or FeeDayRow(chain_id=chain_id, day=day, committed_wei=0)
    row.committed_wei += wei
    session.add(row)
    session.flush()


def insert_foreign(
    session: Session, chain_id: ChainId, signer: Address, nonce: int, at: datetime
) -> bool:
    """Keep that something else used a nonce of our key; False when that was known."""
    if session.get(ForeignRow, (chain_id, signer, nonce)) is not None:
        return False
    session.add(ForeignRow(chain_id=chain_id, signer=signer, nonce=nonce, found_at=at))
    session.flush()
    return True


def foreign_nonces(session: Session, chain_id: ChainId) -> list[tuple[Address, int, datetime]]:
    """What something else sent from keys of ours, in the order in which it was found."""
    query = select(ForeignRow).where(ForeignRow.chain_id == chain_id)
    rows = session.exec(query.order_by(col(ForeignRow.found_at), col(ForeignRow.nonce)))
    return [(Address(row.signer), row.nonce, row.found_at) for row in rows]


def _attempt(row: AttemptRow) -> Attempt:
    return Attempt(
        tx_hash=row.tx_hash,
        intent_id=row.intent_id,
        number=row.number,
        kind=AttemptKind(row.kind),
        raw=row.raw,
        gas=row.gas,
        fee_wei_max=row.fee_wei_max,
        tip_wei_max=row.tip_wei_max,
        is_legacy=row.is_legacy,
        signed_by=row.signed_by,
        at=row.at,
    )
