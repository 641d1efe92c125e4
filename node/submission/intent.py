"""A call we want mined once, and the states it passes through.

In: nothing. Out: `Intent`, `Attempt`, `IntentState`, the table of steps. Called by: everything
here; settlement, api, console.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from node.core.types import Address, ChainId


class IntentState(StrEnum):
    """Where an intent stands. What is `SIGNED` may reach the chain, whatever we do later."""

    PREPARED = "PREPARED"  # wanted; no nonce yet
    SIGNED = "SIGNED"  # nonce, bytes and hash are committed; maybe sent
    SENT = "SENT"  # an endpoint took the bytes
    MINED = "MINED"
    CONFIRMED = "CONFIRMED"
    FINAL = "FINAL"
    QUARANTINED = "QUARANTINED"  # a person must decide; what was signed may still be mined
    REVERTED = "REVERTED"  # mined, and the contract refused
    REFUSED = "REFUSED"  # never signed: simulation or what it waited for said no
    DROPPED = "DROPPED"  # its nonce was used by something else, finally
    CANCELLED = "CANCELLED"  # two people ended it; if it had a nonce, an empty one used it, finally


_S = IntentState
ENDED_BADLY: Final = frozenset({_S.REVERTED, _S.REFUSED, _S.DROPPED, _S.CANCELLED})
RELIED_ON: Final = frozenset({_S.CONFIRMED, _S.FINAL})
AFLOAT: Final = (_S.SENT, _S.MINED, _S.CONFIRMED)
WATCHED: Final = (*AFLOAT, _S.QUARANTINED)

_ON_CHAIN: Final = {_S.MINED, _S.CONFIRMED, _S.FINAL, _S.REVERTED, _S.CANCELLED}
# A reorg takes MINED and CONFIRMED back to SENT: the same bytes are sent again. A replacement takes
# SENT back to SIGNED: other bytes of the same nonce are committed, and maybe sent.
STEPS: Final[Mapping[IntentState, frozenset[IntentState]]] = {
    _S.PREPARED: frozenset({_S.SIGNED, _S.REFUSED, _S.QUARANTINED, _S.CANCELLED}),
    _S.SIGNED: frozenset({_S.SIGNED, _S.SENT, _S.DROPPED, _S.QUARANTINED}),
    _S.SENT: frozenset({_S.SIGNED, _S.DROPPED, _S.QUARANTINED, *_ON_CHAIN}),
    _S.MINED: frozenset({_S.SENT, _S.CONFIRMED, _S.FINAL, _S.REVERTED}),
    _S.CONFIRMED: frozenset({_S.SENT, _S.FINAL, _S.REVERTED}),
    _S.QUARANTINED: frozenset({_S.PREPARED, _S.SIGNED, _S.DROPPED, *_ON_CHAIN}),
}


class AttemptKind(StrEnum):
    """What was signed at the nonce of an intent."""

    CALL = "CALL"  # the intent's own call, at whatever fee
    CANCEL = "CANCEL"  # nothing, sent to ourselves, because two people wanted it


class Due(StrEnum):
    """What is to be signed in place of what waits."""

    NOTHING = ""
    BUMP = "BUMP"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Intent:
    """One intent as it is kept. `raw` and `tx_hash` are empty until it is signed."""

    id: str
    sequence: int
    instruction_id: str
    purpose: str
    chain_id: ChainId
    signer: Address
    target: Address
    calldata: str
    value: int  # wei
    after: tuple[str, ...]  # ids of the intents it waits for
    state: IntentState
    nonce: int | None
    raw: str
    tx_hash: str
    block_number: int | None
    block_hash: str
    attempts: int
    reason: str
    created_at: datetime
    updated_at: datetime
    due: Due = Due.NOTHING
    wake_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One signature made for an intent. With `is_legacy` the fee is the gas price."""

    tx_hash: str
    intent_id: str
    number: int
    kind: AttemptKind
    raw: str
    gas: int
    fee_wei_max: int
    tip_wei_max: int
    is_legacy: bool
    signed_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class IntentStep:
    """One step in an intent's history."""

    intent_id: str
    old: str
    new: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Move:
    """A step to be taken; it is not, where the intent is no longer as `intent` says."""

    intent: Intent
    state: IntentState
    reason: str = ""
    attempts: int = 0
    nonce: int | None = None
    tx_hash: str = ""
    block_number: int | None = None
    block_hash: str = ""


def advanced(
    intent: Intent, state: IntentState, reason: str = "", *, attempts: int | None = None
) -> Move:
    """A step that keeps nonce and bytes, and the count unless told, and knows of no block."""
    return Move(
        intent,
        state,
        reason=reason,
        attempts=intent.attempts if attempts is None else attempts,
        nonce=intent.nonce,
        tx_hash=intent.tx_hash,
    )
