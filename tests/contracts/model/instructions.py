"""The content of a settlement, and what can be said of it alone; a part of engine.py."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from tests.contracts.model import typed
from tests.contracts.model.holds import Terms
from tests.contracts.model.world import NOTHING, Account, refuse

LEGS_MAX: Final = 64
SIGNED: Final = {
    "Instruction": {
        "legs": "Leg[]",
        "deadline": "uint64",
        "ref": "bytes32",
        "salt": "bytes32",
    },
    "Leg": {"token": "address", "from": "address", "to": "address", "amount": "uint256"},
}


class Leg(NamedTuple):
    """One movement of one token."""

    token: Account
    payer: Account
    payee: Account
    amount: int

    @property
    def told(self) -> dict[str, Any]:
        return dict(zip(SIGNED["Leg"], self, strict=True))


class Instruction(NamedTuple):
    """All legs or none, until the deadline."""

    legs: tuple[Leg, ...]
    deadline: int
    ref: str
    salt: str

    @property
    def told(self) -> dict[str, Any]:
        legs = [leg.told for leg in self.legs]
        return dict(zip(SIGNED["Instruction"], (legs, *self[1:]), strict=True))

    @property
    def trade(self) -> tuple[object, ...]:
        """What all versions of a trade share; one of them settles."""
        return (self.salt, *((leg.token, leg.payer) for leg in self.legs))

    @property
    def parties(self) -> set[Account]:
        return {account for leg in self.legs for account in (leg.payer, leg.payee)}

    def paid_by(self, payer: Account) -> int:
        """A bit for every leg that the account pays."""
        return sum(1 << place for place, leg in enumerate(self.legs) if leg.payer == payer)

    @property
    def all_legs(self) -> int:
        return (1 << len(self.legs)) - 1

    def well_formed(self, engine: Account) -> None:
        count = len(self.legs)
        refuse(count == 0 or count > LEGS_MAX, "LegCount", legs=count)
        refuse(self.ref == NOTHING, "ReferenceMissing")
        for place, leg in enumerate(self.legs):
            malformed = leg.amount == 0 or leg.payee in {leg.payer, engine}
            refuse(malformed, "LegMalformed", leg=place)
            first = self.legs.index(leg)
            refuse(first != place, "LegRepeated", leg=first, again=place)

    def id_in(self, domain: dict[str, Any]) -> str:
        return "0x" + typed.digest(domain, SIGNED, self.told).hex()

    def hold(self, leg: Leg, engine: Account, content: str) -> Terms:
        """The hold that pays a leg: for this content alone, in the engine's hands alone."""
        return Terms(leg.payer, leg.payee, leg.amount, engine, self.deadline, content)
