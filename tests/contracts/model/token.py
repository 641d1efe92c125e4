"""The model's token: what IDepositToken promises, in one line per promise.

Its parts stand beside it: accounts, transfers, holds, authorizations, compliance.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.contracts.model.authorizations import Authorizations
from tests.contracts.model.compliance import Compliance
from tests.contracts.model.holds import Holds
from tests.contracts.model.transfers import Transfers


@dataclass
class Token(Transfers, Holds, Authorizations, Compliance):
    """One currency."""

    def can_transfer(self, payer: str, payee: str, amount: int) -> bool:
        """What the token says beforehand of a transfer by the holder."""
        running = not self.paused & 1
        free = amount <= self.available(payer)
        return running and free and self.may_send(payer) and self.may_receive(payee)
