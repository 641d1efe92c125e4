"""Netting: every position is what its party's obligations add up to, and all of them to nothing."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from node.core.money import Money, currency
from node.settlement.netting import Net, Obligation, net

EUR, JPY = currency("EUR"), currency("JPY")
PARTIES = st.sampled_from("abcd")
OWED = st.builds(
    Obligation,
    PARTIES,
    PARTIES,
    st.builds(Money, st.integers(1, 2**40), st.sampled_from([EUR, JPY])),
)


def test_who_owes_nothing_has_no_position() -> None:
    assert net([]) == []


def test_debts_that_cancel_out_leave_nothing() -> None:
    ten = Money(10, EUR)
    assert net([Obligation("a", "b", ten), Obligation("b", "a", ten)]) == []
    assert (
        net([Obligation("a", "b", ten), Obligation("b", "c", ten), Obligation("c", "a", ten)]) == []
    )


def test_currencies_are_not_set_off_against_each_other() -> None:
    found = net([Obligation("a", "b", Money(10, EUR)), Obligation("b", "a", Money(10, JPY))])
    assert [(each.party, str(each.amount), each.pays) for each in found] == [
        ("a", "EUR -0.10", True),
        ("b", "EUR 0.10", False),
        ("a", "JPY 10", False),
        ("b", "JPY -10", True),
    ]


def test_who_owes_and_is_owed_pays_the_difference() -> None:
    found = net([Obligation("a", "b", Money(10, EUR)), Obligation("b", "c", Money(7, EUR))])
    assert found == [
        Net("a", Money(-10, EUR)),
        Net("b", Money(3, EUR)),
        Net("c", Money(7, EUR)),
    ]


@given(st.lists(OWED, max_size=20))
def test_positions_add_up_to_nothing_and_are_what_each_party_owes(owed: list[Obligation]) -> None:
    found = net(owed)
    assert sum(each.amount.minor_units for each in found) == 0
    assert all(each.amount.minor_units for each in found)
    expected: dict[tuple[str, str], int] = defaultdict(int)
    for each in owed:
        expected[each.amount.asset.code, each.debtor] -= each.amount.minor_units
        expected[each.amount.asset.code, each.creditor] += each.amount.minor_units
    told = {(each.amount.asset.code, each.party): each.amount.minor_units for each in found}
    assert told == {key: units for key, units in expected.items() if units}
