"""Rules for netting: cycles that add up, and cycles that do not.

In: what is drawn. Out: steps of the duet. Used by the test.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import strategies as st

from tests.contracts.differential.engine_rules import EngineRules
from tests.contracts.differential.machine import indexes, mostly, ref_of, step
from tests.contracts.model.holds import Terms
from tests.contracts.model.netting import Credit, Cycle, Debit, Obligation, Section

PARTIES = ("alice", "bob", "wallet")
owed = st.lists(
    st.tuples(st.integers(0, 2), st.integers(1, 2), st.integers(1, 30)), min_size=1, max_size=5
)
flaws = st.sampled_from(
    [""] * 12
    + ["unsorted", "no section", "nobody", "nothing owed", "self", "unknown", "less", "missing"]
    + ["over held", "no token", "not held"]
)


class NetRules(EngineRules):
    """Each cycle's net debtors open their holds first, unless the flaw is that they do not."""

    def __init__(self) -> None:
        super().__init__()
        self.netted: list[tuple[str, Terms]] = []

    @step(
        by=mostly("settler"),
        number=st.integers(0, 30),
        cad=owed,
        eur=st.one_of(st.just([]), owed),
        flaw=flaws,
    )
    def settles_net(
        self,
        *,
        by: str,
        number: int,
        cad: list[tuple[int, int, int]],
        eur: list[tuple[int, int, int]],
        flaw: str,
    ) -> None:
        parties = tuple(sorted(self.at(name) for name in PARTIES))
        gross = {"cad": cad, "eur": eur}
        sections = [self._section(token, some) for token, some in gross.items() if some]
        sections.sort(key=lambda each: each.token)
        cycle = Cycle(ref_of(9, number), self.moment(600), parties, tuple(sections))
        if flaw != "not held":
            self._hold_all(cycle)
        self.does("engine.settleNet", self._spoiled(cycle, flaw), by=by)

    @step(by=mostly("settler"), index=indexes, count=st.integers(1, 2))
    def releases_what_was_held(self, by: str, index: int, count: int) -> None:
        among = self.netted if index % 6 else self.opened_holds
        if among:
            first = index % len(among)
            token = among[first][0]
            holds = [hold for where, hold in among[first : first + count] if where == token]
            address = self.duet.setting.contracts[token].address
            self.does("engine.releaseNetHolds", address, holds, by=by)

    def _section(self, token: str, some: list[tuple[int, int, int]]) -> Section:
        """Creditors are told as steps from the debtor, so nobody owes to itself."""
        obligations = tuple(Obligation(one, (one + more) % 3, sum_) for one, more, sum_ in some)
        net: Counter[int] = Counter()
        for each in obligations:
            net[each.debtor] -= each.amount
            net[each.creditor] += each.amount
        debits = tuple(Debit(who, 3 - sum_, -sum_) for who, sum_ in sorted(net.items()) if sum_ < 0)
        credits_ = tuple(Credit(who, sum_) for who, sum_ in sorted(net.items()) if sum_ > 0)
        address = self.duet.setting.contracts[token].address
        return Section(address, obligations, debits, credits_)

    def _hold_all(self, cycle: Cycle) -> None:
        for section in cycle.sections:
            token = self.duet.setting.label(section.token)
            for debit in section.debits:
                hold = self.engine.hold_for(cycle, cycle.parties[debit.party], debit.held)
                self.does(f"{token}.createHold", hold, by=self.name(hold.holder))
                self.netted.append((token, hold))

    def _spoiled(self, cycle: Cycle, flaw: str) -> Cycle:
        whole: dict[str, dict[str, Any]] = {
            "unsorted": {"parties": cycle.parties[::-1]},
            "nobody": {"parties": ()},
            "no section": {"sections": ()},
        }
        if flaw in whole:
            return cycle._replace(**whole[flaw])
        first, *rest = cycle.sections
        return cycle._replace(sections=(_wrong(first, flaw), *rest))


def _wrong(section: Section, flaw: str) -> Section:
    owed, *others = section.obligations
    changed: dict[str, dict[str, Any]] = {
        "no token": {"token": "0x" + "0" * 39 + "9"},
        "nothing owed": {"obligations": (owed._replace(amount=0), *others)},
        "self": {"obligations": (owed._replace(creditor=owed.debtor), *others)},
        "unknown": {"credits": (*section.credits, Credit(3, 1))},
        "less": {"debits": tuple(each._replace(amount=each.amount - 1) for each in section.debits)},
        "missing": {"credits": section.credits[1:]},
        "over held": {
            "debits": tuple(each._replace(held=each.amount - 1) for each in section.debits)
        },
    }
    return section._replace(**changed.get(flaw, {}))
