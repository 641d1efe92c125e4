"""What bank and law may do with the model's token; a part of token.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tests.contracts.model.accounts import (
    ALL_PAUSES,
    ALLOWED,
    DEACTIVATED,
    NO_RECEIVE,
    NO_SEND,
    Accounts,
    amount_given,
    reference_given,
)
from tests.contracts.model.world import (
    ADMIN,
    COMPLIANCE,
    ENFORCER,
    GUARDIAN,
    NOBODY,
    NOTHING,
    Account,
    refuse,
)


class Seizure(NamedTuple):
    """Money that is taken, and on which basis."""

    payer: Account
    payee: Account
    amount: int
    ref: str
    basis: str


@dataclass
class Compliance(Accounts):
    """Admit, freeze, take, pause, end."""

    def set_account_flags(self, by: Account, account: Account, flags: int) -> None:
        self.restricted(by, COMPLIANCE)
        refuse(flags & ~(ALLOWED | NO_SEND | NO_RECEIVE), "UnknownBits", bits=flags)
        self._set_flags(account, flags)

    def freeze(self, by: Account, account: Account, bits: int) -> None:
        self.restricted(by, COMPLIANCE)
        unknown = bits == 0 or bits & ~(NO_SEND | NO_RECEIVE)
        refuse(unknown, "UnknownBits", bits=bits)
        self._set_flags(account, self.flags[account] | bits)

    def set_frozen_tokens(self, by: Account, account: Account, amount: int) -> None:
        self.restricted(by, COMPLIANCE)
        refuse(account == NOBODY, "ZeroAccount")
        self._set_frozen(account, amount)

    def forced_transfer(self, by: Account, taken: Seizure) -> None:
        self.restricted(by, ENFORCER)
        self.active()
        payer, payee, amount, ref, basis = taken
        amount_given(amount)
        reference_given(ref)
        refuse(basis == NOTHING, "LegalBasisMissing")
        self.enough(payer, self.unheld(payer), amount)
        thawed = amount - self.available(payer)
        if thawed > 0:
            self._set_frozen(payer, self.frozen[payer] - thawed)
        self.recipient(payee)
        self.balances[payer] -= amount
        self.balances[payee] += amount
        self.emit("ForcedTransfer", from_=payer, to=payee, amount=amount)
        self.emit("Transfer", from_=payer, to=payee, value=amount)
        self.emit("Enforced", ref=ref, legalBasis=basis)

    def pause(self, by: Account, bits: int) -> None:
        self.restricted(by, GUARDIAN)
        _pause_bits(bits)
        self._set_pause(self.paused | bits)

    def unpause(self, by: Account, bits: int) -> None:
        self.restricted(by, ADMIN)
        self.active()
        _pause_bits(bits)
        self._set_pause(self.paused & ~bits)

    def deactivate(self, by: Account) -> None:
        self.restricted(by, ADMIN)
        self.active()
        all_paused = self.paused == ALL_PAUSES
        refuse(not all_paused, "NotAllPaused", paused=self.paused, needed=ALL_PAUSES)
        self._set_pause(ALL_PAUSES | DEACTIVATED)
        self.emit("Deactivated")

    def _set_flags(self, account: Account, flags: int) -> None:
        refuse(account == NOBODY, "ZeroAccount")
        self.flags[account] = flags
        self.emit("AccountFlags", account=account, flags=flags)

    def _set_frozen(self, account: Account, amount: int) -> None:
        self.frozen[account] = amount
        self.emit("Frozen", account=account, amount=amount)

    def _set_pause(self, bits: int) -> None:
        self.paused = bits
        self.emit("PauseBits", bits=bits)


def _pause_bits(bits: int) -> None:
    refuse(bits == 0 or bits & ~ALL_PAUSES, "UnknownBits", bits=bits)
