"""The bank's contracts in memory: calldata in, logs or a refusal out.

In: the record of a deployment, transactions. Out: the model of tests/contracts, which is held
against the EVM there, behind the ABI of the artifacts. Used by the forked chain beside this file.
"""

from __future__ import annotations

import pickle
from functools import cache
from typing import Any, Final

from eth_abi.abi import encode

from node.chain.artifacts import Artifact, load
from node.chain.codec import decode_call, event_topics
from node.chain.deployments import DeployedContract, Deployment
from tests.contracts.model.gate import Gate, Limits
from tests.contracts.model.holds import Terms
from tests.contracts.model.token import Token
from tests.contracts.model.world import (
    ATTESTOR,
    COMPLIANCE,
    GUARDIAN,
    ISSUER,
    MINTER,
    Refusal,
    World,
)
from tests.support.chain_bank import CURRENCIES
from tests.support.chain_keys import address

TOKEN, GATE = "DepositToken", "IssuanceGate"
_LIMITS: Final = Limits(500_000_000, 6_000, 26 * 3_600)
# What the node calls, by contract: the operation of the model.
_CALLS: Final = {
    TOKEN: {
        "setAccountFlags": "set_account_flags",
        "transferWithRef": "transfer_with_ref",
        "createHold": "create_hold",
        "releaseHold": "release_hold",
        "transfer(address,uint256)": "transfer",
    },
    GATE: {
        "attest": "attest",
        "issue": "issue",
        "redeem": "redeem",
        "cancelRedemption": "cancel_redemption",
    },
}
Log = dict[str, Any]


class Contracts:
    """The state of the bank's contracts at one block."""

    def __init__(self, deployment: Deployment) -> None:
        self.world = World(int(deployment.chain_id))
        self.kinds: dict[str, str] = {}
        for role, label in (
            *((ISSUER, "issuer"), (ATTESTOR, "attestor"), (COMPLIANCE, "compliance")),
            (GUARDIAN, "guardian"),
        ):
            self.world.members[role] = {address(label)}
        self.world.members[MINTER] = set()
        for currency in CURRENCIES:
            token = Token(self.world, self._known(deployment.token(currency)), name=currency)
            gate = self._known(deployment.contract(f"{currency}.gate"))
            Gate(self.world, gate, token, _LIMITS)
            self.world.members[MINTER].add(gate)

    def copy(self) -> Contracts:
        """The same state, to be changed apart."""
        made: Contracts = pickle.loads(pickle.dumps(self))  # noqa: S301 - made here
        return made

    def token(self, at: str) -> Token:
        """The token at an address."""
        found = self.world.contracts[at.lower()]
        assert isinstance(found, Token)
        return found

    def run(self, sender: str, to: str, data: str, now: int) -> list[Log]:
        """What a transaction writes; raises `Refusal`, and then nothing has changed."""
        self.world.now = now
        kind = self.kinds.get(to.lower())
        if kind is None or data in ("", "0x"):
            return []
        with self.world.all_or_nothing():
            operation, args = _read(kind, data)
            getattr(self.world.contracts[to.lower()], operation)(sender.lower(), *args)
        told, self.world.events = self.world.events, []
        return [_log(self.kinds[at], at, name, args) for at, name, args in told]

    def view(self, to: str, data: str) -> str | None:
        """What a reading call returns; None where it is no such call."""
        if self.kinds.get(to.lower()) != TOKEN:
            return None
        for name in ("totalSupply", "balanceOf"):
            found = _call(TOKEN, name, data)
            if found is not None:
                token = self.token(to)
                owner = str(found.get("account", "")).lower()
                value = token.balances[owner] if name == "balanceOf" else token.supply
                return f"0x{value:064x}"
        return None

    def _known(self, contract: DeployedContract) -> str:
        self.kinds[contract.address.lower()] = contract.contract
        return contract.address.lower()


def _read(kind: str, data: str) -> tuple[str, list[Any]]:
    """The operation that calldata asks for, with its arguments as the model takes them."""
    for function, operation in _CALLS[kind].items():
        found = _call(kind, function, data)
        if found is not None:
            return operation, [_native(each) for each in found.values()]
    raise Refusal("UnknownCall", data=data[:10])


def _call(kind: str, function: str, data: str) -> dict[str, Any] | None:
    try:
        return decode_call(_artifact(kind), function, data)
    except ValueError:
        return None


def _native(value: Any) -> Any:  # noqa: ANN401 - values of an ABI
    if isinstance(value, dict):
        return Terms(*(_native(each) for each in value.values()))
    if isinstance(value, str):
        return int(value) if value.isdigit() else value.lower()
    return value


@cache
def _artifact(kind: str) -> Artifact:
    return load(kind)


@cache
def _event(kind: str, name: str) -> tuple[str, list[dict[str, Any]]]:
    artifact = _artifact(kind)
    (found,) = [each for each in artifact.abi if each["type"] == "event" and each["name"] == name]
    return event_topics(artifact)[name], list(found["inputs"])


def _log(kind: str, at: str, name: str, args: dict[str, Any]) -> Log:
    topic, inputs = _event(kind, name)
    indexed = [each for each in inputs if each["indexed"]]
    plain = [each for each in inputs if not each["indexed"]]
    return {
        "address": at,
        "topics": [topic, *("0x" + _encoded([each], args).hex() for each in indexed)],
        "data": "0x" + _encoded(plain, args).hex(),
    }


def _encoded(inputs: list[dict[str, Any]], args: dict[str, Any]) -> bytes:
    kinds = [each["type"] for each in inputs]
    return encode(kinds, [_word(each["type"], args[each["name"]]) for each in inputs])


def _word(kind: str, value: Any) -> Any:  # noqa: ANN401 - values of an ABI
    if kind.startswith("uint"):
        return int(value)
    return bytes.fromhex(value[2:]) if kind.startswith("bytes") else value
