"""Rules for settlements: in one shot, or by holds.

In: what is drawn. Out: steps of the duet. Used by the test.
"""

from __future__ import annotations

from hypothesis import strategies as st

from tests.contracts.differential.hold_rules import HoldRules
from tests.contracts.differential.machine import (
    callers,
    indexes,
    picked,
    ref_of,
    seldom,
    share,
    step,
)
from tests.contracts.differential.signature_rules import SignatureRules
from tests.contracts.model.engine import AFFIRMED, INSTRUCTED, NONE, Affirmation, Engine
from tests.contracts.model.instructions import Instruction, Leg

# Of two or three legs: the token and who pays; the next one is paid, in a circle.
SHAPES = [
    (("cad", "alice"), ("eur", "bob")),
    (("cad", "alice"), ("eur", "bob")),
    (("cad", "wallet"), ("cad", "alice"), ("eur", "bob")),
    (("cad", "alice"), ("cad", "bob")),
    (("eur", "bob"), ("cad", "carol")),
    (("stranger", "alice"), ("eur", "bob")),
]
shapes = st.sampled_from(SHAPES)
flaws = st.sampled_from([""] * 12 + ["no legs", "twice", "self", "engine", "no ref"])
bad_signatures = st.sampled_from([""] * 12 + ["key", "content", "count"])
likely = st.integers(0, 4).map(lambda each: each < 4)
LIVE = (NONE, INSTRUCTED, AFFIRMED)
ENDING = (INSTRUCTED, AFFIRMED)
deadlines = st.sampled_from([600] * 6 + [3_600, 5, 1, 0])


