"""Which addresses are ours, and how their logs are read.

In: the record of a deployment. Out: addresses to watch, a decoder for each.
Called by: look, reading, pipeline (composes it).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from node.chain.artifacts import load
from node.chain.deployments import DeployedContract
from node.chain.log_decoder import LogDecoder
from node.core.ids import unpack_ref, wallet_key
from node.core.types import Address


@dataclass(frozen=True, slots=True)
class Watched:
    """One of our contracts, and how its logs are read."""

    contract: DeployedContract
    address: Address  # in lower case, as it is kept
    decoder: LogDecoder


class Catalog:
    """Our contracts by address."""

    def __init__(self, contracts: Iterable[DeployedContract]) -> None:
        listed = list(contracts)
        decoders = {name: LogDecoder(load(name)) for name in {each.contract for each in listed}}
        keyed = {wallet_key(each.address): each for each in listed}
        self._watched = {
            key: Watched(each, key, decoders[each.contract]) for key, each in keyed.items()
        }

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Every address to watch."""
        return tuple(each.contract.address for each in self._watched.values())

    @property
    def first_block(self) -> int:
        """The first block in which one of our contracts can have written a log."""
        return min((each.contract.block_number for each in self._watched.values()), default=0)

    def watched(self, address: str) -> Watched | None:
        """Our contract at an address."""
        return self._watched.get(wallet_key(address))


def uetr_in(args: dict[str, Any]) -> str:
    """The UETR that an event's `ref` carries; empty where it carries none."""
    ref = args.get("ref", "")
    if not isinstance(ref, str) or not ref.startswith("0x"):
        return ""
    found = unpack_ref(bytes.fromhex(ref.removeprefix("0x")))
    return "" if found is None else str(found[0])
