"""Rules for holds: opened, executed alone or shared out, released, burned.

In: what is drawn. Out: steps of the duet. Base of the gate's rules, used by the test.
"""

from __future__ import annotations

from hypothesis import strategies as st

from tests.contracts.differential.machine import (
    CALLERS,
    Machine,
    amounts,
    callers,
    indexes,
    moments,
    mostly,
    payments,
    people,
    picked,
    ref_of,
    seldom,
    share,
    step,
    tokens,
)
from tests.contracts.model.accounts import HELD_MAX
from tests.contracts.model.holds import OPEN, Terms

# Recipient and notary.
purposes = st.sampled_from(
    [
        ("bob", "notary"),
        ("alice", "notary"),
        ("carol", "notary"),
        ("notary", "notary"),
        ("notary", "notary"),
        ("gate", "gate"),
        ("gate", "gate"),
        ("minter", "minter"),
        ("minter", "minter"),
        ("bob", "gate"),
        ("nobody", "notary"),
        ("bob", "nobody"),
    ]
)
fractions = st.sampled_from(["all", "all", "all", "half", "half", 1, "over", 0])


class HoldRules(Machine):
    """`opened` remembers all terms; most steps take one that is open."""

    def __init__(self) -> None:
        super().__init__()
        self.opened_holds: list[tuple[str, Terms]] = []

    @step(
        token=tokens,
        by=callers,
        purpose=purposes,
        amount=amounts,
        after=moments,
        payment=payments,
        other=seldom,
    )
    def opens_a_hold(
        self,
        *,
        token: str,
        by: str,
        purpose: tuple[str, str],
        amount: int | str,
        after: int,
        payment: int,
        other: bool,
    ) -> None:
        recipient, notary = (self.at(name) for name in purpose)
        amount = share(amount, self.token(token).available(self.at(by)))
        times = (notary, self.moment(after), ref_of(payment))
        self._open(token, Terms(self.at(by), recipient, amount, *times), "bob" if other else by)

    @step(index=indexes)
    def opens_it_again(self, index: int) -> None:
        if found := picked(index, self.opened_holds):
            token, terms = found
            self._open(token, terms, self.name(terms.holder))

    @step(
        token=tokens,
        index=indexes,
        by=st.sampled_from(["notary"] * 30 + CALLERS),
        amount=fractions,
        changed=seldom,
    )
    def executes_a_hold(
        self, token: str, index: int, by: str, amount: int | str, *, changed: bool
    ) -> None:
        terms = self._hold(token, index, "notary")
        taken = share(amount, terms.amount)
        terms = terms._replace(recipient=self.at("wallet")) if changed else terms
        self.does(f"{token}.executeHold", terms, taken, by=by)

    @step(token=tokens, index=indexes, by=mostly("minter"), amount=fractions)
    def burns_a_hold(self, token: str, index: int, by: str, amount: int | str) -> None:
        terms = self._hold(token, index, "minter")
        self.does(f"{token}.burnHeld", terms, share(amount, terms.amount), by=by)

    @step(index=indexes, by=callers, party=st.sampled_from(["notary", "recipient", None]))
    def releases_a_hold(self, index: int, by: str, party: str | None) -> None:
        among = [each for each in self.opened_holds if self._is_open(*each)] if index % 4 else []
        if found := picked(index // 4, among or self.opened_holds):
            token, terms = found
            named = self.name(getattr(terms, party)) if party else by
            self.does(f"{token}.releaseHold", terms, by=by if named == "nobody" else named)

    @step(
        token=tokens,
        indexes=st.lists(indexes, min_size=1, max_size=3),
        by=mostly("notary"),
        amount=fractions,
        payees=st.lists(people, min_size=1, max_size=2),
        wrong=st.sampled_from([""] * 8 + ["more", "less", "zero", "lengths", "payees", "twice"]),
    )
    def shares_holds_out(
        self,
        *,
        token: str,
        indexes: list[int],
        by: str,
        amount: int | str,
        payees: list[str],
        wrong: str,
    ) -> None:
        holds = [self._hold(token, each, "notary", "notary") for each in indexes]
        holds = holds if wrong == "twice" else list(dict.fromkeys(holds))
        taken = [share(amount, terms.amount) for terms in holds]
        due = _shares(sum(taken), len(payees), wrong)
        taken = taken[1:] if wrong == "lengths" else taken
        due = due[1:] if wrong == "payees" else due
        paid = [self.at(payee) for payee in payees]
        self.does(f"{token}.executeHolds", holds, taken, paid, due, by=by)

    def _open(self, token: str, terms: Terms, by: str) -> None:
        self.does(f"{token}.createHold", terms, by=by)
        if (token, terms) not in self.opened_holds:
            self.opened_holds.append((token, terms))

    def _hold(self, token: str, index: int, notary: str, recipient: str | None = None) -> Terms:
        """One of that notary's which is open, or a new one; seldom any at all."""
        among = [
            terms
            for where, terms in self.opened_holds
            if where == token
            and terms.notary == self.at(notary)
            and recipient in {None, self.name(terms.recipient)}
            and (index % 8 == 0 or self._is_open(token, terms))
        ]
        return picked(index // 8, among) or self._new_hold(token, notary, recipient, index)

    def _new_hold(self, token: str, notary: str, recipient: str | None, index: int) -> Terms:
        holder, other = ("alice", "bob") if index % 2 else ("bob", "alice")
        recipient = recipient or (other if notary == "notary" else notary)
        amount = min(self.token(token).available(self.at(holder)) // 4 + 1, HELD_MAX)
        times = (self.at(notary), self.moment(600), ref_of(index % 12 + 1))
        terms = Terms(self.at(holder), self.at(recipient), amount, *times)
        self._open(token, terms, holder)
        return terms

    def _is_open(self, token: str, terms: Terms) -> bool:
        model = self.token(token)
        return model.holds.get(model.hold_id(terms)) == OPEN


def _shares(total: int, payees: int, wrong: str) -> list[int]:
    """What each payee gets of the total, or of a unit more or less."""
    total = max(total + {"more": 1, "less": -1}.get(wrong, 0), 0)
    each = total // payees
    sums = [total - each * (payees - 1)] + [each] * (payees - 1)
    if wrong == "zero":
        sums[-1] = 0
    return sums
