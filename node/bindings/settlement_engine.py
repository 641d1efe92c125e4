"""SettlementEngine: what its events mean for the books, and the calls we make on it.

In: contents, consents, netting cycles. Out: `RULES`, calls, typed data. Called by: the rulebook of
all bindings, settlement.

The engine moves money only through the tokens, and each token has an event for each movement: those
are booked. What the engine itself says names the instruction or cycle they were part of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

from node.chain.artifacts import load
from node.chain.codec import encode_call
from node.chain.deployments import DeployedContract
from node.core.ids import wallet_key
from node.core.types import Address, ChainId
from node.posting.rule import silent
from node.submission.service import Call
from node.submission.signer import Domain, TypedData

CONTRACT: Final = "SettlementEngine"
_DOMAIN: Final = ("Concord SettlementEngine", "1")
_TYPES: Final = {
    "Leg": (("token", "address"), ("from", "address"), ("to", "address"), ("amount", "uint256")),
    "Instruction": (
        ("legs", "Leg[]"),
        ("deadline", "uint64"),
        ("ref", "bytes32"),
        ("salt", "bytes32"),
    ),
}


@dataclass(frozen=True, slots=True)
class Leg:
    """One movement of one token, in its units."""

    token: Address
    payer: Address
    payee: Address
    amount: int


@dataclass(frozen=True, slots=True)
class Content:
    """All that an exchange says; its id is the hash of this. `deadline` in Unix seconds."""

    legs: tuple[Leg, ...]
    deadline: int
    ref: bytes
    salt: bytes

    def as_argument(self) -> dict[str, Any]:
        """As the contract takes it, and as it is hashed."""
        legs = [
            {"token": each.token, "from": each.payer, "to": each.payee, "amount": each.amount}
            for each in self.legs
        ]
        return {"legs": legs, "deadline": self.deadline, "ref": self.ref, "salt": self.salt}


@dataclass(frozen=True, slots=True)
class Obligation:
    """What one party owes another in a token, in its units."""

    token: Address
    debtor: Address
    creditor: Address
    amount: int


@dataclass(frozen=True, slots=True)
class Debit:
    """What a party comes to pay in a token, out of the hold that it opened for the cycle."""

    token: Address
    party: Address
    held: int
    amount: int


@dataclass(frozen=True, slots=True)
class Credit:
    """What a party comes to get in a token."""

    token: Address
    party: Address
    amount: int


@dataclass(frozen=True, slots=True)
class Cycle:
    """One run of netting; `expiry` is that of its holds, in Unix seconds."""

    id: bytes
    expiry: int
    obligations: tuple[Obligation, ...]
    debits: tuple[Debit, ...]
    credits: tuple[Credit, ...]

    def as_argument(self) -> tuple[bytes, int, list[Address], list[Any]]:
        """As the contract takes it: parties by their places, numbers packed into words."""
        named = {each.debtor for each in self.obligations}
        parties = sorted(named | {each.creditor for each in self.obligations})
        places = {party: place for place, party in enumerate(parties)}
        tokens = sorted({each.token for each in self.obligations})
        return self.id, self.expiry, parties, [self._section(each, places) for each in tokens]

    def _section(self, token: Address, places: dict[Address, int]) -> tuple[Any, ...]:
        owed = [
            places[each.debtor] << 120 | places[each.creditor] << 112 | each.amount
            for each in self.obligations
            if each.token == token
        ]
        debits = [
            places[each.party] << 248 | each.held << 128 | each.amount
            for each in self.debits
            if each.token == token
        ]
        credited = [
            places[each.party] << 120 | each.amount for each in self.credits if each.token == token
        ]
        return token, _two_to_a_word(owed), debits, _two_to_a_word(credited)


def typed(engine: DeployedContract, chain_id: ChainId, content: Content) -> TypedData:
    """A content as typed data; its digest is the id by which the engine names it."""
    domain = Domain(*_DOMAIN, chain_id, wallet_key(engine.address))
    return TypedData(domain, "Instruction", _TYPES, content.as_argument())


def settle(
    engine: DeployedContract, content: Content, consents: Iterable[tuple[int, bytes]]
) -> Call:
    """Pay every leg at once; a consent per leg is its nonce and signature."""
    return _call(engine, "settle", content.as_argument(), list(consents))


def instruct(engine: DeployedContract, content: Content) -> Call:
    """Put a content on record, as one of its parties."""
    return _call(engine, "instruct", content.as_argument())


def execute(engine: DeployedContract, content: Content) -> Call:
    """Pay every leg out of its hold, or none; then the engine's event says why."""
    return _call(engine, "execute", content.as_argument())


def settle_net(engine: DeployedContract, cycle: Cycle) -> Call:
    """Pay what each party's obligations add up to."""
    return _call(engine, "settleNet", cycle.as_argument())


def release_net_holds(
    engine: DeployedContract, token: Address, terms: Sequence[tuple[Any, ...]]
) -> Call:
    """Give back holds of a cycle; `terms` as `HoldTerms.as_argument` gives."""
    return _call(engine, "releaseNetHolds", token, list(terms))


def _two_to_a_word(halves: Sequence[int]) -> list[int]:
    pairs = zip_longest(halves[::2], halves[1::2], fillvalue=0)
    return [high << 128 | low for high, low in pairs]


def _call(engine: DeployedContract, function: str, *args: object) -> Call:
    return Call(engine.address, encode_call(load(CONTRACT), function, args))


RULES: Final = (
    silent(CONTRACT, "Instructed", "what is to be exchanged has not moved yet"),
    silent(CONTRACT, "Affirmed", "held money stays the holder's"),
    silent(CONTRACT, "Settled", "each leg has an event of its token"),
    silent(CONTRACT, "CancelAsked", "a wish to cancel moves no money"),
    silent(CONTRACT, "Cancelled", "what was held is free again; nothing moved"),
    silent(CONTRACT, "Expired", "what was held is free again; nothing moved"),
    silent(CONTRACT, "SettlementFailed", "nothing moved, and the event says why"),
    silent(CONTRACT, "NetSettled", "each movement has an event of its token"),
    silent(CONTRACT, "AuthorityUpdated", "rights changed, no money moved"),
    silent(CONTRACT, "EIP712DomainChanged", "the signing domain moves no money"),
)
