"""The model's settlement engine: what ISettlementEngine promises, as in its table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.contracts.model.authorizations import Settlement
from tests.contracts.model.holds import OPEN
from tests.contracts.model.instructions import Instruction, Leg
from tests.contracts.model.netting import Netting
from tests.contracts.model.token import Token
from tests.contracts.model.world import Account, Refusal, refuse

NONE, INSTRUCTED, AFFIRMED, SETTLED, CANCELLED, EXPIRED = range(6)


class Affirmation(NamedTuple):
    """A payer's consent to one leg: the nonce and signature of the token's SettlementTransfer."""

    nonce: int
    signature: bytes


class LegRefusal(Refusal):
    """A leg could not be paid."""

    def __init__(self, leg: int, reason: Refusal) -> None:
        super().__init__("LegFailed", leg=leg, reason=reason)
        self.leg, self.reason = leg, str(reason)


@dataclass
class Progress:
    """Where an instruction stands; a bit per leg that is affirmed, or asked to be cancelled."""

    state: int = NONE
    affirmed: int = 0
    cancelling: int = 0


@dataclass
class Engine(Netting):
    """What was put on record, by id; which trades have settled."""

    progress: dict[str, Progress] = field(default_factory=dict)
    trades: dict[tuple[object, ...], str] = field(default_factory=dict)
    contents: dict[str, Instruction] = field(default_factory=dict)

    @property
    def domain(self) -> dict[str, Any]:
        return {
            "name": "Concord SettlementEngine",
            "version": "1",
            "chainId": self.world.chain_id,
            "verifyingContract": self.address,
        }

    def settle(
        self, _by: Account, instruction: Instruction, affirmations: Sequence[Affirmation]
    ) -> None:
        content, progress = self._settleable(instruction)
        self._in(content, progress, NONE)
        counts = {"legs": len(instruction.legs), "affirmations": len(affirmations)}
        refuse(len(instruction.legs) != len(affirmations), "AffirmationCount", **counts)
        for place, leg in enumerate(instruction.legs):
            nonce, signature = affirmations[place]
            signed = (leg.payer, leg.payee, leg.amount, content, nonce, instruction.deadline)
            with self._leg(place, leg) as token:
                token.settle_transfer(self.address, Settlement(*signed), signature)
        self._settled(content, instruction)

    def instruct(self, by: Account, instruction: Instruction) -> None:
        content, progress = self._settleable(instruction)
        self._in(content, progress, NONE)
        self._party(by, content, instruction)
        progress.state = INSTRUCTED
        values = {"by": by, "instruction": instruction.told}
        self.emit("Instructed", id=content, ref=instruction.ref, **values)

    def affirm(self, by: Account, instruction: Instruction) -> None:
        content, progress = self._settleable(instruction)
        self._in(content, progress, INSTRUCTED)
        own = self._payer(by, content, instruction)
        refuse(progress.affirmed & own, "AlreadyDone", id=content, payer=by)
        for place in self._not_held(content, instruction):
            refuse(own >> place & 1, "LegNotHeld", id=content, leg=place)
        progress.affirmed |= own
        if progress.affirmed == instruction.all_legs:
            progress.state = AFFIRMED
        self.emit("Affirmed", id=content, payer=by)

    def execute(self, _by: Account, instruction: Instruction) -> None:
        content, _ = self._settleable(instruction)
        try:
            with self.world.all_or_nothing():
                for place, leg in enumerate(instruction.legs):
                    hold = instruction.hold(leg, self.address, content)
                    with self._leg(place, leg) as token:
                        token.execute_hold(self.address, hold, leg.amount)
                self._settled(content, instruction)
        except LegRefusal as failed:
            self.emit("SettlementFailed", id=content, leg=failed.leg, reason=failed.reason)

    def cancel(self, by: Account, instruction: Instruction) -> None:
        content, progress = self._live(instruction)
        self._party(by, content, instruction)
        bound = not self._not_held(content, instruction) and instruction.trade not in self.trades
        if bound:
            own = self._payer(by, content, instruction)
            refuse(progress.cancelling & own, "AlreadyDone", id=content, payer=by)
            progress.cancelling |= own
            self.emit("CancelAsked", id=content, payer=by)
            if progress.cancelling != instruction.all_legs:
                return
        progress.state = CANCELLED
        self._release(content, instruction)
        self.emit("Cancelled", id=content, ref=instruction.ref, by=by)

    def expire(self, _by: Account, instruction: Instruction) -> None:
        content, progress = self.found(instruction)
        self._in(content, progress, INSTRUCTED, AFFIRMED)
        now, deadline = self.world.now, instruction.deadline
        refuse(now < deadline, "DeadlineAhead", id=content, deadline=deadline, time=now)
        progress.state = EXPIRED
        self._release(content, instruction)
        self.emit("Expired", id=content, ref=instruction.ref)

    def found(self, instruction: Instruction) -> tuple[str, Progress]:
        """Its id, and where it stands."""
        instruction.well_formed(self.address)
        content = instruction.id_in(self.domain)
        self.contents[content] = instruction
        progress = self.progress.setdefault(content, Progress())
        if self.trades.get(instruction.trade) == content:
            progress.state = SETTLED
        return content, progress

    def _live(self, instruction: Instruction) -> tuple[str, Progress]:
        content, progress = self.found(instruction)
        self._in(content, progress, NONE, INSTRUCTED, AFFIRMED)
        now, deadline = self.world.now, instruction.deadline
        refuse(now >= deadline, "DeadlinePassed", id=content, deadline=deadline, time=now)
        return content, progress

    def _settleable(self, instruction: Instruction) -> tuple[str, Progress]:
        content, progress = self._live(instruction)
        another = instruction.trade in self.trades
        refuse(another, "TradeSettled", id=content, salt=instruction.salt)
        return content, progress

    @contextmanager
    def _leg(self, place: int, leg: Leg) -> Iterator[Token]:
        """The token that pays a leg; its refusal is the leg's."""
        try:
            yield self.token_at(leg.token)
        except Refusal as refusal:
            raise LegRefusal(place, refusal) from refusal

    def _settled(self, content: str, instruction: Instruction) -> None:
        self.trades[instruction.trade] = content
        self.emit("Settled", id=content, ref=instruction.ref, legs=len(instruction.legs))

    def _not_held(self, content: str, instruction: Instruction) -> list[int]:
        """The legs whose holds are not open."""
        return [
            place
            for place, leg in enumerate(instruction.legs)
            if not self._is_held(content, instruction, leg)
        ]

    def _is_held(self, content: str, instruction: Instruction, leg: Leg) -> bool:
        token = self.world.contracts.get(leg.token)
        if not isinstance(token, Token):
            return False
        hold = token.hold_id(instruction.hold(leg, self.address, content))
        return token.holds.get(hold) == OPEN

    def _release(self, content: str, instruction: Instruction) -> None:
        for leg in instruction.legs:
            if self._is_held(content, instruction, leg):
                hold = instruction.hold(leg, self.address, content)
                self.token_at(leg.token).release_hold(self.address, hold)

    @staticmethod
    def _in(content: str, progress: Progress, *states: int) -> None:
        refuse(progress.state not in states, "WrongState", id=content, state=progress.state)

    @staticmethod
    def _party(by: Account, content: str, instruction: Instruction) -> None:
        refuse(by not in instruction.parties, "NotParty", id=content, caller=by)

    @staticmethod
    def _payer(by: Account, content: str, instruction: Instruction) -> int:
        own = instruction.paid_by(by)
        refuse(own == 0, "NotPayer", id=content, caller=by)
        return own
