"""Proves that what stands on the chain is what the plan meant, and nothing else.

In: an `Rpc`, the plan, the record. Out: differences; none is proved. Called by:
scripts/verify_deployment.py, scripts/deploy.py, apply (a record of another plan), doctor.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from node.chain import codec
from node.chain.artifacts import load
from node.chain.deployment.code import Difference, code_differences
from node.chain.deployment.plan import Plan
from node.chain.deployment.promises import answers, immutable_differences
from node.chain.deployment.steps import creations
from node.chain.deployment.table import UNSAID, meant, told
from node.chain.deployments import DeployedContract, Deployment
from node.chain.rpc import Rpc


def verify(rpc: Rpc, plan: Plan, deployment: Deployment) -> list[Difference]:
    """Every difference in chain, contracts, code, rights, wiring and limits.

    A contract whose code is not ours is not asked anything: what it says proves nothing.
    """
    found, sound = list(_scope(plan, deployment)), set[str]()
    for each in (*deployment.contracts, *deployment.implementations):
        differences = [*code_differences(rpc, each), *_record(rpc, each)]
        found += differences
        if not differences:
            sound.add(each.label)
    if deployment.access.label in sound:
        found += _rights(rpc, plan, deployment)
    for each in (*deployment.contracts, *deployment.implementations):
        if each.label in sound and each.currency in {"", *plan.tokens}:
            found += _told(rpc, plan, deployment, each)
    return found


def _scope(plan: Plan, deployment: Deployment) -> Iterator[Difference]:
    if plan.chain_id != deployment.chain_id:
        yield Difference("chain on record", str(plan.chain_id), str(deployment.chain_id))
    on_record = {each.label for each in (*deployment.contracts, *deployment.implementations)}
    for each in creations(plan):
        if not each.currency and each.label not in on_record:
            yield Difference(f"contract {each.label}", f"a {each.contract}", "none on record")
    for ccy in sorted(set(plan.tokens) ^ set(deployment.currencies)):
        planned = ccy in plan.tokens
        yield Difference(
            f"currency {ccy}",
            "a token and a gate" if planned else "none, it is not in the plan",
            "none on record" if planned else "a token and a gate on record",
        )


def _record(rpc: Rpc, each: DeployedContract) -> Iterator[Difference]:
    """Where the record tells a creation otherwise than the chain, if that still knows it."""
    receipt = rpc.receipt(each.tx_hash)
    if receipt is None:
        return
    created = (receipt.contract_address or "no contract").lower()
    if created != each.address.lower():
        yield Difference(f"contract created by {each.tx_hash}", each.address.lower(), created)
    if receipt.block_number != each.block_number:
        yield Difference(
            f"block of {each.label}", str(each.block_number), str(receipt.block_number)
        )


def _rights(rpc: Rpc, plan: Plan, deployment: Deployment) -> Iterator[Difference]:
    wanted, found = meant(plan, deployment), told(rpc, deployment)
    for kind, about in sorted(wanted.keys() | found.keys()):
        expected = wanted.get((kind, about), UNSAID[kind])
        actual = found.get((kind, about), UNSAID[kind])
        if expected != actual:
            yield Difference(f"{kind} {about}", expected, actual)


def _told(
    rpc: Rpc, plan: Plan, deployment: Deployment, each: DeployedContract
) -> Iterator[Difference]:
    """Where a contract was made with other values than the plan's, or says so by now."""
    if not each.implementation:  # a proxy's code has no values, those behind it are on record
        yield from immutable_differences(rpc, plan, deployment, each)
    if each in deployment.implementations:
        return
    artifact = load(each.contract)
    for function, expected in answers(plan, deployment, each).items():
        answer = rpc.call(each.address, codec.encode_call(artifact, function, ()))
        found = _plain(codec.decode_result(artifact, function, answer))
        if found != expected:
            yield Difference(f"{each.label} {function}", str(expected), str(found))


def _plain(value: Any) -> Any:  # noqa: ANN401 - ABI values
    """Structs as tuples, addresses in lower case, whatever form the codec gives them."""
    if isinstance(value, dict):
        return tuple(value.values())
    return value.lower() if isinstance(value, str) and value.startswith("0x") else value