class EngineRules(HoldRules, SignatureRules):
    """`drafted` remembers all contents; most steps take one of the last."""

    def __init__(self) -> None:
        super().__init__()
        self.drafted: list[Instruction] = []

    @property
    def engine(self) -> Engine:
        found = self.duet.model("engine")
        assert isinstance(found, Engine)
        return found

    @step(
        by=callers,
        shape=shapes,
        amount=st.sampled_from([1, 5, 20, "half", "over"]),
        after=deadlines,
        flaw=flaws,
        bad=bad_signatures,
        nonce=st.integers(0, 400),
    )
    def settles_in_one_shot(
        self,
        *,
        by: str,
        shape: tuple[tuple[str, str], ...],
        amount: int | str,
        after: int,
        flaw: str,
        bad: str,
        nonce: int,
    ) -> None:
        instruction = self._draft(shape, amount, after, flaw, nonce % 6)
        affirmations = [
            self._affirmed(instruction, leg, nonce + place, bad)
            for place, leg in enumerate(instruction.legs)
        ]
        affirmations = affirmations[1:] if bad == "count" else affirmations
        if self.does("engine.settle", instruction, affirmations, by=by) and nonce % 2:
            self.does("engine.settle", instruction, affirmations, by=by)

    @step(
        shape=shapes,
        amount=st.sampled_from([1, 5, 20, "half"]),
        after=deadlines,
        flaw=flaws,
        salt=st.integers(0, 3),
        stranger=seldom,
    )
    def instructs(
        self,
        *,
        shape: tuple[tuple[str, str], ...],
        amount: int | str,
        after: int,
        flaw: str,
        salt: int,
        stranger: bool,
    ) -> None:
        instruction = self._draft(shape, amount, after, flaw, salt)
        by = "stranger" if stranger or not instruction.legs else shape[0][1]
        self.does("engine.instruct", instruction, by=by)
        if not flaw or salt == 0:
            self.drafted.append(instruction)

    @step(index=indexes, place=st.integers(0, 2))
    def holds_a_leg_for_it(self, index: int, place: int) -> None:
        if instruction := self._drafted(index, *LIVE):
            self._hold_for(instruction, instruction.legs[place % len(instruction.legs)].payer)

    @step(index=indexes, held=likely, other=seldom)
    def affirms_it(self, *, index: int, held: bool, other: bool) -> None:
        if instruction := self._drafted(index, INSTRUCTED):
            payer = instruction.legs[index % len(instruction.legs)].payer
            if held:
                self._hold_for(instruction, payer)
            by = "stranger" if other else self.name(payer)
            self.does("engine.affirm", instruction, by=by)

    @step(index=indexes, by=callers, held=likely)
    def executes_it(self, *, index: int, by: str, held: bool) -> None:
        if instruction := self._drafted(index, *LIVE):
            if held:
                self._hold_for(instruction)
            self.does("engine.execute", instruction, by=by)

    @step(index=indexes, by=callers, held=st.booleans(), again=st.booleans())
    def cancels_it(self, *, index: int, by: str, held: bool, again: bool) -> None:
        if instruction := self._drafted(index, *LIVE):
            payers = [self.name(leg.payer) for leg in instruction.legs]
            if held:
                self._hold_for(instruction)
            for each in [by, *payers] if again else [by]:
                self.does("engine.cancel", instruction, by=each)

    @step(index=indexes, by=callers, late=st.booleans())
    def expires_it(self, *, index: int, by: str, late: bool) -> None:
        if instruction := self._drafted(index, *ENDING):
            ahead = instruction.deadline - self.duet.setting.chain.coming
            if late and 0 < ahead <= 600:
                self.duet.setting.chain.advance(ahead)
            self.does("engine.expire", instruction, by=by)

    def _hold_for(self, instruction: Instruction, payer: str | None = None) -> None:
        """Open the holds that are missing, of one payer or of all."""
        content = instruction.id_in(self.engine.domain)
        for leg in instruction.legs:
            hold = instruction.hold(leg, self.at("engine"), content)
            known = leg.token != self.at("stranger")
            token = self.duet.setting.label(leg.token) if known else ""
            if payer in {None, leg.payer} and known and not self._is_open(token, hold):
                self.does(f"{token}.createHold", hold, by=self.name(leg.payer))
                self.opened_holds.append((token, hold))

    def _draft(
        self,
        shape: tuple[tuple[str, str], ...],
        amount: int | str,
        after: int,
        flaw: str,
        salt: int,
    ) -> Instruction:
        payees = [payer for _, payer in (*shape[1:], shape[0])]
        legs = []
        for (token, payer), payee in zip(shape, payees, strict=True):
            known = self.duet.setting.contracts.get(token)
            address = known.address if known else self.at(token)
            available = self.token(token).available(self.at(payer)) if known else 5
            least = max(min(share(amount, available), 2**100), 1)
            legs.append(Leg(address, self.at(payer), self.at(payee), least))
        spoiled = {
            "no legs": [],
            "twice": [*legs, legs[0]],
            "self": [*legs[1:], legs[0]._replace(payee=legs[0].payer)],
            "engine": [*legs[1:], legs[0]._replace(payee=self.at("engine"))],
        }.get(flaw, legs)
        ref = ref_of(0 if flaw == "no ref" else 7)
        return Instruction(tuple(spoiled), self.moment(after), ref, ref_of(0, salt))

    def _affirmed(self, instruction: Instruction, leg: Leg, nonce: int, bad: str) -> Affirmation:
        content = instruction.id_in(self.engine.domain)
        values = (self.at("engine"), *leg[1:], content, nonce, instruction.deadline)
        known = leg.token != self.at("stranger")
        token = self.duet.setting.label(leg.token) if known else "cad"
        flaw = "" if bad == "count" else bad
        signature = self._signed(token, self.name(leg.payer), "SettlementTransfer", values, flaw)
        return Affirmation(nonce, signature)

    def _drafted(self, index: int, *states: int) -> Instruction | None:
        """Mostly one of the last that stand in one of these states; seldom any."""
        standing = [each for each in self.drafted if self._stands(each, *states)]
        found = picked(index // 8, standing[-3:] if index % 8 and standing else self.drafted)
        return found if found and found.legs else None

    def _stands(self, instruction: Instruction, *states: int) -> bool:
        engine = self.engine
        known = engine.progress.get(instruction.id_in(engine.domain))
        if known is None or known.state not in states:
            return False
        return states == ENDING or self.duet.setting.chain.coming < instruction.deadline
