"""Rules for transfers, supply and what the bank may do with accounts.

In: what is drawn. Out: steps of the duet. Used by the test.
"""

from __future__ import annotations

from hypothesis import strategies as st

from tests.contracts.differential.machine import (
    BOUNDLESS,
    Machine,
    amounts,
    callers,
    edges,
    mostly,
    payments,
    people,
    ref_of,
    seldom,
    share,
    step,
    tokens,
)
from tests.contracts.model.compliance import Seizure

flags = st.sampled_from([1] * 8 + [0, 3, 5, 7, 8, 2**32 - 1])
freeze_bits = st.sampled_from([2, 4, 6, 0, 1, 8, 2**32 - 1])
pause_bits = st.sampled_from([1, 2, 4, 7, 0, 8])
bases = st.sampled_from([1, 1, 1, 0])


class TokenRules(Machine):
    """Money moves, or is refused to."""

    @step(token=tokens, by=callers, to=people, amount=amounts)
    def transfers(self, token: str, by: str, to: str, amount: int | str) -> None:
        available = self.token(token).available(self.at(by))
        payee, amount = self.at(to), share(amount, available)
        said = self.token(token).can_transfer(self.at(by), payee, amount)
        assert self.does(f"{token}.transfer", payee, amount, by=by) == said

    @step(token=tokens, by=callers, to=people, amount=amounts, payment=payments)
    def pays_with_ref(self, token: str, by: str, to: str, amount: int | str, payment: int) -> None:
        amount = share(amount, self.token(token).available(self.at(by)))
        self.does(f"{token}.transferWithRef", self.at(to), amount, ref_of(payment), by=by)

    @step(token=tokens, by=callers, spender=people, amount=st.one_of(amounts, edges))
    def approves(self, token: str, by: str, spender: str, amount: int | str) -> None:
        amount = share(amount, BOUNDLESS // 2)
        self.does(f"{token}.approve", self.at(spender), amount, by=by)

    @step(token=tokens, by=callers, of=callers, to=people, amount=amounts, allowed=st.booleans())
    def spends(
        self, *, token: str, by: str, of: str, to: str, amount: int | str, allowed: bool
    ) -> None:
        model = self.token(token)
        if allowed:
            spenders = [pair for pair, left in model.allowances.items() if left]
            of, by = next(((self.name(one), self.name(two)) for one, two in spenders), (of, by))
        amount = share(amount, model.allowances[self.at(of), self.at(by)])
        self.does(f"{token}.transferFrom", self.at(of), self.at(to), amount, by=by)

    @step(token=tokens, by=mostly("minter"), to=people, amount=amounts)
    def mints(self, token: str, by: str, to: str, amount: int | str) -> None:
        left = 2**128 - 1 - self.token(token).supply
        self.does(f"{token}.mint", self.at(to), share(amount, left), by=by)

    @step(token=tokens, by=mostly("minter"), of=callers, amount=amounts)
    def burns(self, token: str, by: str, of: str, amount: int | str) -> None:
        amount = share(amount, self.token(token).available(self.at(of)))
        self.does(f"{token}.burn", self.at(of), amount, by=by)


class ComplianceRules(Machine):
    """The bank and the law act, or somebody who may not."""

    @step(token=tokens, by=mostly("compliance"), whose=people, bits=flags)
    def sets_flags(self, token: str, by: str, whose: str, bits: int) -> None:
        self.does(f"{token}.setAccountFlags", self.at(whose), bits, by=by)

    @step(token=tokens, by=mostly("compliance"), whose=people, bits=freeze_bits, go=seldom)
    def freezes(self, *, token: str, by: str, whose: str, bits: int, go: bool) -> None:
        if go:
            self.does(f"{token}.freeze", self.at(whose), bits, by=by)

    @step(token=tokens, by=mostly("compliance"), whose=people, amount=amounts)
    def freezes_an_amount(self, token: str, by: str, whose: str, amount: int | str) -> None:
        amount = share(amount, self.token(token).balances[self.at(whose)])
        self.does(f"{token}.setFrozenTokens", self.at(whose), amount, by=by)

    @step(token=tokens, by=mostly("compliance"), whose=callers)
    def thaws(self, token: str, by: str, whose: str) -> None:
        self.does(f"{token}.setFrozenTokens", self.at(whose), 0, by=by)

    @step(
        token=tokens,
        by=mostly("enforcer"),
        of=callers,
        to=people,
        amount=amounts,
        ref=payments,
        basis=bases,
    )
    def takes_by_force(
        self, *, token: str, by: str, of: str, to: str, amount: int | str, ref: int, basis: int
    ) -> None:
        amount = share(amount, self.token(token).unheld(self.at(of)))
        taken = Seizure(self.at(of), self.at(to), amount, ref_of(ref), ref_of(basis))
        self.does(f"{token}.forcedTransfer", taken, by=by)

    @step(token=tokens, by=mostly("guardian"), bits=pause_bits, go=seldom)
    def pauses(self, *, token: str, by: str, bits: int, go: bool) -> None:
        if go:
            self.does(f"{token}.pause", bits, by=by)

    @step(token=tokens, by=mostly("admin"), bits=pause_bits)
    def unpauses(self, token: str, by: str, bits: int) -> None:
        self.does(f"{token}.unpause", bits, by=by)

    @step(token=tokens, by=mostly("admin"), paused=seldom, go=seldom)
    def ends(self, *, token: str, by: str, paused: bool, go: bool) -> None:
        if paused and go:
            self.does(f"{token}.pause", 7, by="guardian")
        if go:
            self.does(f"{token}.deactivate", by=by)
