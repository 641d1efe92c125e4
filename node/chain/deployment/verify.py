"""Proves that what stands on the chain is what the plan meant, and nothing else.

In: an `Rpc`, the plan, the record. Out: differences; none is proved. Called by:
scripts/verify_deployment.py, doctor. The role table is rebuilt from the access manager's events.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from node.chain import codec
from node.chain.artifacts import load
from node.chain.deployment.code import Difference, code_differences
from node.chain.deployment.plan import Plan
from node.chain.deployment.rights import BANK_ACCESS, Member, members, selectors
from node.chain.deployment.roles import role_name
from node.chain.deployments import Deployment
from node.chain.rpc import Rpc
from node.core.ids import wallet_key

Functions = dict[tuple[str, str], int]


def verify(rpc: Rpc, plan: Plan, deployment: Deployment) -> list[Difference]:
    """Every difference in code, wiring, limits and rights."""
    found = list(code_differences(rpc, deployment))
    if found:
        return found  # what foreign code says about itself proves nothing
    held, functions = _replayed(rpc, deployment)
    gates = {ccy: deployment.gate(ccy).address for ccy in deployment.currencies}
    return [
        *_currencies(plan, deployment),
        *_members(members(plan, gates), held),
        *_functions(deployment, functions),
        *_wiring(rpc, plan, deployment),
    ]


def _currencies(plan: Plan, deployment: Deployment) -> Iterator[Difference]:
    if set(plan.tokens) != set(deployment.currencies):
        yield Difference(
            "currencies", ", ".join(sorted(plan.tokens)), ", ".join(sorted(deployment.currencies))
        )


def _members(expected: Sequence[Member], held: Sequence[Member]) -> Iterator[Difference]:
    wanted = {(each.role_id, each.account): each.delay for each in expected}
    found = {(each.role_id, each.account): each.delay for each in held}
    for key in sorted(wanted.keys() | found.keys()):
        role, account = role_name(key[0]), key[1]
        if wanted.get(key) != found.get(key):
            yield Difference(f"{role} {account}", _delay(wanted.get(key)), _delay(found.get(key)))


def _delay(seconds: int | None) -> str:
    return "not a member" if seconds is None else f"member, delay {seconds} s"


def _functions(deployment: Deployment, found: Functions) -> Iterator[Difference]:
    wanted: Functions = {
        (wallet_key(each.address), selector): role_id
        for each in deployment.contracts
        for selector, role_id in selectors(each.contract).items()
    }
    label: dict[str, str] = {wallet_key(each.address): each.label for each in deployment.contracts}
    for key in sorted(wanted.keys() | found.keys()):
        expected, actual = wanted.get(key, 0), found.get(key, 0)
        if expected != actual:
            name = f"{label.get(key[0], key[0])} {key[1]}"
            yield Difference(name, role_name(expected), role_name(actual))


def _wiring(rpc: Rpc, plan: Plan, deployment: Deployment) -> Iterator[Difference]:
    access = wallet_key(deployment.access.address)
    for ccy in set(deployment.currencies) & set(plan.tokens):
        token, gate = deployment.token(ccy), deployment.gate(ccy)
        for each in (token, gate):
            yield from _asked(rpc, each.label, each.contract, each.address, "authority", access)
        yield from _asked(
            rpc, gate.label, gate.contract, gate.address, "token", wallet_key(token.address)
        )
        yield from _asked(rpc, token.label, token.contract, token.address, "currency", ccy)
        yield from _limits(rpc, plan, deployment, ccy)


def _asked(
    rpc: Rpc, label: str, contract: str, address: str, *question: str
) -> Iterator[Difference]:
    function, expected = question
    artifact = load(contract)
    answer = rpc.call(address, codec.encode_call(artifact, function, ()))
    found = str(codec.decode_result(artifact, function, answer))
    if found.lower() != expected.lower():
        yield Difference(f"{label} {function}", expected, found)


def _limits(rpc: Rpc, plan: Plan, deployment: Deployment, ccy: str) -> Iterator[Difference]:
    gate, limits = deployment.gate(ccy), plan.tokens[ccy].limits
    artifact = load(gate.contract)
    answer = rpc.call(gate.address, codec.encode_call(artifact, "limits", ()))
    told: Any = codec.decode_result(artifact, "limits", answer)
    found = tuple(told.values()) if isinstance(told, dict) else tuple(told)
    expected = (
        plan.minor_units(ccy, limits.capacity),
        plan.minor_units(ccy, limits.refill_per_second),
        limits.attestation_max_age,
    )
    if found != expected:
        yield Difference(f"{gate.label} limits", str(expected), str(found))


def _replayed(rpc: Rpc, deployment: Deployment) -> tuple[list[Member], Functions]:
    """Who holds what, and which function asks for which role, from every event since the start."""
    access = deployment.access
    artifact = load(BANK_ACCESS)
    held: dict[tuple[int, str], int] = {}
    functions: Functions = {}
    head = rpc.block("latest").number
    for log in rpc.logs(access.block_number, head, [access.address]):
        event = codec.decode_log(artifact, log)
        if event is None:
            continue
        args = event.args
        if event.name == "RoleGranted":
            held[int(args["roleId"]), args["account"]] = int(args["delay"])
        elif event.name == "RoleRevoked":
            held.pop((int(args["roleId"]), args["account"]), None)
        elif event.name == "TargetFunctionRoleUpdated":
            functions[args["target"], args["selector"]] = int(args["roleId"])
    return [Member(role, wallet_key(who), delay) for (role, who), delay in held.items()], functions
