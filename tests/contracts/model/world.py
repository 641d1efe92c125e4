"""What every contract of the model stands in: the time, the roles, and one record of events.

The model says what the contracts must do, without their code: an operation is the list of its
refusals in order, then its effect. A refused operation changes nothing. Used by the parts of the
model beside this file; driven against the EVM by tests/contracts/differential.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

ADMIN, ISSUER, ATTESTOR, COMPLIANCE, LIMITS, GUARDIAN, UPGRADER, MINTER = range(8)
ENFORCER, SETTLER, TREASURY = range(8, 11)
NOBODY = "0x" + "0" * 40
NOTHING = "0x" + "0" * 64

Account = str
Event = tuple[Account, str, dict[str, Any]]


class Refusal(Exception):
    """An operation is refused with this error and these values."""

    def __init__(self, error: str, **values: object) -> None:
        named = ", ".join(f"{name.rstrip('_')}: {told(each)}" for name, each in values.items())
        super().__init__(f"{error}({named})")


def refuse(when: object, error: str, **values: object) -> None:
    """Refuse with this error where `when` is true."""
    if when:
        raise Refusal(error, **values)


def told(value: object) -> Any:  # noqa: ANN401 (values of an ABI, as the codec shows them)
    """A value as errors and events show it: integers in decimal, structs by member."""
    if isinstance(value, dict):
        return {name: told(each) for name, each in value.items()}
    if isinstance(value, list):
        return [told(each) for each in value]
    return value if isinstance(value, bool | str) else str(value)


@dataclass
class World:
    """All contracts share one.

    `members` are the accounts of each role; `accepted` is what accounts that are contracts accept
    as signed by them (ERC-1271), by digest.
    """

    chain_id: int
    now: int = 0
    members: dict[int, set[Account]] = field(default_factory=dict)
    accepted: set[tuple[Account, bytes]] = field(default_factory=set)
    contracts: dict[Account, Contract] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """What happens inside and is refused has not happened."""
        before = {address: deepcopy(each.kept) for address, each in self.contracts.items()}
        events = len(self.events)
        try:
            yield
        except Refusal:
            for address, each in self.contracts.items():
                vars(each).update(before[address])
            del self.events[events:]
            raise


@dataclass
class Contract:
    """A contract at an address; its fields are all that it remembers."""

    world: World
    address: Account

    def __post_init__(self) -> None:
        self.world.contracts[self.address] = self

    @property
    def kept(self) -> dict[str, Any]:
        others = (World, Contract)
        return {name: each for name, each in vars(self).items() if not isinstance(each, others)}

    def emit(self, event: str, **values: object) -> None:
        args = {name.rstrip("_"): told(each) for name, each in values.items()}
        self.world.events.append((self.address, event, args))

    def restricted(self, by: Account, role: int) -> None:
        refuse(by not in self.world.members[role], "AccessManagedUnauthorized", caller=by)
