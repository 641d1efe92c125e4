"""Transfers and supply of the model's token; a part of token.py."""

from __future__ import annotations

from dataclasses import dataclass

from tests.contracts.model.accounts import (
    SUPPLY,
    SUPPLY_MAX,
    TRANSFER,
    Accounts,
    amount_given,
    reference_given,
)
from tests.contracts.model.world import MINTER, NOBODY, Account, refuse

BOUNDLESS = 2**256 - 1


@dataclass
class Transfers(Accounts):
    """ERC-20, with references; minting and burning for the gate."""

    def transfer(self, by: Account, payee: Account, amount: int) -> None:
        self.running(TRANSFER)
        self.move(by, payee, amount)

    def transfer_from(self, by: Account, payer: Account, payee: Account, amount: int) -> None:
        self.running(TRANSFER)
        left = self.allowances[payer, by]
        values = {"spender": by, "allowance": left, "needed": amount}
        refuse(amount > left, "ERC20InsufficientAllowance", **values)
        self.move(payer, payee, amount)
        if left != BOUNDLESS:
            self.allowances[payer, by] = left - amount

    def transfer_with_ref(self, by: Account, payee: Account, amount: int, ref: str) -> None:
        self.running(TRANSFER)
        amount_given(amount)
        reference_given(ref)
        self.move(by, payee, amount)
        self.emit("TransferRef", from_=by, to=payee, amount=amount, ref=ref)

    def approve(self, by: Account, spender: Account, amount: int) -> None:
        self.allow(by, spender, amount)

    def mint(self, by: Account, payee: Account, amount: int) -> None:
        self.restricted(by, MINTER)
        self.running(SUPPLY)
        amount_given(amount)
        over = amount > SUPPLY_MAX - self.supply
        refuse(over, "SupplyOverCap", supply=self.supply, amount=amount)
        self.credit(NOBODY, payee, amount)
        self.supply += amount

    def burn(self, by: Account, owner: Account, amount: int) -> None:
        self.restricted(by, MINTER)
        self.running(SUPPLY)
        amount_given(amount)
        self.spendable(owner, amount)
        self.balances[owner] -= amount
        self.destroy(owner, amount)
