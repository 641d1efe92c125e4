"""Sends intents: simulates, gives nonces, signs, commits, and only then broadcasts.

In: prepared intents, the chain, a signer. Out: signed bytes on disk and on the chain.
Called by: pipeline. README.md names every race and crash point.

An intent gets one nonce for ever. Once its bytes are committed they may be on the chain, so from
then on the same bytes are sent again, or others of the same nonce: replacing.py says when. A group
of intents is asked about, signed, committed and sent together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from node.chain.codec import HasAbi, decode_error
from node.chain.rpc import CallReverted, Rpc, SendRefused
from node.core.clock import Clock
from node.core.errors import ConcordError, Rejected, Retryable
from node.core.types import Address
from node.db.unit_of_work import read_only, unit_of_work
from node.submission import store
from node.submission.broadcast import ATTEMPTS_MAX, Broadcaster
from node.submission.fees import AboveCap, FeeAboveCap, FeeBudgetSpent, FeePolicy, FeeSource, Price
from node.submission.intent import (
    ENDED_BADLY,
    RELIED_ON,
    Attempt,
    AttemptKind,
    Intent,
    IntentState,
    Move,
    advanced,
)
from node.submission.lanes import NODE, Lanes, tell_foreign
from node.submission.replacing import Replacer
from node.submission.signed import store as signed_store
from node.submission.signed.budget import spend
from node.submission.signer import SignedTx, Signer, UnsignedTx
from node.submission.simulation import Simulator, Tried

GROUP_MAX: Final = 1000
WAIT_SECONDS: Final = 15  # about one block: gas does not get cheaper sooner

Drafted = tuple[Intent, UnsignedTx, SignedTx]


class _Overtaken(Retryable):
    """Somebody else works on the same intents; the bytes are forgotten, nobody has seen them."""

    code = "SUBMISSION_OVERTAKEN"
    title = "Overtaken by another sender"


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
        fees: FeePolicy | None = None,
        attempts_max: int = ATTEMPTS_MAX,
    ) -> None:
        self._engine = engine
        self._signer = signer
        self._fence = fence
        self._clock = clock
        self._artifacts = tuple(artifacts)
        self._chain_id = rpc.chain_id()
        self._fees = FeeSource(rpc, fees or FeePolicy())
        self._simulator = Simulator(rpc)
        self._broadcaster = Broadcaster(engine, rpc, fence, clock, attempts_max)
        self._replacer = Replacer(engine, signer, self._fees, fence, clock)

    def run_once(self) -> int:
        """Broadcast what is signed, replace what is due, sign what is ready; gives how many moved.

        An intent counts once it moved, whether or not an endpoint took its bytes.
        """
        now = self._clock.now()
        with read_only(self._engine) as session:
            signed = self._read(session, IntentState.SIGNED, now)
            due = store.intents_due(session, self._chain_id)
            prepared = self._read(session, IntentState.PREPARED, now)
            awaited = store.intents_by_id(session, {a for each in prepared for a in each.after})
            standing = store.signers_standing(session, self._chain_id)
        moved = self._broadcaster.send(signed)
        if due:
            replaced = self._replacer.replace(due)
            self._broadcaster.send(replaced)
            moved += len(replaced)
        ready, lost = _sorted_out(prepared, awaited)
        moved += self._move(lost)
        free = [each for each in ready if each.signer not in standing]
        return moved + self._submit(free)

    def _read(self, session: Session, state: IntentState, now: datetime) -> list[Intent]:
        return store.intents_in(
            session, [state], chain_id=self._chain_id, awake_at=now, limit=GROUP_MAX
        )

    def _submit(self, ready: Sequence[Intent]) -> int:
        held = self._signer.addresses()
        strange = [each for each in ready if each.signer not in held]
        moved = self._move([
            advanced(each, IntentState.REFUSED, f"the node holds no key of {each.signer}")
            for each in strange
        ])  # fmt: skip
        ours = [each for each in ready if each.signer in held]
        if not ours:
            return moved
        mined, tried = self._simulator.try_out(ours)
        told = list(zip(ours, tried, strict=True))
        moved += self._judge(told)
        sound = [(each, found.gas) for each, found in told if found.error is None]
        if not sound:
            return moved
        try:
            kept = self._signed(sound, mined)
        except (FeeAboveCap, FeeBudgetSpent) as error:
            return moved + self._above_cap([each for each, _ in sound], error)
        self._broadcaster.send(kept)
        return moved + len(kept)

    def _judge(self, told: Sequence[tuple[Intent, Tried]]) -> int:
        """Refuse what the contract refuses; what an endpoint refuses is tried again."""
        refused = [
            advanced(each, IntentState.REFUSED, decode_error(self._artifacts, found.error.data))
            for each, found in told
            if isinstance(found.error, CallReverted)
        ]
        later: list[tuple[Intent, ConcordError]] = [
            (each, found.error) for each, found in told if isinstance(found.error, SendRefused)
        ]
        return self._move(refused) + self._broadcaster.not_taken(later)

    def _signed(
        self, sound: Sequence[tuple[Intent, int]], mined: dict[Address, int]
    ) -> list[Intent]:
        """Sign in the order of the intents, keep all in one unit of work; gives those kept."""
        price = self._fees.price()
        with read_only(self._engine) as session:
            given = store.highest_nonces(session, self._chain_id, mined)
        lanes = Lanes(given, mined)
        drafted, unfit = self._drafts(sound, lanes, price)
        try:
            kept = self._keep(drafted, lanes) if drafted else []
        except _Overtaken:
            kept = []
        self._broadcaster.not_taken([each for each in unfit if isinstance(each[1], Retryable)])
        self._move([
            advanced(each, IntentState.QUARANTINED, f"{error.code}: {error.detail}")
            for each, error in unfit
            if isinstance(error, Rejected)
        ])  # fmt: skip
        return kept

    def _drafts(
        self, sound: Sequence[tuple[Intent, int]], lanes: Lanes, price: Price
    ) -> tuple[list[Drafted], list[tuple[Intent, ConcordError]]]:
        """Signed calls, and those that the signer would not sign: they take no nonce."""
        drafted: list[Drafted] = []
        unfit: list[tuple[Intent, ConcordError]] = []
        for intent, gas in sound:
            unsigned = UnsignedTx(
                chain_id=self._chain_id,
                nonce=lanes.next(intent.signer),
                to=intent.target,
                data=intent.calldata,
                value=intent.value,
                gas=gas,
                fee_wei_max=price.fee_wei_max,
                tip_wei_max=price.tip_wei_max,
                is_legacy=price.is_legacy,
            )
            try:
                signed = self._signer.sign(intent.signer, unsigned)
            except (Rejected, Retryable) as error:
                unfit.append((intent, error))
            else:
                drafted.append((intent, unsigned, signed))
                lanes.taken(intent.signer)
        return drafted, unfit

    def _keep(self, drafted: Sequence[Drafted], lanes: Lanes) -> list[Intent]:
        """Commit nonces and bytes together, or forget the bytes: nobody has seen them."""
        now = self._clock.now()
        with unit_of_work(self._engine) as session:
            self._fence(session)
            if store.highest_nonces(session, self._chain_id, lanes.mined) != lanes.given:
                raise _Overtaken("somebody else gave nonces of these signers meanwhile")
            if len(store.move(session, [_signed_move(*each) for each in drafted], now)) < len(
                drafted
            ):
                raise _Overtaken("an intent was moved by somebody else; its nonce would be a gap")
            signed_store.insert_attempts(session, [attempt_of(*each, at=now) for each in drafted])
            spend(session, self._fees.policy, [unsigned for _, unsigned, _ in drafted], now)
            for signer, nonce in lanes.stepped_over():
                tell_foreign(session, self._chain_id, signer, nonce, now)
        return [_as_kept(*each, at=now) for each in drafted]

    def _above_cap(self, ready: Sequence[Intent], error: ConcordError) -> int:
        """Gas costs more than we pay: wait for it or for a person, as the policy says."""
        now, reason = self._clock.now(), f"{error.code}: {error.detail}"
        if self._fees.policy.above_cap is AboveCap.QUARANTINE:
            return self._move([advanced(each, IntentState.QUARANTINED, reason) for each in ready])
        wake_at = now + timedelta(seconds=WAIT_SECONDS)
        if isinstance(error, FeeBudgetSpent):
            wake_at = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
        with unit_of_work(self._engine) as session:
            self._fence(session)
            for each in ready:
                store.note(
                    session, each.id, attempts=each.attempts, reason=reason, at=now,
                    wake_at=wake_at,
                )  # fmt: skip
        return 0

    def _move(self, moves: Sequence[Move]) -> int:
        if not moves:
            return 0
        with unit_of_work(self._engine) as session:
            self._fence(session)
            return len(store.move(session, moves, self._clock.now()))


def _sorted_out(
    prepared: Sequence[Intent], awaited: dict[str, Intent]
) -> tuple[list[Intent], list[Move]]:
    """What may be signed now, and what never will be; the rest waits."""
    ready, lost = [], []
    for each in prepared:
        before = [awaited.get(one) for one in each.after]
        bad = [one for one in before if one is not None and one.state in ENDED_BADLY]
        if bad:
            why = f"{bad[0].purpose} {bad[0].state}: {bad[0].reason}"
            lost.append(advanced(each, IntentState.REFUSED, why))
        elif all(one is not None and one.state in RELIED_ON for one in before):
            ready.append(each)
    return ready, lost


def _signed_move(intent: Intent, unsigned: UnsignedTx, made: SignedTx) -> Move:
    return Move(
        intent,
        IntentState.SIGNED,
        attempts=intent.attempts,
        nonce=unsigned.nonce,
        tx_hash=made.hash,
    )


def _as_kept(intent: Intent, unsigned: UnsignedTx, made: SignedTx, *, at: datetime) -> Intent:
    return replace(
        intent,
        state=IntentState.SIGNED,
        nonce=unsigned.nonce,
        raw="0x" + made.raw.hex(),
        tx_hash=made.hash,
        reason="",
        wake_at=None,
        updated_at=at,
    )


def attempt_of(intent: Intent, unsigned: UnsignedTx, made: SignedTx, *, at: datetime) -> Attempt:
    """The first signature of an intent, as it is kept."""
    return Attempt(
        tx_hash=made.hash,
        intent_id=intent.id,
        number=1,
        kind=AttemptKind.CALL,
        raw="0x" + made.raw.hex(),
        gas=unsigned.gas,
        fee_wei_max=unsigned.fee_wei_max,
        tip_wei_max=unsigned.tip_wei_max,
        is_legacy=unsigned.is_legacy,
        signed_by=NODE,
        at=at,
    )


def sign_and_send(rpc: Rpc, signer: Signer, address: Address, unsigned: UnsignedTx) -> str:
    """Send one transaction outside the books: deployment and the demo's outsider use it."""
    return rpc.send_raw(signer.sign(address, unsigned).raw)
