"""Follows instructions to their end: derives where each stands from its intents and the books.

In: open instructions, their intents, the entries that answer them. Out: new states, ended
expectations, holds given back, in one unit of work behind a fence. Called by: pipeline.

A leg of a settlement stands where the settlement's intents stand: those are what carries it out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from node.bindings import deposit_token, settlement_engine
from node.chain.artifacts import load
from node.chain.codec import decode_error
from node.control import audit
from node.core.clock import Clock
from node.core.transitions import step
from node.db.unit_of_work import unit_of_work
from node.events import store as events
from node.feed.outbox import Kind, tell
from node.ledger import journal
from node.ledger import store as ledger
from node.ledger.entry import Entry, Phase
from node.settlement import store
from node.settlement.desk import Desk
from node.settlement.instruction import STEPS, Instruction, InstructionState
from node.settlement.plan import Planner
from node.settlement.settlement import SETTLES, Settlement
from node.settlement.steps import prepare_cancellation
from node.submission import store as intents_store
from node.submission.intent import Intent, IntentState

_IN_A_BLOCK: Final = frozenset({IntentState.MINED, IntentState.CONFIRMED, IntentState.FINAL})
_NEVER_SENT: Final = frozenset({IntentState.REFUSED})
_UNSENT: Final = _NEVER_SENT | {IntentState.PREPARED}
# Whose custom errors a leg that was not paid is explained by.
_TELL_WHY: Final = (deposit_token.CONTRACT, settlement_engine.CONTRACT)
_LOST: Final = frozenset({IntentState.REVERTED, IntentState.DROPPED, IntentState.CANCELLED})


class TrackerStage:
    """The stage `settlement.tracker`."""

    name = "settlement.tracker"

    def __init__(
        self, *, engine: Engine, desk: Desk, fence: Callable[[Session], None], clock: Clock
    ) -> None:
        self._engine = engine
        self._desk = desk
        self._fence = fence
        self._clock = clock

    def run_once(self) -> int:
        """Move every open instruction that has got further; gives how many moved."""
        with unit_of_work(self._engine) as session:
            self._fence(session)
            return sum(self._follow(session, each) for each in store.open_instructions(session))

    def _follow(self, session: Session, instruction: Instruction) -> bool:
        settlement = _settlement_of(session, instruction)
        carried_by = instruction.id if settlement is None else settlement.id
        intents = {
            each.purpose: each for each in intents_store.intents(session, instruction_id=carried_by)
        }
        entries = ledger.entries_by_expectation(session, instruction.expectation_id)
        paid_by = instruction.kind.value if settlement is None else SETTLES[settlement.way]
        settled = is_settled(entries)
        state, reason = standing(instruction, intents, paid_by=paid_by, settled=settled)
        if not settled and (why := _told_failed(session, intents.get(paid_by))):
            state, reason = InstructionState.FAILED, why
        if state is instruction.state:
            return False
        step(STEPS, instruction.state, state)
        self._move(session, instruction, state, reason)
        if state in (InstructionState.REFUSED, InstructionState.FAILED):
            self._give_up(session, instruction, settlement, intents, reason)
        return True

    def _move(
        self, session: Session, instruction: Instruction, state: InstructionState, reason: str
    ) -> None:
        now = self._clock.now()
        store.set_state(session, instruction.id, state, reason, now)
        detail = {"from": instruction.state, "to": state, "reason": reason}
        audit.record(
            session,
            actor="node",
            action="instruction.changed",
            subject=instruction.id,
            detail=detail,
            at=now,
        )
        tell(
            session,
            kind=Kind.INSTRUCTION_CHANGED,
            subject=instruction.id,
            data={"state": state, "uetr": instruction.uetr, "reason": reason},
            at=now,
        )

    def _give_up(
        self,
        session: Session,
        instruction: Instruction,
        settlement: Settlement | None,
        intents: Mapping[str, Intent],
        reason: str,
    ) -> None:
        now = self._clock.now()
        journal.end_expectation(session, instruction.expectation_id, reason, now)
        if settlement is not None:
            Planner(session, self._desk, settlement, now).give_back(intents.values())
            return
        held = intents.get("HOLD")
        if held is not None and held.state in _IN_A_BLOCK:
            prepare_cancellation(session, self._desk, instruction, now)


def standing(
    instruction: Instruction, intents: Mapping[str, Intent], *, paid_by: str, settled: bool
) -> tuple[InstructionState, str]:
    """Where an instruction stands, and why when it ended badly.

    The intent for the purpose `paid_by` is the payment itself; when one it waits for ends badly, it
    is refused with the reason of that one.
    """
    if settled:
        return InstructionState.SETTLED, ""
    payment = intents.get(paid_by)
    if payment is None:
        return instruction.state, instruction.reason
    if payment.state in _LOST | _NEVER_SENT:
        return _ended(payment, intents)
    if payment.state in _IN_A_BLOCK:
        return InstructionState.ON_CHAIN, ""
    # Also when what was sent ended badly: the payment that waits for it is refused next; and when
    # a person had what was stopped prepared anew.
    begun = any(each.state not in _UNSENT for each in intents.values())
    if begun or instruction.state is not InstructionState.INSTRUCTED:
        return InstructionState.SENT, ""
    return InstructionState.INSTRUCTED, ""


def _ended(payment: Intent, intents: Mapping[str, Intent]) -> tuple[InstructionState, str]:
    """A payment is refused because of what it waits for: then that one says how it ended."""
    lost = [each for each in (payment, *intents.values()) if each.state in _LOST]
    if lost:
        return InstructionState.FAILED, lost[0].reason
    return InstructionState.REFUSED, payment.reason


def _settlement_of(session: Session, instruction: Instruction) -> Settlement | None:
    id_ = instruction.settlement_id
    return store.settlement(session, id_) if id_ else None


def _told_failed(session: Session, payment: Intent | None) -> str:
    """What the engine says of a call that was mined, did not revert and yet moved nothing."""
    if payment is None or payment.state is not IntentState.FINAL:
        return ""
    for event in events.events_of_transaction(session, payment.tx_hash):
        if event.canonical and event.name == "SettlementFailed":
            why = decode_error(map(load, _TELL_WHY), event.args["reason"])
            return f"leg {int(event.args['leg']) + 1} was not paid: {why}"
    return ""


def is_settled(entries: Sequence[Entry]) -> bool:
    """Whether a posted entry stands that answers the instruction."""
    undone = {each.reversal_of for each in entries}
    return any(
        each.phase is Phase.POSTED and each.reversal_of is None and each.id not in undone
        for each in entries
    )
