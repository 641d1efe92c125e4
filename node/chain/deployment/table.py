"""The role table of a deployment twice: as the plan means it, and as the chain's events tell it.

In: a plan and the record; or the access manager's events from its first block. Out: `Table`s that
can be compared entry by entry. Called by: verify.

The events tell everything: the access manager changes no right without one, and it cannot be
upgraded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from node.chain import codec
from node.chain.artifacts import load
from node.chain.deployment.functions import function_names, selectors
from node.chain.deployment.plan import Plan
from node.chain.deployment.rights import BANK_ACCESS, members
from node.chain.deployment.roles import ADMIN, ROLES, role_name
from node.chain.deployments import Deployment
from node.chain.rpc import Log, RangeTooLarge, Rpc
from node.core.ids import wallet_key
from node.core.types import Address

# Kind of entry and what it is about, such as ("member", "ISSUER 0x…"), to its value in words.
Table = dict[tuple[str, str], str]

MEMBER: Final = "member"
FUNCTION: Final = "function"
# What holds for an entry of which nothing is said, by kind.
UNSAID: Final = {
    MEMBER: "not a member",
    FUNCTION: ADMIN.name,
    "guardian of": ADMIN.name,
    "admin of": ADMIN.name,
    "grant delay of": "0 s",
    "admin delay of": "0 s",
    "contract": "open",
}


def meant(plan: Plan, deployment: Deployment) -> Table:
    """The table of the plan, for the contracts on record."""
    table: Table = {
        (MEMBER, f"{role_name(each.role_id)} {each.account}"): _seconds(each.delay, "delay ")
        for each in members(plan, deployment.contracts)
    }
    for rule in ROLES:
        table["guardian of", rule.name] = rule.guardian
    for each in deployment.contracts:
        for selector, role_id in selectors(each.contract).items():
            function = function_names(each.contract)[selector]
            table[FUNCTION, f"{each.label} {function}"] = role_name(role_id)
    return table


def told(rpc: Rpc, deployment: Deployment) -> Table:
    """The table that the events on the chain add up to."""
    access, table = deployment.access, Table()
    labels = {wallet_key(each.address): each.label for each in deployment.contracts}
    names = {
        (wallet_key(each.address), selector): f"{each.label} {function}"
        for each in deployment.contracts
        for selector, function in function_names(each.contract).items()
    }
    head = rpc.block("latest").number
    for log in logs_of(rpc, access.block_number, head, access.address):
        event = codec.decode_log(load(BANK_ACCESS), log)
        if event is None:
            continue
        args = event.args
        if event.name == "TargetFunctionRoleUpdated":
            place = wallet_key(args["target"]), args["selector"]
            table[FUNCTION, names.get(place, " ".join(place))] = role_name(int(args["roleId"]))
        elif "target" in args:
            target = wallet_key(args["target"])
            table.update(_of_target(event.name, labels.get(target, target), args))
        elif "roleId" in args:
            table.update(_of_role(event.name, role_name(int(args["roleId"])), args))
    return table


def members_told(rpc: Rpc, deployment: Deployment) -> dict[str, tuple[Address, ...]]:
    """The members of every role of ours, and of others that have any, by the role's name."""
    held: dict[str, list[Address]] = {rule.name: [] for rule in ROLES}
    for (kind, about), value in sorted(told(rpc, deployment).items()):
        role, _, account = about.rpartition(" ")
        if kind == MEMBER and value != UNSAID[MEMBER]:
            held.setdefault(role, []).append(Address(account))
    return {role: tuple(accounts) for role, accounts in held.items()}


def _of_role(event: str, role: str, args: Mapping[str, Any]) -> Table:
    """What one event says about a role; a label says nothing about rights."""
    match event:
        case "RoleGranted":
            return {(MEMBER, f"{role} {args['account']}"): _seconds(args["delay"], "delay ")}
        case "RoleRevoked":
            return {(MEMBER, f"{role} {args['account']}"): UNSAID[MEMBER]}
        case "RoleGuardianChanged":
            return {("guardian of", role): role_name(int(args["guardian"]))}
        case "RoleAdminChanged":
            return {("admin of", role): role_name(int(args["admin"]))}
        case "RoleGrantDelayChanged":
            return {("grant delay of", role): _seconds(args["delay"])}
    return {}


def _of_target(event: str, contract: str, args: Mapping[str, Any]) -> Table:
    """What one event says about a contract whose functions ask for roles."""
    match event:
        case "TargetClosed":
            return {("contract", contract): "closed" if args["closed"] else "open"}
        case "TargetAdminDelayUpdated":
            return {("admin delay of", contract): _seconds(args["delay"])}
    return {}


def _seconds(delay: int | str, what: str = "") -> str:
    return f"{what}{delay} s"


def logs_of(rpc: Rpc, first: int, last: int, address: str) -> Iterator[Log]:
    """Logs in their order, halving the range for as long as the endpoint finds it too large."""
    try:
        yield from rpc.logs(first, last, [address])
    except RangeTooLarge:
        if first == last:
            raise
        middle = (first + last) // 2
        yield from logs_of(rpc, first, middle, address)
        yield from logs_of(rpc, middle + 1, last, address)
