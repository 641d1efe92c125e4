"""The tables of rights: complete, without a name too many, and each function in one of them."""

from __future__ import annotations

import pytest

from node.chain import artifacts
from node.chain.deployment.functions import ASKS_LIKE, FUNCTIONS, OPEN, changing
from node.chain.deployment.roles import APART, BY_NAME, GIVEN, ROLES

# Nobody calls it as itself: what it answers is the token behind it.
PROXY = "ERC1967Proxy"
CONTRACTS = [name for name in artifacts.names() if name != PROXY]


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_function_is_in_one_table(contract: str) -> None:
    asked, anyone = FUNCTIONS.get(contract, {}), OPEN.get(contract, {})
    assert not asked.keys() & anyone.keys()
    there = {each["name"] for each in changing(contract).values()}
    assert there == asked.keys() | anyone.keys()


def test_no_table_tells_of_a_contract_that_is_not_there() -> None:
    assert {*FUNCTIONS, *OPEN, *ASKS_LIKE} <= set(CONTRACTS)


@pytest.mark.parametrize("contract", ASKS_LIKE)
def test_who_asks_like_another_function_has_its_role(contract: str) -> None:
    for function, other in ASKS_LIKE[contract].items():
        assert FUNCTIONS[contract][function] is FUNCTIONS[contract][other]


def test_a_role_is_held_by_accounts_or_by_one_of_our_contracts() -> None:
    assert [rule.id for rule in ROLES] == list(range(len(ROLES)))
    assert {rule.held_by for rule in ROLES if rule not in GIVEN} <= set(CONTRACTS)


def test_what_is_held_apart_is_given_to_accounts() -> None:
    for pair in APART:
        assert {BY_NAME[name] for name in pair} <= set(GIVEN)
        assert len(set(pair)) == len(pair)
    assert len({frozenset(pair) for pair in APART}) == len(APART)
