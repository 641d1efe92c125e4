"""The model's gate: what IIssuanceGate promises."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from tests.contracts.model.holds import Terms
from tests.contracts.model.token import Token
from tests.contracts.model.world import (
    ATTESTOR,
    GUARDIAN,
    ISSUER,
    LIMITS,
    Account,
    Contract,
    refuse,
)

CLOCK_SKEW_MAX = 300
LIABILITIES_BITS = 64
NO_PAYMENT = "0" * 32


class Limits(NamedTuple):
    """Most at once, how much more per second, for how many seconds an attestation counts."""

    capacity: int = 0
    refill: int = 0
    max_age: int = 0

    @property
    def told(self) -> dict[str, int]:
        names = ("capacity", "refillPerSecond", "attestationMaxAge")
        return dict(zip(names, self, strict=True))

    def within(self, other: Limits) -> bool:
        return all(small <= large for small, large in zip(self, other, strict=True))


@dataclass
class Gate(Contract):
    """Which numbers were used; what was issued lately; what is owed and as of when."""

    token: Token
    limits: Limits
    sequences: set[int] = field(default_factory=set)
    used: int = 0
    used_at: int = 0
    attested: int = 0
    attested_as_of: int = 0

    @property
    def used_now(self) -> int:
        return max(self.used - (self.world.now - self.used_at) * self.limits.refill, 0)

    @property
    def available(self) -> int:
        return max(self.limits.capacity - self.used_now, 0)

    @property
    def fresh(self) -> bool:
        age = max(self.world.now - self.attested_as_of, 0)
        return self.limits.max_age != 0 and age <= self.limits.max_age

    @property
    def issuable(self) -> int:
        backed = max(self.attested - self.token.supply, 0)
        return min(self.available, backed) if self.fresh else 0

    def issue(self, by: Account, sequence: int, ref: str, payee: Account, amount: int) -> None:
        self.restricted(by, ISSUER)
        self._unused(sequence, ref)
        left = self.available
        refuse(amount > left, "RateLimited", asked=amount, available=left)
        self._attested_lately()
        supply = self.token.supply
        values = {"supply": supply, "amount": amount, "liabilities": self.attested}
        refuse(supply + amount > self.attested, "LiabilitiesExceeded", **values)
        self.token.mint(self.address, payee, amount)
        self.sequences.add(sequence)
        self._use(amount)
        self.emit("Issued", sequence=sequence, ref=ref, to=payee, amount=amount)

    def redeem(self, by: Account, sequence: int, ref: str, hold: Terms) -> None:
        self.restricted(by, ISSUER)
        self._unused(sequence, ref)
        parties = {"recipient": hold.recipient, "notary": hold.notary}
        ours = {*parties.values()} == {self.address}
        refuse(not ours, "NotForRedemption", **parties)
        refuse(hold.ref[:34] != ref[:34], "OtherPayment", holdRef=hold.ref, ref=ref)
        self.token.burn_held(self.address, hold, hold.amount)
        self.sequences.add(sequence)
        values = {"ref": ref, "from_": hold.holder, "amount": hold.amount}
        self.emit("Redeemed", sequence=sequence, **values)

    def cancel_redemption(self, by: Account, hold: Terms) -> None:
        self.restricted(by, ISSUER)
        self.token.release_hold(self.address, hold)

    def attest(self, by: Account, liabilities: int, as_of: int) -> None:
        self.restricted(by, ATTESTOR)
        now, last = self.world.now, self.attested_as_of
        refuse(by in self.world.members[ISSUER], "AttestorIssues", account=by)
        refuse(as_of > now + CLOCK_SKEW_MAX, "AttestationAhead", asOf=as_of, time=now)
        refuse(as_of < last, "AttestationOutOfOrder", asOf=as_of, last=last)
        over = liabilities >= 2**LIABILITIES_BITS
        values = {"bits": LIABILITIES_BITS, "value": liabilities}
        refuse(over, "SafeCastOverflowedUintDowncast", **values)
        self.attested, self.attested_as_of = liabilities, as_of
        self.emit("Attested", liabilities=liabilities, asOf=as_of)

    def raise_limits(self, by: Account, asked: Limits) -> None:
        self.restricted(by, LIMITS)
        raised = self.limits.within(asked) and asked != self.limits
        refuse(not raised, "NotRaised", current=self.limits.told, asked=asked.told)
        self._set_limits(asked)

    def lower_limits(self, by: Account, asked: Limits) -> None:
        self.restricted(by, GUARDIAN)
        lowered = asked.within(self.limits) and asked != self.limits
        refuse(not lowered, "NotLowered", current=self.limits.told, asked=asked.told)
        self._set_limits(asked)

    def _unused(self, sequence: int, ref: str) -> None:
        refuse(ref[2:34] == NO_PAYMENT, "ReferenceMissing")
        other = sequence != int(ref[-12:], 16)
        refuse(other, "OtherSequence", sequence=sequence, ref=ref)
        refuse(sequence in self.sequences, "SequenceUsed", sequence=sequence)

    def _attested_lately(self) -> None:
        values = {"asOf": self.attested_as_of, "maxAge": self.limits.max_age}
        refuse(not self.fresh, "AttestationStale", **values, time=self.world.now)

    def _use(self, amount: int) -> None:
        self.used, self.used_at = self.used_now + amount, self.world.now

    def _set_limits(self, limits: Limits) -> None:
        self._use(0)  # until now at the old rate
        self.limits = limits
        self.emit("LimitsChanged", **limits.told)
