"""The whole table of rights that a plan means, as calls on the access manager.

In: a plan and the addresses of its contracts. Out: who must hold what, and the calls that bring it
about. Called by: apply (sends them), verify (compares). Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from eth_utils.abi import function_abi_to_4byte_selector

from node.chain.artifacts import load
from node.chain.codec import encode_call
from node.chain.deployment.plan import Plan
from node.chain.deployment.roles import ADMIN, BY_NAME, FUNCTIONS, MINTER, ROLES
from node.core.ids import wallet_key
from node.core.types import Address

BANK_ACCESS = "BankAccess"


@dataclass(frozen=True, slots=True)
class Target:
    """A contract whose functions ask for roles."""

    label: str
    contract: str
    address: Address


@dataclass(frozen=True, slots=True)
class Member:
    """One account in one role, with the seconds between its scheduling and doing."""

    role_id: int
    account: Address
    delay: int


def members(plan: Plan, gates: Mapping[str, Address]) -> tuple[Member, ...]:
    """Everyone who must hold a role; the gates alone hold MINTER."""
    held = [
        Member(BY_NAME[name].id, wallet_key(holder), role.delay)
        for name, role in plan.roles.items()
        for holder in role.holders
    ]
    minters = [Member(MINTER.id, wallet_key(gate), 0) for gate in gates.values()]
    return tuple(sorted([*held, *minters], key=lambda each: (each.role_id, each.account)))


def function_names(contract: str) -> dict[str, str]:
    """Every function of a contract, by 4-byte selector."""
    return {
        "0x" + function_abi_to_4byte_selector(each).hex(): each["name"]  # type: ignore[arg-type]
        for each in load(contract).abi
        if each["type"] == "function"
    }


def selectors(contract: str) -> dict[str, int]:
    """The role that each restricted function of a contract asks for, by 4-byte selector."""
    wanted = FUNCTIONS.get(contract, {})
    return {
        selector: wanted[name].id
        for selector, name in function_names(contract).items()
        if name in wanted
    }


def setup_calls(
    plan: Plan, targets: tuple[Target, ...], gates: Mapping[str, Address], deployer: Address
) -> list[str]:
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
    calls += list(_function_roles(targets))
    calls += [
        encode_call(access, "grantRole", (each.role_id, each.account, each.delay))
        for each in reversed(members(plan, gates))
    ]
    calls.append(encode_call(access, "renounceRole", (ADMIN.id, deployer)))
    return calls


def _function_roles(targets: tuple[Target, ...]) -> Iterator[str]:
    access = load(BANK_ACCESS)
    for target in targets:
        by_role: dict[int, list[str]] = {}
        for selector, role_id in selectors(target.contract).items():
            by_role.setdefault(role_id, []).append(selector)
        for role_id, chosen in sorted(by_role.items()):
            args = (target.address, chosen, role_id)
            yield encode_call(access, "setTargetFunctionRole", args)
