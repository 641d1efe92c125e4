"""A call we want mined once, and the states it passes through.

In: nothing. Out: `Intent`, `IntentState`, the table of steps. Called by: service, sender, monitor
and store here; settlement, api, console.
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
    REVERTED = "REVERTED"  # mined, and the contract refused
    REFUSED = "REFUSED"  # never signed: simulation or what it waited for said no
    DROPPED = "DROPPED"  # its nonce was used by something else, finally
    REPLACED = "REPLACED"
    EXPIRED = "EXPIRED"


_S = IntentState
ENDED_BADLY: Final = frozenset({_S.REVERTED, _S.REFUSED, _S.DROPPED, _S.EXPIRED, _S.REPLACED})
RELIED_ON: Final = frozenset({_S.CONFIRMED, _S.FINAL})
AFLOAT: Final = (_S.SENT, _S.MINED, _S.CONFIRMED)

# A reorg takes MINED and CONFIRMED back to SENT: the same bytes are sent again.
STEPS: Final[Mapping[IntentState, frozenset[IntentState]]] = {
    _S.PREPARED: frozenset({_S.SIGNED, _S.REFUSED, _S.EXPIRED}),
    _S.SIGNED: frozenset({_S.SENT, _S.DROPPED}),
    _S.SENT: frozenset({_S.MINED, _S.CONFIRMED, _S.FINAL, _S.REVERTED, _S.DROPPED, _S.REPLACED}),
    _S.MINED: frozenset({_S.SENT, _S.CONFIRMED, _S.FINAL, _S.REVERTED}),
    _S.CONFIRMED: frozenset({_S.SENT, _S.FINAL, _S.REVERTED}),
}


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


@dataclass(frozen=True, slots=True)
class IntentStep:
    """One step in an intent's history."""

    intent_id: str
    old: str
    new: str
    reason: str
    at: datetime
