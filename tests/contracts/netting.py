"""Netting cycles for the tests of the engine: gross lists, what they add up to, and the holds.

In: a desk and who owes whom. Out: `Cycle`, as the engine takes it. Used by tests beside this file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from tests.contracts.bank import HOUR, ref
from tests.contracts.chain import Contract
from tests.contracts.desk import Desk

Owed = tuple[str, str, int]
SPARE = 5  # what each party holds beyond what it comes to pay


@dataclass(frozen=True)
class Cycle:
    """One cycle of several tokens; `owed` is (debtor, creditor, amount) by token."""

    desk: Desk
    owed: tuple[tuple[Contract, tuple[Owed, ...]], ...]
    id: str = ref(77)

    @property
    def parties(self) -> list[str]:
        return sorted({party for _, owed in self.owed for each in owed for party in each[:2]})

    @property
    def moves(self) -> int:
        """Net movements: each party once in each token in which it pays or gets something."""
        return sum(1 for _, owed in self.owed for amount in net(owed).values() if amount)

    def argument(self, expiry: int) -> tuple[object, ...]:
        sections = sorted(self._section(*each) for each in self.owed)
        return (self.id, expiry, self.parties, sections)

    def opened(self) -> int:
        """Every net debtor holds what it will pay; the holds' expiry."""
        expiry = self.desk.chain.now + HOUR
        engine = self.desk.engine.address
        for token, owed in self.owed:
            for party, amount in net(owed).items():
                if amount < 0:
                    terms = (party, engine, SPARE - amount, engine, expiry, self.id)
                    token.send("createHold", terms, by=party)
        return expiry

    def _section(self, token: Contract, owed: Iterable[Owed]) -> tuple[object, ...]:
        places = {party: place for place, party in enumerate(self.parties)}
        gross = [places[a] << 120 | places[b] << 112 | amount for a, b, amount in owed]
        amounts = [(places[party], amount) for party, amount in net(owed).items()]
        debits = [p << 248 | SPARE - amount << 128 | -amount for p, amount in amounts if amount < 0]
        credits_ = [place << 120 | amount for place, amount in amounts if amount > 0]
        return token.address, two_to_a_word(gross), debits, two_to_a_word(credits_)


def net(owed: Iterable[Owed]) -> Counter[str]:
    """What each party gets on balance; negative is what it pays."""
    found: Counter[str] = Counter()
    for debtor, creditor, amount in owed:
        found[debtor] -= amount
        found[creditor] += amount
    return found


def two_to_a_word(halves: Sequence[int]) -> list[int]:
    pairs = zip_longest(halves[::2], halves[1::2], fillvalue=0)
    return [high << 128 | low for high, low in pairs]
