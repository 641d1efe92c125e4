"""Proves that the code at our addresses is the code of our artifacts.

In: an `Rpc`, the record of a deployment. Out: differences, or `WrongContract`.
Called by: apply (before it trusts a record), verify, app (at start), doctor.

Immutables are filled in by constructors, so those bytes are left out of the comparison.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from node.chain.artifacts import Artifact, load
from node.chain.deployments import DeployedContract, Deployment
from node.chain.rpc import Rpc
from node.core.errors import Fatal
from node.core.ids import wallet_key

# Where ERC-1967 keeps the implementation: one below the hash of eip1967.proxy.implementation.
IMPLEMENTATION_SLOT: Final = "0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc"
PROXY: Final = "ERC1967Proxy"


class WrongContract(Fatal):
    """Something else stands at the address of one of our contracts."""

    code = "WRONG_CONTRACT"
    title = "Wrong contract at the address"


@dataclass(frozen=True, slots=True)
class Difference:
    """One point in which the chain is not what was meant."""

    subject: str
    expected: str
    found: str


def check_code(rpc: Rpc, deployment: Deployment) -> None:
    """Raise `WrongContract` unless every contract on record stands as compiled."""
    found = list(code_differences(rpc, deployment))
    if found:
        first = found[0]
        raise WrongContract(
            f"{first.subject}: expected {first.expected}, found {first.found}",
            remedy="Check the endpoint and the deployment record; nothing was sent. A demo chain"
            " that was removed: make reset.",
        )


def code_differences(rpc: Rpc, deployment: Deployment) -> Iterator[Difference]:
    """Every contract whose code, or implementation, is not that of its artifact."""
    for each in (*deployment.contracts, *deployment.implementations):
        wanted = load(PROXY if each.implementation else each.contract)
        yield from _compared(each, wanted, rpc.code(each.address))
        if each.implementation:
            yield from _implementation(rpc, each)
        if load(each.contract).hash != each.artifact_hash:
            yield Difference(
                f"artifact of {each.label}", each.artifact_hash, load(each.contract).hash
            )


def _compared(each: DeployedContract, wanted: Artifact, code: bytes) -> Iterator[Difference]:
    expected = bytes.fromhex(wanted.deployed_bytecode.removeprefix("0x"))
    if not code:
        yield Difference(f"{each.label} at {each.address}", f"the code of {wanted.name}", "no code")
    elif _masked(code, wanted) != _masked(expected, wanted):
        yield Difference(
            f"{each.label} at {each.address}", f"the code of {wanted.name}", "other code"
        )


def _implementation(rpc: Rpc, each: DeployedContract) -> Iterator[Difference]:
    found = wallet_key("0x" + rpc.storage(each.address, int(IMPLEMENTATION_SLOT, 16))[-20:].hex())
    expected = wallet_key(each.implementation or "")
    if found != expected:
        yield Difference(f"implementation of {each.label}", expected, found)


def _masked(code: bytes, artifact: Artifact) -> bytes:
    body = bytearray(code)
    for places in artifact.immutable_references.values():
        for place in places:
            start, length = place["start"], place["length"]
            body[start : start + length] = bytes(min(length, max(len(body) - start, 0)))
    return bytes(body)
