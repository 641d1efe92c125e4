"""Invariants: any order of calls, sensible or not, leaves chain and a simple model alike.

The model below says in Python what the contracts must do; each step is sent to both, and the
contract must accept exactly what the model accepts. Small in `make test`, long in `make verify`.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from functools import cache

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
)

from tests.contracts.bank import ALLOWED, HOUR, NO_RECEIVE, NO_SEND, Bank, Terms, ref
from tests.contracts.chain import Contract, Refused

PEOPLE = ("alice", "bob", "carol")
ATTESTED_MAX = 3_000
people = st.sampled_from(["alice", "alice", "bob", "bob", "carol"])
small = st.integers(1, 300)
# Mostly what somebody has; else nothing, too much, and the edges of every field.
edges = st.sampled_from([0, 1_500, 2**96 - 1, 2**96, 2**128 - 1, 2**128, 2**256 - 1])
amounts = st.one_of(small, small, small, edges)
all_flags = st.sampled_from([ALLOWED, ALLOWED, 0, ALLOWED | NO_SEND, ALLOWED | NO_RECEIVE])
numbers = st.integers(0, 30) | st.integers(0, 200)  # so that they meet, and change rows
offs = st.sampled_from([0, 0, 0, 2**48, 1])  # added to the end of a reference: 1 misses
deciders = st.sampled_from(["notary", "notary", "notary", "stranger", *PEOPLE])


@cache
def bank_of_all() -> Bank:
    """One bank for all runs; each run is rewound."""
    return Bank()


class Model(RuleBasedStateMachine):
    """Balances, holds and flags as dictionaries; the rules of the bank in a line each."""

    holds = Bundle("holds")

    def __init__(self) -> None:
        super().__init__()
        self.rewind = ExitStack()
        self.bank = bank_of_all()
        self.rewind.enter_context(self.bank.chain.rewound())
        self.balances: Counter[str] = Counter()
        self.flags = dict.fromkeys(PEOPLE, ALLOWED) | {"carol": 0}
        self.open: dict[Terms, str] = {}
        self.closed: set[Terms] = set()
        self.sequences: set[int] = set()
        self.attested = 0

    def teardown(self) -> None:
        self.rewind.close()

    @initialize(target=holds)
    def the_bank_opens(self) -> object:
        self.attests(ATTESTED_MAX)
        self.issues(100, 100, 0, "alice", 1_000)
        self.issues(101, 101, 0, "bob", 1_000)
        first = self.opens_a_hold("alice", "bob", 100, 1)
        second = self.opens_a_redemption("bob", 100, 2)
        return multiple(first, second)

    @rule(liabilities=st.integers(0, ATTESTED_MAX))
    def attests(self, liabilities: int) -> None:
        self.bank.attest(liabilities)
        self.attested = liabilities

    @rule(sequence=numbers, payment=numbers, off=offs, to=people, amount=amounts)
    def issues(self, sequence: int, payment: int, off: int, to: str, amount: int) -> None:
        fits = 0 < amount <= self.attested - self.balances.total()
        ok = fits and self._fresh(sequence, payment, off) and self._receives(to)
        order = (sequence, ref(payment, sequence + off), self._address(to), amount)
        if self._sent(self.bank.gate, "issue", *order, by="issuer", ok=ok):
            self.sequences.add(sequence)
            self.balances[to] += amount

    @rule(holder=people, to=people, amount=amounts)
    def transfers(self, holder: str, to: str, amount: int) -> None:
        ok = amount <= self._free(holder) and self._sends(holder) and self._receives(to)
        if self._sent(self.bank.token, "transfer", self._address(to), amount, by=holder, ok=ok):
            self.balances[holder] -= amount
            self.balances[to] += amount

    @rule(whose=people, flags=all_flags)
    def sets_flags(self, whose: str, flags: int) -> None:
        arguments = (self._address(whose), flags)
        self.bank.token.send("setAccountFlags", *arguments, by=self.bank.compliance)
        self.flags[whose] = flags

    @rule(target=holds, holder=people, to=people, amount=amounts, payment=numbers)
    def opens_a_hold(self, holder: str, to: str, amount: int, payment: int) -> object:
        bank = self.bank
        parties = (self._address(holder), self._address(to), amount, bank.notary)
        return self._open(holder, Terms(*parties, bank.chain.now + HOUR, ref(payment)))

    @rule(target=holds, holder=people, amount=amounts, payment=numbers)
    def opens_a_redemption(self, holder: str, amount: int, payment: int) -> object:
        terms = self.bank.redemption(amount, payment).but(holder=self._address(holder))
        return self._open(holder, terms)

    @rule(terms=holds, amount=amounts, by=deciders)
    def executes(self, terms: Terms, amount: int, by: str) -> None:
        payer, payee = self._name(terms.holder), self._name(terms.recipient)
        ok = self._executable(terms) and 0 < amount <= terms.amount
        ok = ok and by == "notary" and terms.notary == self.bank.notary and self._receives(payee)
        if self._sent(self.bank.token, "executeHold", terms.abi, amount, by=by, ok=ok):
            self._close(terms)
            self.balances[payer] -= amount
            self.balances[payee] += amount

    @rule(terms=holds, sequence=numbers, off=offs, other=st.sampled_from([None, None, None, 9]))
    def redeems(self, terms: Terms, sequence: int, off: int, other: int | None) -> None:
        payment = int(terms.ref, 16) >> 128 if other is None else other
        ok = self._executable(terms) and self._fresh(sequence, payment, off)
        ok = ok and terms.notary == self.bank.gate.address and terms.ref == ref(payment)
        order = (sequence, ref(payment, sequence + off), terms.abi)
        if self._sent(self.bank.gate, "redeem", *order, by="issuer", ok=ok):
            self._close(terms)
            self.sequences.add(sequence)
            self.balances[self._name(terms.holder)] -= terms.amount

    @rule(terms=holds, by=deciders)
    def releases(self, terms: Terms, by: str) -> None:
        party = self._address(by) in {terms.notary, terms.recipient}
        ok = terms in self.open and (party or self._expired(terms))
        if self._sent(self.bank.token, "releaseHold", terms.abi, by=by, ok=ok):
            self._close(terms)

    @rule(go=st.integers(0, 3))
    def an_hour_passes(self, go: int) -> None:
        if go == 0:  # seldom, so that some holds live
            self.bank.chain.advance(HOUR + 1)

    @invariant()
    def chain_and_model_agree(self) -> None:
        for name in PEOPLE:
            held = self._held(name)
            assert self.bank.position(self._address(name)) == (self.balances[name], held)
            assert held <= self.balances[name]
            assert self.bank.token.read("flagsOf", self._address(name)) == self.flags[name]
        assert self.bank.token.read("totalSupply") == self.balances.total()
        assert self.bank.position(self.bank.gate.address) == (0, 0)

    def _open(self, holder: str, terms: Terms) -> object:
        new = terms not in self.open and terms not in self.closed
        ok = 0 < terms.amount <= self._free(holder) and self._sends(holder) and new
        ok = ok and terms.ref != ref(0)
        if not self._sent(self.bank.token, "createHold", terms.abi, by=holder, ok=ok):
            return multiple()
        self.open[terms] = holder
        return terms

    def _close(self, terms: Terms) -> None:
        del self.open[terms]
        self.closed.add(terms)

    def _sent(
        self, contract: Contract, function: str, *arguments: object, by: str, ok: bool
    ) -> bool:
        told = ""
        try:
            contract.send(function, *arguments, by=self._address(by))
        except Refused as refused:
            told = str(refused)
        assert ok != bool(told), f"{function}: {told or 'was not refused'}"
        return ok

    def _fresh(self, sequence: int, payment: int, off: int) -> bool:
        return payment != 0 and off % 2**48 == 0 and sequence not in self.sequences

    def _executable(self, terms: Terms) -> bool:
        live = terms in self.open and not self._expired(terms)
        return live and self._sends(self._name(terms.holder))

    def _expired(self, terms: Terms) -> bool:
        # What is sent now stands in the next block, a second later at the least.
        return self.bank.chain.now + 1 >= terms.expiry

    def _held(self, name: str) -> int:
        return sum(terms.amount for terms, holder in self.open.items() if holder == name)

    def _free(self, name: str) -> int:
        return self.balances[name] - self._held(name)

    def _sends(self, name: str) -> bool:
        return self.flags.get(name, 0) & (ALLOWED | NO_SEND) == ALLOWED

    def _receives(self, name: str) -> bool:
        return self.flags.get(name, 0) & (ALLOWED | NO_RECEIVE) == ALLOWED

    def _address(self, name: str) -> str:
        return str(getattr(self.bank, name))

    def _name(self, address: str) -> str:
        return next((name for name in PEOPLE if self._address(name) == address), "")


# One step is a block and a dozen reads; a fifteenth of the profile's examples says enough.
Model.TestCase.settings = settings(
    max_examples=max(settings().max_examples // 15, 6),
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestInvariants = pytest.mark.verify(Model.TestCase)
