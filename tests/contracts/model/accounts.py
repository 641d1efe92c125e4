"""The accounts of the model's token, and what may change them; a part of token.py."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.contracts.model.world import NOBODY, NOTHING, Account, Contract, refuse

ALLOWED, NO_SEND, NO_RECEIVE, HAS_FROZEN = 1, 2, 4, 8
TRANSFER, SUPPLY, SETTLE, DEACTIVATED = 1, 2, 4, 8
ALL_PAUSES = TRANSFER | SUPPLY | SETTLE
HELD_MAX = 2**96 - 1
SUPPLY_MAX = 2**128 - 1


@dataclass
class Accounts(Contract):
    """Balances, what of them is held and frozen, flags, allowances; the supply; the pauses."""

    balances: Counter[Account] = field(default_factory=Counter)
    held: Counter[Account] = field(default_factory=Counter)
    frozen: Counter[Account] = field(default_factory=Counter)
    flags: Counter[Account] = field(default_factory=Counter)
    allowances: Counter[tuple[Account, Account]] = field(default_factory=Counter)
    supply: int = 0
    paused: int = 0

    def flags_of(self, account: Account) -> int:
        return self.flags[account] | (HAS_FROZEN if self.frozen[account] else 0)

    def unheld(self, account: Account) -> int:
        return self.balances[account] - self.held[account]

    def available(self, account: Account) -> int:
        return max(self.unheld(account) - self.frozen[account], 0)

    def may_send(self, account: Account) -> bool:
        return self.flags[account] & (ALLOWED | NO_SEND) == ALLOWED

    def may_receive(self, account: Account) -> bool:
        return self.flags[account] & (ALLOWED | NO_RECEIVE) == ALLOWED

    def running(self, needed: int) -> None:
        refuse(self.paused & needed, "OperationPaused", paused=self.paused, needed=needed)

    def active(self) -> None:
        refuse(self.paused & DEACTIVATED, "TokenDeactivated")

    def sender(self, account: Account) -> None:
        flags = self.flags_of(account)
        refuse(not self.may_send(account), "SenderRefused", account=account, flags=flags)

    def recipient(self, account: Account) -> None:
        flags = self.flags_of(account)
        refuse(not self.may_receive(account), "RecipientRefused", account=account, flags=flags)

    def spendable(self, account: Account, amount: int) -> None:
        self.sender(account)
        free, unheld = self.available(account), self.unheld(account)
        refuse(
            free < amount <= unheld,
            "ERC7943InsufficientUnfrozenBalance",
            account=account,
            amount=amount,
            unfrozen=free,
        )
        self.enough(account, free, amount)

    def enough(self, account: Account, available: int, needed: int) -> None:
        values = {"account": account, "available": available, "needed": needed}
        refuse(needed > available, "InsufficientAvailable", **values)

    def move(self, payer: Account, payee: Account, amount: int) -> None:
        self.spendable(payer, amount)
        self.recipient(payee)
        self.balances[payer] -= amount
        self.balances[payee] += amount
        self.emit("Transfer", from_=payer, to=payee, value=amount)

    def credit(self, payer: Account, payee: Account, amount: int) -> None:
        """What was taken from `payer` before, or is made now, comes to `payee`."""
        self.recipient(payee)
        self.balances[payee] += amount
        self.emit("Transfer", from_=payer, to=payee, value=amount)

    def destroy(self, owner: Account, amount: int) -> None:
        self.supply -= amount
        self.emit("Transfer", from_=owner, to=NOBODY, value=amount)

    def allow(self, owner: Account, spender: Account, amount: int) -> None:
        refuse(spender == NOBODY, "ERC20InvalidSpender", spender=spender)
        self.allowances[owner, spender] = amount
        self.emit("Approval", owner=owner, spender=spender, value=amount)


def amount_given(amount: int) -> None:
    refuse(amount == 0, "ZeroAmount")


def reference_given(ref: str) -> None:
    refuse(ref == NOTHING, "MissingReference")
