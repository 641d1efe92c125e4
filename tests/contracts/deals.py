"""What is settled: legs and instructions, as Solidity orders them.

In: tokens, parties, amounts. Out: `Leg`, `Deal`, the states of a deal. Used by the tests of the
settlement engine beside this file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.contracts.chain import Contract

NONE, INSTRUCTED, AFFIRMED, SETTLED, CANCELLED, EXPIRED = range(6)


@dataclass(frozen=True)
class Leg:
    """One movement of one token."""

    token: Contract
    payer: str
    payee: str
    amount: int

    @property
    def abi(self) -> tuple[object, ...]:
        return (self.token.address, self.payer, self.payee, self.amount)

    def but(self, **changes: object) -> Leg:
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Deal:
    """An instruction."""

    legs: tuple[Leg, ...]
    deadline: int
    ref: str
    salt: str

    @property
    def abi(self) -> tuple[object, ...]:
        return ([leg.abi for leg in self.legs], self.deadline, self.ref, self.salt)

    def but(self, **changes: object) -> Deal:
        return replace(self, **changes)  # type: ignore[arg-type]

    def with_leg(self, place: int, **changes: object) -> Deal:
        """The same with another leg in that place."""
        legs = [leg.but(**changes) if i == place else leg for i, leg in enumerate(self.legs)]
        return self.but(legs=tuple(legs))
