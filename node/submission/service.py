"""Takes intents in: what should be called, by whom, after what.

In: a call, its signer, an id derived by the caller. Out: a prepared `Intent`; repeating gives the
same one. Called by: settlement, in the unit of work that decides on the call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from node.core.errors import Conflict
from node.core.ids import wallet_key
from node.core.types import Address, ChainId
from node.submission import store
from node.submission.intent import Intent, IntentState


@dataclass(frozen=True, slots=True)
class Call:
    """What is called: calldata as 0x text, value in wei."""

    target: Address
    calldata: str
    value: int = 0


def prepare(
    session: Session,
    *,
    id: str,  # noqa: A002 - the domain's word
    instruction_id: str,
    purpose: str,
    chain_id: ChainId,
    signer: Address,
    call: Call,
    after: Sequence[str] = (),
    at: datetime,
) -> Intent:
    """Keep an intent, or give the one kept before under the id.

    Raises `Conflict` when the id was used for another call.
    """
    found = store.intent(session, id)
    if found is not None:
        _check_same(found, signer, call)
        return found
    new = Intent(
        id=id,
        sequence=store.next_sequence(session),
        instruction_id=instruction_id,
        purpose=purpose,
        chain_id=chain_id,
        signer=wallet_key(signer),
        target=wallet_key(call.target),
        calldata=call.calldata,
        value=call.value,
        after=tuple(after),
        state=IntentState.PREPARED,
        nonce=None,
        raw="",
        tx_hash="",
        block_number=None,
        block_hash="",
        attempts=0,
        reason="",
        created_at=at,
        updated_at=at,
    )
    store.insert_intent(session, new)
    return new


def _check_same(found: Intent, signer: Address, call: Call) -> None:
    asked = (wallet_key(signer), wallet_key(call.target), call.calldata, call.value)
    if asked != (found.signer, found.target, found.calldata, found.value):
        raise Conflict(
            f"intent {found.id} was prepared before for another call",
            remedy="An intent never changes; prepare the new call under an id of its own.",
        )
