"""Rules for the gate: issued, redeemed, attested, limited.

In: what is drawn. Out: steps of the duet. Used by the test.
"""

from __future__ import annotations

from hypothesis import strategies as st

from tests.contracts.differential.hold_rules import HoldRules
from tests.contracts.differential.machine import (
    amounts,
    indexes,
    mostly,
    payments,
    people,
    ref_of,
    share,
    step,
)
from tests.contracts.model.gate import Limits

# Few, so that they repeat; of several rows of 64; and the edges.
sequences = st.one_of(
    st.integers(0, 20), st.integers(56, 72), st.sampled_from([300, 2**48 - 1, 2**48])
)
flaws = st.sampled_from(["", "", "", "", "", "payment", "sequence"])
steps = st.sampled_from([0] * 4 + [1, -1, 50, -50, 400, -400, -10_000])
refills = st.sampled_from([0, 0, 1, -1])


class GateRules(HoldRules):
    """Orders of money, right and wrong; redemptions take holds that rules of holds opened."""

    @step(by=mostly("issuer"), sequence=sequences, payment=payments, to=people, amount=amounts)
    def issues(self, by: str, sequence: int, payment: int, to: str, amount: int | str) -> None:
        amount = share(amount, self.gate.issuable)
        ref = self._ref(sequence, payment, "")
        self.does("gate.issue", sequence, ref, self.at(to), amount, by=by)

    @step(by=mostly("issuer"), sequence=sequences, flaw=flaws, index=indexes)
    def redeems(self, by: str, sequence: int, flaw: str, index: int) -> None:
        terms = self._hold("cad", index, "gate")
        ref = self._ref(sequence, int(terms.ref[2:34], 16), flaw)
        self.does("gate.redeem", sequence, ref, terms, by=by)

    @step(by=mostly("issuer"), index=indexes)
    def cancels_a_redemption(self, by: str, index: int) -> None:
        self.does("gate.cancelRedemption", self._hold("cad", index, "gate"), by=by)

    @step(
        by=st.sampled_from(["attestor"] * 6 + ["twofold", "alice"]),
        liabilities=st.one_of(st.integers(0, 9_000), st.sampled_from([2**64 - 1, 2**64])),
        after=st.sampled_from([0] * 6 + [-1, -60, 300, 301, -100_000]),
    )
    def attests(self, by: str, liabilities: int, after: int) -> None:
        self.does("gate.attest", liabilities, self.moment(after), by=by)

    @step(by=mostly("limits"), capacity=steps, refill=refills, age=steps)
    def raises_limits(self, by: str, capacity: int, refill: int, age: int) -> None:
        limits = self._limits(abs(capacity), abs(refill), age)
        self.does("gate.raiseLimits", limits, by=by)

    @step(by=mostly("guardian"), capacity=steps, refill=refills, age=steps)
    def lowers_limits(self, by: str, capacity: int, refill: int, age: int) -> None:
        limits = self._limits(-abs(capacity), -abs(refill), age)
        self.does("gate.lowerLimits", limits, by=by)

    def _limits(self, *changes: int) -> Limits:
        return Limits(
            *(max(one + change, 0) for one, change in zip(self.gate.limits, changes, strict=True))
        )

    @staticmethod
    def _ref(sequence: int, payment: int, flaw: str) -> str:
        payment += flaw == "payment"
        return ref_of(payment, (sequence + (flaw == "sequence")) % 2**48)
