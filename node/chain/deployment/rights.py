"""The whole table of rights that a plan means, as calls on the access manager.

In: a plan and the addresses of its contracts. Out: who must hold what, and the calls that bring it
about. Called by: apply (sends them), verify (compares). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from node.chain.artifacts import load
from node.chain.codec import encode_call
from node.chain.deployment.functions import selectors
from node.chain.deployment.plan import Plan
from node.chain.deployment.roles import ADMIN, BY_NAME, ROLES, role_name
from node.chain.deployments import DeployedContract
from node.core.ids import wallet_key
from node.core.types import Address

BANK_ACCESS = "BankAccess"


@dataclass(frozen=True, slots=True)
class Member:
    """One account in one role, with the seconds between its scheduling and doing."""

    role_id: int
    account: Address
    delay: int


@dataclass(frozen=True, slots=True)
class Right:
    """One right on the access manager: the call that gives it, and reads that tell it is given.

    A read is a function, its arguments and its answer.
    """

    what: str
    data: str
    reads: tuple[tuple[str, tuple[Any, ...], Any], ...]


def members(plan: Plan, contracts: Iterable[DeployedContract]) -> tuple[Member, ...]:
    """Everyone who must hold a role: the accounts of the plan, and contracts that act for it."""
    held = [
        Member(BY_NAME[name].id, wallet_key(holder), role.delay)
        for name, role in plan.roles.items()
        for holder in role.holders
    ]
    held += [
        Member(rule.id, wallet_key(each.address), 0)
        for rule in ROLES
        for each in contracts
        if each.contract == rule.held_by
    ]
    return tuple(sorted(held, key=lambda each: (each.role_id, each.account)))


def setup_calls(plan: Plan, contracts: Sequence[DeployedContract], deployer: Address) -> list[str]:
    """Every right of the plan, and at last the deployer's farewell; sent as one transaction.

    In one transaction there is no moment at which half of the rights are set.
    """
    access = load(BANK_ACCESS)
    calls = [
        encode_call(access, "labelRole", (rule.id, rule.name)) for rule in ROLES if rule != ADMIN
    ]
    calls += [
        encode_call(access, "setRoleGuardian", (rule.id, BY_NAME[rule.guardian].id))
        for rule in ROLES
        if rule.guardian != ADMIN.name
    ]
    calls += [
        encode_call(access, "setTargetFunctionRole", (each.address, chosen, role_id))
        for each in contracts
        for role_id, chosen in _by_role(each)
    ]
    calls += [
        encode_call(access, "grantRole", (each.role_id, each.account, each.delay))
        for each in reversed(members(plan, contracts))
    ]
    calls.append(encode_call(access, "renounceRole", (ADMIN.id, deployer)))
    return calls


def rights_to_give(contracts: Sequence[DeployedContract]) -> Iterator[Right]:
    """Every right that contracts need, and every role that they hold."""
    for contract in contracts:
        for role_id, chosen in _by_role(contract):
            args = (contract.address, chosen, role_id)
            reads = tuple(
                ("getTargetFunctionRole", (contract.address, each), role_id) for each in chosen
            )
            what = f"{contract.label}.{role_name(role_id)}"
            yield Right(what, encode_call(load(BANK_ACCESS), "setTargetFunctionRole", args), reads)
    for rule in ROLES:
        for each in contracts:
            if each.contract == rule.held_by:
                call = encode_call(load(BANK_ACCESS), "grantRole", (rule.id, each.address, 0))
                read = ("hasRole", (rule.id, each.address), (True, 0))
                yield Right(f"{rule.name}.{each.label}", call, (read,))


def _by_role(contract: DeployedContract) -> list[tuple[int, list[str]]]:
    """The functions of a contract that ask for a role, by role."""
    by_role: dict[int, list[str]] = {}
    for selector, role_id in selectors(contract.contract).items():
        by_role.setdefault(role_id, []).append(selector)
    return sorted(by_role.items())
