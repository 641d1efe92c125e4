"""Which addresses are ours, and how their logs are read.

In: the record of a deployment. Out: addresses to watch, decoded logs.
Called by: indexer, app (composes it).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from node.chain import codec
from node.chain.artifacts import load
from node.chain.deployments import DeployedContract
from node.core.ids import unpack_ref, wallet_key
from node.core.types import Address


class RawLog(Protocol):
    """What is needed of a log to decode it."""

    @property
    def address(self) -> Address:
        """The contract that wrote it."""

    @property
    def topics(self) -> tuple[str, ...]:
        """Signature and indexed arguments."""

    @property
    def data(self) -> str:
        """The other arguments."""


class Catalog:
    """Our contracts by address."""

    def __init__(self, contracts: Iterable[DeployedContract]) -> None:
        self._contracts = {wallet_key(each.address): each for each in contracts}
        names = {each.contract for each in self._contracts.values()}
        self._artifacts = {name: load(name) for name in names}

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Every address to watch."""
        return tuple(each.address for each in self._contracts.values())

    @property
    def first_block(self) -> int:
        """The first block in which one of our contracts can have written a log."""
        return min((each.block_number for each in self._contracts.values()), default=0)

    def contract(self, address: str) -> DeployedContract | None:
        """Our contract at an address."""
        return self._contracts.get(wallet_key(address))

    def decode(self, log: RawLog) -> tuple[str, dict[str, Any]]:
        """Name and arguments of a log; an empty name where its contract has no such event."""
        contract = self._contracts[wallet_key(log.address)]
        decoded = codec.decode_log(self._artifacts[contract.contract], log)
        return ("", {}) if decoded is None else (decoded.name, decoded.args)


def uetr_in(args: dict[str, Any]) -> str:
    """The UETR that an event's `ref` carries; empty where it carries none."""
    ref = args.get("ref", "")
    if not isinstance(ref, str) or not ref.startswith("0x"):
        return ""
    found = unpack_ref(bytes.fromhex(ref.removeprefix("0x")))
    return "" if found is None else str(found[0])
