"""What the engine's events alone tell: where every instruction and every cycle stands.

In: its events in their order. Out: `EngineReplay`, compared with what the engine itself says; the
bits of a payer's legs need the content, which whoever acts on an instruction knows.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

from tests.contracts.model.engine import AFFIRMED, CANCELLED, EXPIRED, INSTRUCTED, NONE, SETTLED
from tests.contracts.model.instructions import Instruction
from tests.contracts.model.world import Account

Args = dict[str, Any]
_STATES: Final = {
    "Instructed": INSTRUCTED,
    "Settled": SETTLED,
    "Cancelled": CANCELLED,
    "Expired": EXPIRED,
}
_TELLS_NOTHING_NEW: Final = {"SettlementFailed", "AuthorityUpdated", "EIP712DomainChanged"}


@dataclass
class EngineReplay:
    """States by id, and who has affirmed or asked to cancel."""

    states: dict[str, int] = field(default_factory=dict)
    affirmed: defaultdict[str, set[Account]] = field(default_factory=lambda: defaultdict(set))
    cancelling: defaultdict[str, set[Account]] = field(default_factory=lambda: defaultdict(set))
    cycles: set[str] = field(default_factory=set)

    def progress(self, content: str, instruction: Instruction) -> tuple[int, int, int]:
        affirmed = _bits(instruction, self.affirmed[content])
        state = self.states.get(content, NONE)
        if state == INSTRUCTED and affirmed == instruction.all_legs:
            state = AFFIRMED
        return state, affirmed, _bits(instruction, self.cancelling[content])

    def hear(self, event: str, args: Args, _time: int) -> None:
        match event:
            case "Affirmed":
                self.affirmed[args["id"]].add(args["payer"])
            case "CancelAsked":
                self.cancelling[args["id"]].add(args["payer"])
            case "NetSettled":
                self.cycles.add(args["cycle"])
            case _ if event in _STATES:
                self.states[args["id"]] = _STATES[event]
            case _:
                assert event in _TELLS_NOTHING_NEW, f"no meaning for {event}"


def _bits(instruction: Instruction, payers: set[Account]) -> int:
    return sum(instruction.paid_by(payer) for payer in payers)
