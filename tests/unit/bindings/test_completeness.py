"""The law of completeness: every event that our contracts can write has a rule or a reason.

In: the ABI of every artifact and the rules of every binding. Run by pytest.
"""

from collections.abc import Iterator

import pytest

from node import bindings
from node.chain import artifacts
from node.core.plugins import discover
from node.posting.rule import NoPosting, PostingRule
from tests.support.ledger_events import chain_event

# A proxy writes its own events under the name of the contract it speaks for.
PROXY = "ERC1967Proxy"
ON_THEIR_OWN = [name for name in artifacts.names() if name != PROXY]


def named(contract: str, kind: str) -> set[str]:
    return {each["name"] for each in artifacts.load(contract).abi if each["type"] == kind}


def events_of(contract: str) -> set[str]:
    return named(contract, "event")


BEHIND_A_PROXY = [name for name in ON_THEIR_OWN if "upgradeToAndCall" in named(name, "function")]


def rules() -> Iterator[PostingRule]:
    for module in discover(bindings):
        yield from module.RULES


def answered(contract: str) -> set[str]:
    return {rule.event for rule in rules() if rule.contract == contract}


@pytest.mark.parametrize("contract", ON_THEIR_OWN)
def test_every_event_has_a_rule_or_a_reason(contract: str) -> None:
    assert events_of(contract) - answered(contract) == set()


@pytest.mark.parametrize("contract", BEHIND_A_PROXY)
def test_what_a_proxy_writes_is_answered_by_the_contract_it_speaks_for(contract: str) -> None:
    assert events_of(PROXY) - answered(contract) == set()


def test_no_rule_waits_for_an_event_that_cannot_come() -> None:
    written = {(name, event) for name in ON_THEIR_OWN for event in events_of(name)}
    assert {(rule.contract, rule.event) for rule in rules()} - written == set()


def test_no_event_has_two_rules() -> None:
    keys = [(rule.contract, rule.event) for rule in rules()]
    assert sorted(keys) == sorted(set(keys))


def test_every_rule_has_a_name_and_no_two_share_it_in_a_contract() -> None:
    names = [(rule.contract, rule.name) for rule in rules()]
    assert all(name for _, name in names)
    assert len(names) == len(set(names))


def test_every_silent_rule_says_why() -> None:
    silent = [rule for rule in rules() if rule.name.startswith("none.")]
    answers = [rule.propose(chain_event(rule.event, {}), ()) for rule in silent]
    assert len(silent) > 10
    assert all(isinstance(each, NoPosting) and each.reason for each in answers)
