"""Watches what was sent until it is final, and sends it again when a reorg drops it.

In: intents afloat, receipts, the finality policy. Out: their next states; which of them wait too
long. Called by: pipeline.

A receipt counts only while its block is on the chain. A revert is told once its block is final:
before that a reorg may drop it, and its nonce would be left to nobody, or let it succeed. Every
hash ever signed for an intent is looked for, since any of them may be the one that was mined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from node.chain.codec import HasAbi, decode_error
from node.chain.finality import FinalityPolicy, Heights
from node.chain.rpc import CallReverted, Receipt, Rpc, RpcUnavailable
from node.chain.rpc_errors import RpcLied
from node.core.clock import Clock
from node.core.errors import Retryable
from node.db.unit_of_work import read_only, unit_of_work
from node.submission import store
from node.submission.broadcast import ATTEMPTS_MAX, Broadcaster
from node.submission.fees import FeePolicy
from node.submission.intent import (
    WATCHED,
    Attempt,
    AttemptKind,
    Intent,
    IntentState,
    Move,
    advanced,
)
from node.submission.lanes import tell_foreign
from node.submission.overdue import Overdue
from node.submission.signed import store as signed_store

_RANK: Final = {
    IntentState.QUARANTINED: 0,
    IntentState.SENT: 0,
    IntentState.MINED: 1,
    IntentState.CONFIRMED: 2,
    IntentState.FINAL: 3,
}
PART: Final = 50  # how many stand still where one answer is lacking
_LEFT: Final = "its block left the chain"
_CANCELLED: Final = "an empty transaction was mined in its place, as two people wanted"

Found = tuple[Attempt, Receipt]


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
        fees: FeePolicy | None = None,
        attempts_max: int = ATTEMPTS_MAX,
    ) -> None:
        self._engine = engine
        self._rpc = rpc
        self._policy = policy
        self._fence = fence
        self._clock = clock
        self._artifacts = tuple(artifacts)
        self._chain_id = rpc.chain_id()
        self._broadcaster = Broadcaster(engine, rpc, fence, clock, attempts_max)
        self._overdue = Overdue(engine, rpc, fees or FeePolicy(), fence, clock)

    def run_once(self) -> int:
        """Look at all that is afloat or waits for a person; gives how many moved."""
        with read_only(self._engine) as session:
            watched = [
                each
                for each in store.intents_in(session, WATCHED, chain_id=self._chain_id)
                if each.nonce is not None
            ]
            made = signed_store.attempts(session, [each.id for each in watched])
        if not watched:
            return 0
        heights = self._heights()
        self._blocks: dict[int, str] = {}
        self._receipts: dict[str, Receipt | None] = {}
        parts = [watched[at : at + PART] for at in range(0, len(watched), PART)]
        moved, failures = 0, list[Retryable]()
        for part in parts:
            try:
                moved += self._look(part, made, heights)
            except (RpcUnavailable, RpcLied) as error:
                failures.append(error)
        # An answer that is lacking stops those it is about, not all that wait beside them.
        if len(failures) == len(parts):
            raise failures[-1]
        return moved

    def _look(
        self, watched: Sequence[Intent], made: Mapping[str, Sequence[Attempt]], heights: Heights
    ) -> int:
        news = self._news([each for each in watched if _may_be_told(each, heights)], heights)
        back, up, missing = [], [], []
        for each in news:
            found = self._found(each, made[each.id])
            if found is None or self._has_left(each, found):
                back += _taken_back(each)
            if found is None:
                missing.append(_as_sent(each))
            else:
                up += self._step(each, found, heights)
        moved = self._write(back, up)
        return moved + self._look_after(missing, made, heights)

    def _heights(self) -> Heights:
        head = self._rpc.block("latest").number
        tagged = self._rpc.block(self._policy.tag).number if self._policy.tag else None
        return self._policy.heights(head, tagged)

    def _news(self, watched: Sequence[Intent], heights: Heights) -> list[Intent]:
        """Without those whose block still stands and has got no further."""
        news = [
            each
            for each in watched
            if each.block_number is None
            or self._hash_at(each.block_number) != each.block_hash
            or _RANK[_state_at(each.block_number, heights)] > _RANK[each.state]
        ]
        self._ask([each.tx_hash for each in news])
        return news

    def _ask(self, hashes: Sequence[str]) -> None:
        found = self._rpc.receipts(hashes) if hashes else []
        self._receipts.update(zip(hashes, found, strict=True))

    def _hash_at(self, number: int) -> str:
        if number not in self._blocks:
            self._blocks[number] = self._rpc.block(number).hash
        return self._blocks[number]

    def _found(self, intent: Intent, made: Sequence[Attempt]) -> Found | None:
        """Which of the bytes ever signed for it is on the chain."""
        for each in sorted(made, key=lambda one: one.tx_hash != intent.tx_hash):
            if each.tx_hash not in self._receipts:
                self._ask([each.tx_hash])
            told = self._receipts[each.tx_hash]
            if told is not None and self._hash_at(told.block_number) == told.block_hash:
                return each, told
        return None

    def _has_left(self, intent: Intent, found: Found) -> bool:
        return found[1].block_hash != intent.block_hash

    def _step(self, intent: Intent, found: Found, heights: Heights) -> list[Move]:
        attempt, told = found
        state = _state_at(told.block_number, heights)
        if attempt.kind is AttemptKind.CANCEL:
            ended = state is IntentState.FINAL
            return [_mined(intent, found, IntentState.CANCELLED, _CANCELLED)] if ended else []
        if not told.status and state is IntentState.FINAL:
            return [_mined(intent, found, IntentState.REVERTED, self._why(intent, told))]
        if not told.status:
            state = IntentState.MINED  # nothing may rely on it
        is_new = self._has_left(intent, found) or _RANK[state] > _RANK[intent.state]
        return [_mined(intent, found, state, "")] if is_new else []

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

    def _write(self, back: Sequence[Move], up: Sequence[Move]) -> int:
        if not back and not up:
            return 0
        now = self._clock.now()
        with unit_of_work(self._engine) as session:
            self._fence(session)
            moved = store.move(session, back, now) if back else []
            left = {each.intent.id for each in moved}
            # Another block holds it now: the ladder starts again from below.
            climbed = [
                replace(each, intent=_as_sent(each.intent)) if each.intent.id in left else each
                for each in up
            ]
            return len({*left, *(e.intent.id for e in store.move(session, climbed, now))})

    def _look_after(
        self, missing: Sequence[Intent], made: Mapping[str, Sequence[Attempt]], heights: Heights
    ) -> int:
        """No block holds them: a reorg dropped them, or they wait, or their nonce is gone."""
        if not missing:
            return 0
        dropped = self._dropped(missing, made, heights)
        gone = {each.id for each in dropped}
        waiting = [each for each in missing if each.id not in gone]
        again = self._overdue.to_be_sent(waiting, heights.head)
        moved = self._broadcaster.send(again)
        return len(dropped) + moved + self._overdue.look(waiting, made, heights.head)

    def _dropped(
        self, missing: Sequence[Intent], made: Mapping[str, Sequence[Attempt]], heights: Heights
    ) -> list[Intent]:
        """Those whose nonce is used by something else, finally."""
        signers = sorted({each.signer for each in missing})
        counts = self._rpc.nonces(signers, block=max(heights.final, 0))
        used = dict(zip(signers, counts, strict=True))
        lost = [each for each in missing if used[each.signer] > (each.nonce or 0)]
        if not lost:
            return []
        # Between the receipts and the count one of them may have become final.
        self._receipts.clear()
        gone = [each for each in lost if self._found(each, made[each.id]) is None]
        now = self._clock.now()
        with unit_of_work(self._engine) as session:
            self._fence(session)
            moves = [advanced(each, IntentState.DROPPED, _used(each)) for each in gone]
            moved = store.move(session, moves, now) if moves else []
            for each in moved:
                one = each.intent
                tell_foreign(session, one.chain_id, one.signer, one.nonce or 0, now)
        return [each.intent for each in moved]


def _may_be_told(intent: Intent, heights: Heights) -> bool:
    """Not by an endpoint that is behind: it says nothing of a block it does not have."""
    return intent.block_number is None or intent.block_number <= heights.head


def _taken_back(intent: Intent) -> list[Move]:
    if intent.block_number is None:
        return []
    return [advanced(intent, IntentState.SENT, _LEFT)]


def _as_sent(intent: Intent) -> Intent:
    if intent.block_number is None:
        return intent
    return replace(intent, state=IntentState.SENT, block_number=None, block_hash="")


def _mined(intent: Intent, found: Found, state: IntentState, reason: str) -> Move:
    attempt, told = found
    return Move(
        intent,
        state,
        reason=reason,
        attempts=intent.attempts,
        nonce=intent.nonce,
        tx_hash=attempt.tx_hash,
        block_number=told.block_number,
        block_hash=told.block_hash,
    )


def _used(intent: Intent) -> str:
    return f"nonce {intent.nonce} of {intent.signer} was used by another transaction"


def _state_at(block_number: int, heights: Heights) -> IntentState:
    if block_number <= heights.final:
        return IntentState.FINAL
    if block_number <= heights.confirmed:
        return IntentState.CONFIRMED
    return IntentState.MINED
