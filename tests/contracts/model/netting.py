"""Netting in the model's engine: what INetSettlement promises; a part of engine.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.contracts.model.holds import Terms
from tests.contracts.model.token import Token
from tests.contracts.model.world import SETTLER, Account, Contract, Refusal, refuse

PARTIES_MAX = 256


class Obligation(NamedTuple):
    """One party owes another; parties are places in the cycle's list."""

    debtor: int
    creditor: int
    amount: int


class Debit(NamedTuple):
    """What a party pays on balance, out of what it holds for the cycle."""

    party: int
    held: int
    amount: int


class Credit(NamedTuple):
    """What a party gets on balance."""

    party: int
    amount: int


class Section(NamedTuple):
    """What is netted in one token."""

    token: Account
    obligations: tuple[Obligation, ...]
    debits: tuple[Debit, ...]
    credits: tuple[Credit, ...]

    @property
    def packed(self) -> tuple[Account, list[int], list[int], list[int]]:
        """As the engine takes it: numbers from the highest bit on, half words in pairs."""
        owed = [
            each.debtor << 120 | each.creditor << 112 | each.amount for each in self.obligations
        ]
        debits = [each.party << 248 | each.held << 128 | each.amount for each in self.debits]
        due = [each.party << 120 | each.amount for each in self.credits]
        return self.token, _pairs(owed), debits, _pairs(due)


class Cycle(NamedTuple):
    """One run of netting."""

    id: str
    expiry: int
    parties: tuple[Account, ...]
    sections: tuple[Section, ...]


@dataclass
class Netting(Contract):
    """Which cycles were settled."""

    cycles: set[str] = field(default_factory=set)

    def settle_net(self, by: Account, cycle: Cycle) -> None:
        self.restricted(by, SETTLER)
        refuse(cycle.id in self.cycles, "CycleSettled", cycle=cycle.id)
        count = len(cycle.parties)
        refuse(count == 0 or count > PARTIES_MAX, "PartiesMalformed", place=count)
        refuse_unsorted(cycle.parties, "PartiesMalformed")
        self.cycles.add(cycle.id)
        last = ""
        for place, section in enumerate(cycle.sections):
            refuse(section.token <= last, "SectionsMalformed", place=place)
            last = section.token
            self._settle_section(cycle, section)
        refuse(not cycle.sections, "SectionsMalformed", place=0)

    def release_net_holds(self, by: Account, token: Account, holds: Sequence[Terms]) -> None:
        self.restricted(by, SETTLER)
        for hold in holds:
            other = hold.recipient != self.address
            refuse(other, "NotForNetting", recipient=hold.recipient)
            self.token_at(token).release_hold(self.address, hold)

    def token_at(self, address: Account) -> Token:
        token = self.world.contracts.get(address)
        if not isinstance(token, Token):
            raise Refusal("NotAToken", token=address)
        return token

    def hold_for(self, cycle: Cycle, party: Account, held: int) -> Terms:
        """What a party opens to be debited in a cycle: at most this."""
        return Terms(party, self.address, held, self.address, cycle.expiry, cycle.id)

    def _settle_section(self, cycle: Cycle, section: Section) -> None:
        net = _net(cycle, section)
        holds = [
            self.hold_for(cycle, _struck(net, cycle, section, each.party, -each.amount), each.held)
            for each in section.debits
        ]
        payees = [_struck(net, cycle, section, each.party, each.amount) for each in section.credits]
        for place, party in enumerate(cycle.parties):
            values = {"party": party, "token": section.token, "expected": net[place], "given": 0}
            refuse(net[place], "NetMismatch", **values)
        try:
            taken = [each.amount for each in section.debits]
            due = [each.amount for each in section.credits]
            token = self.token_at(section.token)
            token.execute_holds(self.address, holds, taken, payees, due)
        except Refusal as refusal:
            raise Refusal("NetFailed", token=section.token, reason=refusal) from refusal
        gross = encode(["address[]", "uint256[]"], [cycle.parties, section.packed[1]])
        values = {"grossHash": "0x" + keccak(gross).hex()}
        values |= {"debits": len(holds), "credits": len(payees)}
        self.emit("NetSettled", cycle=cycle.id, token=section.token, **values)


def refuse_unsorted(parties: Sequence[Account], error: str) -> None:
    """In ascending order, so none is there twice, nor the zero address."""
    for place, party in enumerate(parties):
        before = parties[place - 1] if place else "0x" + "0" * 40
        refuse(party <= before, error, place=place)


def _net(cycle: Cycle, section: Section) -> Counter[int]:
    """What each party is owed on balance."""
    net: Counter[int] = Counter()
    for place, (debtor, creditor, amount) in enumerate(section.obligations):
        unknown = max(debtor, creditor) >= len(cycle.parties)
        malformed = amount == 0 or debtor == creditor or unknown
        refuse(malformed, "ObligationMalformed", token=section.token, place=place)
        net[debtor] -= amount
        net[creditor] += amount
    return net


def _struck(net: Counter[int], cycle: Cycle, section: Section, place: int, given: int) -> Account:
    """The party; its amount is what the obligations add up to, and is accounted for now."""
    refuse(place >= len(cycle.parties), "PartyUnknown", token=section.token, place=place)
    party = cycle.parties[place]
    values = {"expected": net[place], "given": given}
    mismatch = net[place] != given
    refuse(mismatch, "NetMismatch", party=party, token=section.token, **values)
    net[place] = 0
    return party


def _pairs(halves: Sequence[int]) -> list[int]:
    whole = [*halves, 0][: len(halves) + len(halves) % 2]
    return [one << 128 | other for one, other in zip(whole[::2], whole[1::2], strict=True)]
