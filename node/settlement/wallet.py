"""Wallets of onboarded customers, and the refusals about them.

In: nothing. Out: `Wallet`, errors. Called by: service, onboarding and store here; api, console.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from node.core.errors import NotFound, Rejected
from node.core.types import Address


class WalletUnknown(NotFound):
    """No customer of the bank has that wallet."""

    code = "WALLET_UNKNOWN"
    title = "Unknown wallet"


class WalletNotCustodial(Rejected):
    """The node holds no key of that wallet, so it cannot pay from it."""

    code = "WALLET_NOT_CUSTODIAL"
    title = "Wallet not in custody"


class CurrencyNotTokenised(Rejected):
    """The bank has deployed no deposit token of that currency."""

    code = "CURRENCY_NOT_TOKENISED"
    title = "Currency has no token"


class SameWallet(Rejected):
    """Payer and payee are the same wallet."""

    code = "SAME_WALLET"
    title = "Payer and payee are the same"


@dataclass(frozen=True, slots=True)
class Wallet:
    """One wallet; `identifier` is the customer's BIC, LEI or number at the bank."""

    address: Address  # lower case
    name: str
    identifier: str
    custodial: bool
    onboarded_at: datetime
