"""What each contract of a plan must say of itself, and what its constructor must have written in.

In: the plan, the record. Out: answers by function, and immutables by name, as bytes of a word.
Called by: verify.

An immutable stands in the code itself, where the comparison with the artifact leaves a gap; here
is what must stand in each of these gaps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from eth_abi.abi import encode
from eth_utils.address import to_canonical_address
from eth_utils.crypto import keccak

from node.chain.artifacts import load
from node.chain.deployment.code import Difference
from node.chain.deployment.plan import Plan
from node.chain.deployments import DeployedContract, Deployment
from node.chain.rpc import Rpc
from node.core.money import currency
from node.core.types import Address

# Name and version of the domain in which a contract's own messages are signed.
DOMAINS: Final = {"SettlementEngine": ("Concord SettlementEngine", "1")}
_DOMAIN_TYPE: Final = (
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
_WORD: Final = 32


def answers(plan: Plan, deployment: Deployment, each: DeployedContract) -> dict[str, Any]:
    """What a contract must answer, by the function that asks; addresses in lower case."""
    access = {"authority": deployment.access.address.lower()}
    match each.contract:
        case "DepositToken":
            token = plan.tokens[each.currency]
            return access | {
                "currency": each.currency,
                "decimals": currency(each.currency).scale,
                "name": token.name,
                "symbol": token.symbol,
            }
        case "IssuanceGate":
            minted = deployment.token(each.currency).address.lower()
            return access | {"token": minted, "limits": plan.gate_limits(each.currency)}
        case "TreasuryAdapter":
            return access | {"treasury": plan.treasury.account.lower()}
        case "SettlementEngine" | "TokenUpgrader":
            return access
    return {}


def immutables(plan: Plan, deployment: Deployment, each: DeployedContract) -> dict[str, bytes]:
    """The word behind every immutable of a contract's code, by its name."""
    found = {"__self": _address(each.address)}
    if each.contract == "IssuanceGate":
        found["token"] = _address(deployment.token(each.currency).address)
        found["_manager"] = _address(deployment.access.address)
    if each.contract == "TreasuryAdapter":
        found["treasury"] = _address(plan.treasury.account)
    if each.contract in DOMAINS:
        found |= _domain(*DOMAINS[each.contract], deployment.chain_id, each.address)
    return found


def immutable_differences(
    rpc: Rpc, plan: Plan, deployment: Deployment, each: DeployedContract
) -> Iterator[Difference]:
    """Where something else was written into a contract's code than its plan means."""
    code, promised = rpc.code(each.address), immutables(plan, deployment, each)
    for name, places in load(each.contract).immutable_references.items():
        wanted = promised.get(name)
        for found in {code[place["start"] :][: place["length"]] for place in places}:
            if found != wanted:
                told = "nothing, it is not known" if wanted is None else f"0x{wanted.hex()}"
                yield Difference(f"{each.label} immutable {name}", told, f"0x{found.hex()}")


def _domain(name: str, version: str, chain_id: int, address: Address) -> dict[str, bytes]:
    """What OpenZeppelin's EIP712 writes into the code of a contract."""
    kind, hashed = keccak(text=_DOMAIN_TYPE), [keccak(text=each) for each in (name, version)]
    types = ["bytes32", "bytes32", "bytes32", "uint256", "address"]
    return {
        "_cachedChainId": chain_id.to_bytes(_WORD),
        "_cachedDomainSeparator": keccak(encode(types, [kind, *hashed, chain_id, address])),
        "_cachedThis": _address(address),
        "_hashedName": hashed[0],
        "_hashedVersion": hashed[1],
        "_name": _short(name),
        "_version": _short(version),
    }


def _short(text: str) -> bytes:
    """A string of at most 31 bytes in one word, its length in the last byte."""
    return text.encode().ljust(_WORD - 1, b"\0") + bytes([len(text)])


def _address(address: Address) -> bytes:
    return to_canonical_address(address).rjust(_WORD, b"\0")
