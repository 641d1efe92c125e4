"""Follows instructions to their end: derives where each stands from its intents and the books.

In: instructions that something happened to, intents, entries. Out: new states, ended
expectations, holds given back, in one unit of work behind a fence. Called by: pipeline.

A leg of a settlement stands where the settlement's intents stand: those are what carries it out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from node.bindings import deposit_token, settlement_engine
from node.chain.artifacts import load
from node.chain.codec import decode_error
from node.control import audit
from node.core.clock import Clock
from node.core.stage import in_batches
from node.core.transitions import step
from node.db.unit_of_work import unit_of_work
from node.events import store as events
from node.events.event import ChainEvent
from node.feed.outbox import Kind, News, tell_all
from node.ledger import journal
from node.ledger import store as ledger
from node.ledger.entry import Entry, Phase
from node.settlement import happened, store
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


@dataclass(frozen=True, slots=True)
class Followed:
    """Where an instruction stands now, and why when it ended badly."""

    instruction: Instruction
    settlement: Settlement | None
    intents: Mapping[str, Intent]
    state: InstructionState
    reason: str

    @property
    def is_news(self) -> bool:
        """Whether it stood elsewhere before."""
        return self.state is not self.instruction.state


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
        """Follow the payments that something happened to; gives how much news there was."""
        return in_batches(self._next, happened.BATCH)

    def _next(self) -> int:
        with unit_of_work(self._engine) as session:
            self._fence(session)
            news, found = happened.take(session)
            now = self._clock.now()
            self._move(session, [each for each in _followed(session, found) if each.is_news], now)
        return news

    def _move(self, session: Session, moved: Sequence[Followed], now: datetime) -> None:
        for each in moved:
            step(STEPS, each.instruction.state, each.state)
        store.set_states(session, [(e.instruction.id, e.state, e.reason) for e in moved], now)
        audit.record_all(session, list(map(_action, moved)), now)
        tell_all(session, list(map(_news, moved)), now)
        for each in moved:
            if each.state in (InstructionState.REFUSED, InstructionState.FAILED):
                self._give_up(session, each)

    def _give_up(self, session: Session, ended: Followed) -> None:
        now, instruction = self._clock.now(), ended.instruction
        journal.end_expectation(session, instruction.expectation_id, ended.reason, now)
        if ended.settlement is not None:
            Planner(session, self._desk, ended.settlement, now).give_back(ended.intents.values())
            return
        held = ended.intents.get("HOLD")
        if held is not None and held.state in _IN_A_BLOCK:
            prepare_cancellation(session, self._desk, instruction, now)


def _followed(session: Session, found: Sequence[Instruction]) -> list[Followed]:
    """Where instructions stand now, by all that is known of them."""
    settlements = store.settlements_by_id(session, {each.settlement_id for each in found} - {""})
    carried_by = {each.settlement_id or each.id for each in found}
    intents: dict[str, dict[str, Intent]] = defaultdict(dict)
    for intent in intents_store.intents_for(session, carried_by):
        intents[intent.instruction_id][intent.purpose] = intent
    entries: dict[str, list[Entry]] = defaultdict(list)
    for entry in ledger.entries_by_expectation(session, *(e.expectation_id for e in found)):
        entries[entry.expectation_id].append(entry)
    told = _told_failed(session, intents)
    followed = []
    for each in found:
        settlement, carrier = settlements.get(each.settlement_id), each.settlement_id or each.id
        paid_by = each.kind.value if settlement is None else SETTLES[settlement.way]
        settled = is_settled(entries[each.expectation_id])
        state, reason = standing(each, intents[carrier], paid_by=paid_by, settled=settled)
        payment = intents[carrier].get(paid_by)
        if not settled and payment is not None and (why := told.get(payment.id)):
            state, reason = InstructionState.FAILED, why
        followed.append(Followed(each, settlement, intents[carrier], state, reason))
    return followed


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


def _told_failed(session: Session, intents: Mapping[str, Mapping[str, Intent]]) -> dict[str, str]:
    """What the engine says, by intent, of calls that did not revert and yet moved nothing."""
    final = {
        each.tx_hash: each.id
        for purposes in intents.values()
        for each in purposes.values()
        if each.state is IntentState.FINAL and each.purpose in SETTLES.values()
    }
    return {
        final[event.key.tx_hash]: _why(event)
        for event in events.events_of_transactions(session, *final)
        if event.canonical and event.name == happened.FAILED
    }


def _why(event: ChainEvent) -> str:
    why = decode_error(map(load, _TELL_WHY), event.args["reason"])
    return f"leg {int(event.args['leg']) + 1} was not paid: {why}"


def _action(each: Followed) -> audit.Action:
    detail = {"from": each.instruction.state, "to": each.state, "reason": each.reason}
    return audit.Action("node", "instruction.changed", each.instruction.id, detail)


def _news(each: Followed) -> News:
    told = {"state": each.state, "uetr": each.instruction.uetr, "reason": each.reason}
    return News(Kind.INSTRUCTION_CHANGED, each.instruction.id, told)


def is_settled(entries: Sequence[Entry]) -> bool:
    """Whether a posted entry stands that answers the instruction."""
    undone = {each.reversal_of for each in entries}
    return any(
        each.phase is Phase.POSTED and each.reversal_of is None and each.id not in undone
        for each in entries
    )
