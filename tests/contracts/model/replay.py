"""What the events alone tell: every balance, hold, flag, freeze, pause, number used, and limit.

In: the events of one contract in their order, each with the time of its block. Out: `TokenReplay`
and `GateReplay`, compared with what the chain itself says. No event tells an allowance, an ERC-2612
nonce, or which nonce a settlement transfer used; of settlement nonces only the cancelled are told.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from tests.contracts.model.accounts import HAS_FROZEN
from tests.contracts.model.holds import CLOSED, OPEN
from tests.contracts.model.world import NOBODY, Account

Args = dict[str, Any]
# Said beside an event that tells the same money; or of an allowance.
_TELLS_NOTHING_NEW: Final = {"TransferRef", "ForcedTransfer", "Enforced", "Approval", "Deactivated"}
# Said once, when a contract is set up.
_BEGINNING: Final = {"Upgraded", "Initialized", "AuthorityUpdated", "EIP712DomainChanged"}


@dataclass
class TokenReplay:
    """One token's ledger, written by its events."""

    balances: Counter[Account] = field(default_factory=Counter)
    held: Counter[Account] = field(default_factory=Counter)
    frozen: Counter[Account] = field(default_factory=Counter)
    bank_flags: Counter[Account] = field(default_factory=Counter)
    paused: int = 0
    holds: dict[str, int] = field(default_factory=dict)
    authorizations: set[tuple[Account, str]] = field(default_factory=set)
    settlement_nonces: set[tuple[Account, int]] = field(default_factory=set)
    _holders: dict[str, Account] = field(default_factory=dict)

    @property
    def supply(self) -> int:
        return -self.balances[NOBODY]

    def flags_of(self, account: Account) -> int:
        return self.bank_flags[account] | (HAS_FROZEN if self.frozen[account] else 0)

    def available(self, account: Account) -> int:
        free = self.balances[account] - self.held[account] - self.frozen[account]
        return max(free, 0)

    def hear(self, event: str, args: Args, _time: int) -> None:
        match event:
            case "Transfer":
                self.balances[args["from"]] -= int(args["value"])
                self.balances[args["to"]] += int(args["value"])
            case "HoldOpened":
                self._holders[args["id"]] = args["holder"]
                self.holds[args["id"]] = OPEN
                self.held[args["holder"]] += int(args["amount"])
            case "HoldClosed":
                self.holds[args["id"]] = CLOSED
                gone = int(args["executed"]) + int(args["released"])
                self.held[self._holders[args["id"]]] -= gone
            case "AccountFlags":
                self.bank_flags[args["account"]] = int(args["flags"])
            case "Frozen":
                self.frozen[args["account"]] = int(args["amount"])
            case "PauseBits":
                self.paused = int(args["bits"])
            case "AuthorizationUsed" | "AuthorizationCanceled":
                self.authorizations.add((args["authorizer"], args["nonce"]))
            case "SettlementNonceCancelled":
                self.settlement_nonces.add((args["payer"], int(args["nonce"])))
            case _:
                assert event in _TELLS_NOTHING_NEW | _BEGINNING, f"no meaning for {event}"


@dataclass
class GateReplay:
    """One gate's numbers and ceilings, written by its events."""

    sequences: set[int] = field(default_factory=set)
    limits: tuple[int, int, int] = (0, 0, 0)
    attested: int = 0
    attested_as_of: int = 0
    used: int = 0
    used_at: int = 0

    def available(self, now: int) -> int:
        return max(self.limits[0] - self._used(now), 0)

    def hear(self, event: str, args: Args, time: int) -> None:
        match event:
            case "Issued":
                self.sequences.add(int(args["sequence"]))
                self.used, self.used_at = self._used(time) + int(args["amount"]), time
            case "Redeemed":
                self.sequences.add(int(args["sequence"]))
            case "Attested":
                self.attested = int(args["liabilities"])
                self.attested_as_of = int(args["asOf"])
            case "LimitsChanged":
                self.used, self.used_at = self._used(time), time
                names = ("capacity", "refillPerSecond", "attestationMaxAge")
                capacity, refill, max_age = (int(args[name]) for name in names)
                self.limits = (capacity, refill, max_age)
            case _:
                assert event in _BEGINNING, f"no meaning for {event}"

    def _used(self, now: int) -> int:
        return max(self.used - (now - self.used_at) * self.limits[1], 0)
