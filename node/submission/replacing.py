"""Signs something else at the nonce of an intent that waits: the same call dearer, or nothing.

In: intents in whose place something is due. Out: other bytes of the same nonce, on disk.
Called by: sender, which sends them.

A bump is the same call at the same nonce with higher fees, so it does not matter which one is
mined. A cancellation is an empty transaction to ourselves; only two people can want one
(operator.py), and what is mined decides whether it came in time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from node.core.clock import Clock
from node.core.errors import ConcordError, Rejected, Retryable
from node.db.unit_of_work import read_only, unit_of_work
from node.submission import store
from node.submission.fees import AboveCap, FeeAboveCap, FeeBudgetSpent, FeeSource, Price
from node.submission.intent import (
    Attempt,
    AttemptKind,
    Due,
    Intent,
    IntentState,
    Move,
    advanced,
)
from node.submission.lanes import NODE
from node.submission.signed import store as signed_store
from node.submission.signed.budget import spend
from node.submission.signer import SignedTx, Signer, UnsignedTx

EMPTY_GAS: Final = 21_000
OPERATOR: Final = "operator"
_WAITS: Final = frozenset({IntentState.SIGNED, IntentState.SENT, IntentState.QUARANTINED})


@dataclass(frozen=True, slots=True)
class Replacer:
    """Replaces one intent after the other: each is rare, and a refusal of one concerns no other."""

    engine: Engine
    signer: Signer
    fees: FeeSource
    fence: Callable[[Session], None]
    clock: Clock

    def replace(self, due: Sequence[Intent]) -> list[Intent]:
        """Sign what is due; gives the intents whose new bytes are on disk."""
        with read_only(self.engine) as session:
            made = signed_store.attempts(session, [each.id for each in due])
        ids = [each.id for each in due if self._one(each, made[each.id])]
        with read_only(self.engine) as session:
            kept = store.intents_by_id(session, ids)
        return [kept[each] for each in ids]

    def _one(self, intent: Intent, made: Sequence[Attempt]) -> bool:
        if intent.state not in _WAITS or not made:
            self._let_be(intent, "")
            return False
        last = made[-1]
        try:
            price = self.fees.replacement(Price(last.fee_wei_max, last.tip_wei_max, last.is_legacy))
            unsigned, kind = _in_its_place(intent, last, price)
            signed = self.signer.sign(intent.signer, unsigned)
            return self._keep(intent, made, unsigned, signed, kind)
        except (Rejected, Retryable) as error:
            self._not_replaced(intent, error)
            return False

    def _keep(
        self, intent: Intent, made: Sequence[Attempt], unsigned: UnsignedTx, signed: SignedTx,
        kind: AttemptKind,
    ) -> bool:  # fmt: skip
        now, last = self.clock.now(), made[-1]
        with unit_of_work(self.engine) as session:
            self.fence(session)
            if not store.move(session, [_replaced(intent, last, unsigned, signed, kind)], now):
                return False
            attempt = Attempt(
                tx_hash=signed.hash,
                intent_id=intent.id,
                number=last.number + 1,
                kind=kind,
                raw="0x" + signed.raw.hex(),
                gas=unsigned.gas,
                fee_wei_max=unsigned.fee_wei_max,
                tip_wei_max=unsigned.tip_wei_max,
                is_legacy=unsigned.is_legacy,
                signed_by=OPERATOR if kind is AttemptKind.CANCEL else NODE,
                at=now,
            )
            signed_store.insert_attempts(session, [attempt])
            before = max(each.gas * each.fee_wei_max for each in made)
            spend(session, self.fees.policy, [unsigned], now, instead_wei=before)
        return True

    def _not_replaced(self, intent: Intent, error: ConcordError) -> None:
        """What waits goes on waiting as it is; or a person is asked, where the policy says so."""
        reason = f"not replaced: {error.code}: {error.detail}"
        capped = isinstance(error, FeeAboveCap | FeeBudgetSpent)
        is_stopped = intent.state is IntentState.QUARANTINED
        if capped and self.fees.policy.above_cap is AboveCap.QUARANTINE and not is_stopped:
            now = self.clock.now()
            with unit_of_work(self.engine) as session:
                self.fence(session)
                store.move(session, [advanced(intent, IntentState.QUARANTINED, reason)], now)
            return
        self._let_be(intent, reason)

    def _let_be(self, intent: Intent, reason: str) -> None:
        now = self.clock.now()
        with unit_of_work(self.engine) as session:
            self.fence(session)
            store.note(
                session, intent.id, attempts=intent.attempts, reason=reason or intent.reason, at=now
            )
            store.set_due(session, intent.id, Due.NOTHING, now)


def _in_its_place(intent: Intent, last: Attempt, price: Price) -> tuple[UnsignedTx, AttemptKind]:
    """Once an empty one is signed at a nonce, what replaces that is empty too."""
    empty = intent.due is Due.CANCEL or last.kind is AttemptKind.CANCEL
    return UnsignedTx(
        chain_id=intent.chain_id,
        nonce=intent.nonce or 0,
        to=intent.signer if empty else intent.target,
        data="0x" if empty else intent.calldata,
        value=0 if empty else intent.value,
        gas=EMPTY_GAS if empty else last.gas,
        fee_wei_max=price.fee_wei_max,
        tip_wei_max=price.tip_wei_max,
        is_legacy=price.is_legacy,
    ), AttemptKind.CANCEL if empty else AttemptKind.CALL


def _replaced(
    intent: Intent, last: Attempt, unsigned: UnsignedTx, signed: SignedTx, kind: AttemptKind
) -> Move:
    what = "cancellation" if kind is AttemptKind.CANCEL else "bump"
    return Move(
        intent,
        IntentState.SIGNED,
        reason=f"{what}: {last.fee_wei_max} to {unsigned.fee_wei_max} wei, was {last.tx_hash}",
        nonce=intent.nonce,
        tx_hash=signed.hash,
    )
