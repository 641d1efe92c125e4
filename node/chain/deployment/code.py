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
from node.chain.deployments import DeployedContract, Deployment, checksummed
from node.chain.rpc import Rpc
from node.core.errors import Fatal

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

    def __str__(self) -> str:
        return f"{self.subject}: expected {self.expected}, found {self.found}"


def check_code(rpc: Rpc, deployment: Deployment) -> None:
    """Raise `WrongContract` unless every contract on record stands as compiled."""
    for each in (*deployment.contracts, *deployment.implementations):
        for found in code_differences(rpc, each):
            raise WrongContract(
                str(found),
                remedy="Check the endpoint and the deployment record; nothing was sent. A demo"
                " chain that was removed: make reset.",
            )


def code_differences(
    rpc: Rpc, contract: DeployedContract, artifact: Artifact | None = None
) -> Iterator[Difference]:
    """Where the code of one contract, or the code behind it, is not that of its artifact.

    The artifact is this release's, unless another is given.
    """
    behind = artifact or load(contract.contract)
    if behind.hash != contract.artifact_hash:
        yield Difference(f"artifact of {contract.label}", contract.artifact_hash, behind.hash)
    wanted = load(PROXY) if contract.implementation else behind
    place = f"{contract.label} at {contract.address}"
    code = rpc.code(contract.address)
    yield from _compared(place, wanted, code)
    if code and contract.implementation:
        yield from _implementation(rpc, contract, behind)


def _implementation(rpc: Rpc, proxy: DeployedContract, wanted: Artifact) -> Iterator[Difference]:
    word = rpc.storage(proxy.address, int(IMPLEMENTATION_SLOT, 16))
    found = checksummed("0x" + word[-20:].hex())
    if found != proxy.implementation:
        yield Difference(f"implementation of {proxy.label}", str(proxy.implementation), found)
    yield from _compared(f"code behind {proxy.label} at {found}", wanted, rpc.code(found))


def _compared(place: str, wanted: Artifact, code: bytes) -> Iterator[Difference]:
    expected = bytes.fromhex(wanted.deployed_bytecode.removeprefix("0x"))
    if not code:
        yield Difference(place, f"the code of {wanted.name}", "no code")
    elif _masked(code, wanted) != _masked(expected, wanted):
        yield Difference(place, f"the code of {wanted.name}", "other code")


def _masked(code: bytes, artifact: Artifact) -> bytes:
    body = bytearray(code)
    for places in artifact.immutable_references.values():
        for place in places:
            start, length = place["start"], place["length"]
            body[start : start + length] = bytes(min(length, max(len(body) - start, 0)))
    return bytes(body)
