"""Watches what was sent until it is final, and sends it again when a reorg drops it.

In: intents afloat, receipts, the finality policy. Out: their next states. Called by: pipeline.

A receipt counts only while its block is on the chain. A revert is told once its block is confirmed:
before that a reorg may let the same bytes succeed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from node.chain.codec import HasAbi, decode_error
from node.chain.finality import FinalityPolicy, Heights
from node.chain.rpc import (
    AlreadyKnown,
    CallReverted,
    NonceTooLow,
    Receipt,
    Rpc,
    SendRefused,
)
from node.core.clock import Clock
from node.db.unit_of_work import read_only, unit_of_work
from node.submission import store
from node.submission.intent import AFLOAT, Intent, IntentState

_RANK: Final = {
    IntentState.SENT: 0,
    IntentState.MINED: 1,
    IntentState.CONFIRMED: 2,
    IntentState.FINAL: 3,
}
_LEFT: Final = "its block left the chain"


class MonitorStage:
    """The stage `submission.monitor`."""

    name = "submission.monitor"

    def __init__(
        self,
        *,
        engine: Engine,
        rpc: Rpc,
        policy: FinalityPolicy,
        fence: Callable[[Session], None],
        clock: Clock,
        artifacts: Iterable[HasAbi] = (),
    ) -> None:
        self._engine = engine
        self._rpc = rpc
        self._policy = policy
        self._fence = fence
        self._clock = clock
        self._artifacts = tuple(artifacts)
        self._chain_id = rpc.chain_id()

    def run_once(self) -> int:
        """Look at every intent afloat; gives how many moved."""
        with read_only(self._engine) as session:
            afloat = store.intents_in(session, AFLOAT, chain_id=self._chain_id)
        if not afloat:
            return 0
        heights = self._heights()
        return sum(self._watch(each, heights) for each in afloat)

    def _heights(self) -> Heights:
        head = self._rpc.block("latest").number
        tagged = self._rpc.block(self._policy.tag).number if self._policy.tag else None
        return self._policy.heights(head, tagged)

    def _watch(self, intent: Intent, heights: Heights) -> int:
        receipt = self._receipt(intent)
        if receipt is None:
            return self._missing(intent, heights)
        state = _state_at(receipt.block_number, heights)
        if not receipt.status and _RANK[state] >= _RANK[IntentState.CONFIRMED]:
            return self._move(intent, IntentState.REVERTED, receipt, self._why(intent, receipt))
        if receipt.block_hash != intent.block_hash and intent.state is not IntentState.SENT:
            # Another block holds it now: the ladder starts again from below.
            self._move(intent, IntentState.SENT, None, _LEFT)
        elif _RANK[state] <= _RANK[intent.state]:
            return 0  # nothing new, or an endpoint that is behind
        return self._move(intent, state, receipt, "")

    def _receipt(self, intent: Intent) -> Receipt | None:
        receipt = self._rpc.receipt(intent.tx_hash)
        if receipt is None or self._rpc.block(receipt.block_number).hash != receipt.block_hash:
            return None
        return receipt

    def _missing(self, intent: Intent, heights: Heights) -> int:
        """No block holds it: a reorg dropped it, or it still waits, or its nonce is gone."""
        if heights.head < (intent.block_number or 0):
            return 0  # an endpoint that is behind: it says nothing of that block
        if intent.state is not IntentState.SENT:
            self._move(intent, IntentState.SENT, None, _LEFT)
        try:
            self._rpc.send_raw(bytes.fromhex(intent.raw.removeprefix("0x")))
        except AlreadyKnown:
            return 0
        except NonceTooLow:
            return self._nonce_used(intent, heights)
        except SendRefused as error:
            return self._note(intent, error)
        return 1

    def _nonce_used(self, intent: Intent, heights: Heights) -> int:
        """Its nonce is mined but not by it: dropped for good once that is final."""
        if self._rpc.receipt(intent.tx_hash) is not None or intent.nonce is None:
            return 0
        if self._rpc.nonce(intent.signer, block=heights.final) <= intent.nonce:
            return 0
        reason = f"nonce {intent.nonce} of {intent.signer} was used by another transaction"
        return self._move(intent, IntentState.DROPPED, None, reason)

    def _why(self, intent: Intent, receipt: Receipt) -> str:
        """The contract's reason, asked again in its block, else in the one before."""
        before = max(receipt.block_number - 1, 0)
        for block in (receipt.block_number, before):
            try:
                self._rpc.call(
                    intent.target,
                    intent.calldata,
                    sender=intent.signer,
                    block=block,
                    value=intent.value,
                )
            except CallReverted as error:
                return "reverted on chain: " + decode_error(self._artifacts, error.data)
        return "reverted on chain"

    def _move(
        self, intent: Intent, state: IntentState, receipt: Receipt | None, reason: str
    ) -> int:
        with unit_of_work(self._engine) as session:
            self._fence(session)
            current = store.intent(session, intent.id)
            if current is None or current.state is state:
                return 0
            store.move(
                session,
                intent.id,
                state,
                reason=reason,
                at=self._clock.now(),
                block_number=receipt.block_number if receipt else None,
                block_hash=receipt.block_hash if receipt else "",
            )
        return 1

    def _note(self, intent: Intent, error: SendRefused) -> int:
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


def _state_at(block_number: int, heights: Heights) -> IntentState:
    if block_number <= heights.final:
        return IntentState.FINAL
    if block_number <= heights.confirmed:
        return IntentState.CONFIRMED
    return IntentState.MINED
