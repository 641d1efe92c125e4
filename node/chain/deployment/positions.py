"""What the events of a token add up to for each account, and whether the token says the same.

In: an `Rpc`, a token on record, its artifact. Out: positions, differences. Called by: upgrade
(which accounts and holds to compare, and the proof afterwards).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from node.chain.artifacts import Artifact
from node.chain.codec import DecodedLog, decode_log, decode_result, encode_call
from node.chain.deployment.code import Difference
from node.chain.deployment.table import logs_of
from node.chain.deployments import DeployedContract
from node.chain.rpc import Rpc
from node.core.types import Address

_NOBODY: Final = "0x" + "0" * 40
_HAS_FROZEN: Final = 8  # the token sets this flag itself


@dataclass(slots=True)
class Position:
    """One account, in minor units."""

    balance: int = 0
    held: int = 0
    flags: int = 0
    frozen: int = 0


@dataclass(slots=True)
class Positions:
    """Every account that an event names, and every hold that is open."""

    accounts: dict[Address, Position] = field(default_factory=dict)
    holds: dict[str, tuple[Address, int]] = field(default_factory=dict)

    def of(self, account: str) -> Position:
        """The account, also where no event has named it yet."""
        return self.accounts.setdefault(Address(account), Position())

    @property
    def supply(self) -> int:
        """What all accounts have together."""
        return sum(each.balance for each in self.accounts.values())


def positions(rpc: Rpc, token: DeployedContract, artifact: Artifact) -> Positions:
    """Add up every event of the token, from its first block to the newest."""
    found, head = Positions(), rpc.block("latest").number
    for log in logs_of(rpc, token.block_number, head, token.address):
        event = decode_log(artifact, log)
        if event is not None:
            _add(found, event)
    return found


def position_differences(
    rpc: Rpc, token: DeployedContract, artifact: Artifact
) -> Iterator[Difference]:
    """Where the token says otherwise than its events."""
    found = positions(rpc, token, artifact)
    asking = _Asking(rpc, token, artifact)
    yield from asking.differences("totalSupply", (), found.supply)
    for account, each in found.accounts.items():
        flags = each.flags | (_HAS_FROZEN if each.frozen else 0)
        yield from asking.differences("balanceOf", (account,), each.balance)
        yield from asking.differences("heldOf", (account,), each.held)
        yield from asking.differences("flagsOf", (account,), flags)
        yield from asking.differences("getFrozenTokens", (account,), each.frozen)


@dataclass(frozen=True, slots=True)
class _Asking:
    rpc: Rpc
    token: DeployedContract
    artifact: Artifact

    def differences(
        self, function: str, args: tuple[str, ...], expected: int
    ) -> Iterator[Difference]:
        answer = self.rpc.call(self.token.address, encode_call(self.artifact, function, args))
        found = decode_result(self.artifact, function, answer)
        if found != expected:
            place = f"{self.token.label} {function}({', '.join(args)})"
            yield Difference(place, f"{expected}, by its events", str(found))


def _add(found: Positions, event: DecodedLog) -> None:
    args = event.args
    match event.name:
        case "Transfer":
            _moved(found, args)
        case "AccountFlags":
            found.of(args["account"]).flags = int(args["flags"])
        case "Frozen":
            found.of(args["account"]).frozen = int(args["amount"])
        case "HoldOpened":
            found.holds[args["id"]] = (args["holder"], int(args["amount"]))
            found.of(args["holder"]).held += int(args["amount"])
        case "HoldClosed":
            holder, amount = found.holds.pop(args["id"])
            found.of(holder).held -= amount


def _moved(found: Positions, args: dict[str, Any]) -> None:
    amount = int(args["amount" if "amount" in args else "value"])
    if args["from"] != _NOBODY:
        found.of(args["from"]).balance -= amount
    if args["to"] != _NOBODY:
        found.of(args["to"]).balance += amount
