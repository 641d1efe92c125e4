"""Sends intents: simulates, gives a nonce, signs, commits, and only then broadcasts.

In: prepared intents, the chain, a signer. Out: signed bytes on disk and on the chain.
Called by: pipeline. README.md names every race and crash point.

An intent gets one nonce for ever. Once its bytes are committed they may be on the chain, so from
then on the same bytes are sent again and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from node.chain.codec import HasAbi, decode_error
from node.chain.rpc import (
    AlreadyKnown,
    CallReverted,
    NonceTooLow,
    Rpc,
    SendRefused,
)
from node.core.clock import Clock
from node.core.types import Address
from node.db.unit_of_work import read_only, unit_of_work
from node.submission import store
from node.submission.intent import ENDED_BADLY, RELIED_ON, Intent, IntentState
from node.submission.signer import Signer, UnsignedTx

GAS_MARGIN_PERCENT: Final = 120
BASE_FEE_HEADROOM: Final = 2  # survives six full blocks in a row before it is too low


class SenderStage:
    """The stage `submission.sender`."""

    name = "submission.sender"

    def __init__(
        self,
        *,
        engine: Engine,
        rpc: Rpc,
        signer: Signer,
        fence: Callable[[Session], None],
        clock: Clock,
        artifacts: Iterable[HasAbi] = (),
    ) -> None:
        self._engine = engine
        self._rpc = rpc
        self._signer = signer
        self._fence = fence
        self._clock = clock
        self._artifacts = tuple(artifacts)
        self._chain_id = rpc.chain_id()

    def run_once(self) -> int:
        """Broadcast what is signed, else sign what is ready; gives how many moved."""
        with read_only(self._engine) as session:
            signed = store.intents_in(session, [IntentState.SIGNED], chain_id=self._chain_id)
            prepared = store.intents_in(session, [IntentState.PREPARED], chain_id=self._chain_id)
            awaited = {each.id: _awaited(session, each) for each in prepared}
        moved = sum(self._broadcast(each) for each in signed)
        for each in prepared:
            before = awaited[each.id]
            lost = [one for one in before if one is not None and one.state in ENDED_BADLY]
            if lost:
                why = f"{lost[0].purpose} {lost[0].state}: {lost[0].reason}"
                moved += self._refuse(each, why)
            elif all(one is not None and one.state in RELIED_ON for one in before):
                moved += self._sign(each)
        return moved

    def _sign(self, intent: Intent) -> int:
        if intent.signer not in self._signer.addresses():
            return self._refuse(intent, f"the node holds no key of {intent.signer}")
        try:
            gas = self._rpc.gas_estimate(
                intent.signer, intent.target, intent.calldata, intent.value
            )
        except CallReverted as error:
            return self._refuse(intent, decode_error(self._artifacts, error.data))
        except SendRefused as error:
            return self._not_taken(intent, error)
        fees = self._rpc.fees()
        mined = self._rpc.nonce(intent.signer)
        with unit_of_work(self._engine) as session:
            self._fence(session)
            if not _stands(session, intent):
                return 0
            given = store.highest_nonce(session, self._chain_id, intent.signer)
            nonce = max(mined, 0 if given is None else given + 1)
            unsigned = UnsignedTx(
                chain_id=self._chain_id,
                nonce=nonce,
                to=intent.target,
                data=intent.calldata,
                value=intent.value,
                gas=gas * GAS_MARGIN_PERCENT // 100,
                fee_wei_max=BASE_FEE_HEADROOM * fees.base_wei + fees.tip_wei,
                tip_wei_max=fees.tip_wei,
            )
            signed = self._signer.sign(intent.signer, unsigned)
            store.move(
                session,
                intent.id,
                IntentState.SIGNED,
                at=self._clock.now(),
                nonce=nonce,
                raw="0x" + signed.raw.hex(),
                tx_hash=signed.hash,
            )
        with read_only(self._engine) as session:
            kept = store.intent(session, intent.id)
        if kept is not None:
            self._broadcast(kept)
        return 1

    def _broadcast(self, intent: Intent) -> int:
        try:
            self._rpc.send_raw(bytes.fromhex(intent.raw.removeprefix("0x")))
        except (AlreadyKnown, NonceTooLow):
            pass  # sent before, or its nonce went to another: the monitor finds out which
        except SendRefused as error:
            return self._not_taken(intent, error)
        with unit_of_work(self._engine) as session:
            self._fence(session)
            if not _stands(session, intent):
                return 0
            store.move(
                session,
                intent.id,
                IntentState.SENT,
                at=self._clock.now(),
                attempts=intent.attempts + 1,
            )
        return 1

    def _not_taken(self, intent: Intent, error: SendRefused) -> int:
        """Keep what the endpoint said; the same is tried again at the next tick."""
        with unit_of_work(self._engine) as session:
            self._fence(session)
            store.note(
                session,
                intent.id,
                attempts=intent.attempts + 1,
                reason=f"{error.code}: {error.detail}",
                at=self._clock.now(),
            )
        return 0

    def _refuse(self, intent: Intent, reason: str) -> int:
        with unit_of_work(self._engine) as session:
            self._fence(session)
            if not _stands(session, intent):
                return 0
            store.move(session, intent.id, IntentState.REFUSED, reason=reason, at=self._clock.now())
        return 1


def _awaited(session: Session, intent: Intent) -> list[Intent | None]:
    """What an intent waits for; None for one that was never prepared."""
    return [store.intent(session, each) for each in intent.after]


def _stands(session: Session, intent: Intent) -> bool:
    """Whether the intent is still as it was read: nobody else moved it meanwhile."""
    current = store.intent(session, intent.id)
    return current is not None and current.state is intent.state


def sign_and_send(rpc: Rpc, signer: Signer, address: Address, unsigned: UnsignedTx) -> str:
    """Send one transaction outside the books: deployment and the demo's outsider use it."""
    return rpc.send_raw(signer.sign(address, unsigned).raw)
