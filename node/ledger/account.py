"""Accounts: their kinds, and on which side each kind grows.

In: nothing. Out: `Account`, `AccountKind`, `NORMAL_SIDE`, `TOKENISED`. Called by: chart, store,
journal, balances, reconciliation, api.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from node.core.errors import NotFound
from node.core.types import Side


class AccountKind(StrEnum):
    """What an account stands for."""

    NOSTRO = "NOSTRO"  # our money at a correspondent, as we book it
    VOSTRO = "VOSTRO"  # a correspondent's money with us
    WALLET = "WALLET"  # the tokenised deposit owed to one holder
    CLEARING = "CLEARING"  # at a contract of ours that money passes through; at rest it holds none
    SUSPENSE = "SUSPENSE"  # money whose owner or cause is not known yet
    BROUGHT_FORWARD = "BROUGHT_FORWARD"  # positions adopted when the books were opened
    FEES = "FEES"  # what correspondents charged us
    CUSTOMER = "CUSTOMER"  # a deposit that is not tokenised, as the core bank holds it
    IN_TRANSIT = "IN_TRANSIT"  # on its way between two of our accounts
    GAS = "GAS"  # what the chain charged us
    VENUE = "VENUE"  # our money at a protocol or an exchange
    YIELD = "YIELD"  # what our money earned there
    WRITTEN_OFF = "WRITTEN_OFF"  # differences that two people decided to bear


# Assets and expenses grow by debits, liabilities by credits.
NORMAL_SIDE: Final[Mapping[AccountKind, Side]] = {
    AccountKind.NOSTRO: Side.DEBIT,
    AccountKind.VOSTRO: Side.CREDIT,
    AccountKind.WALLET: Side.CREDIT,
    AccountKind.CLEARING: Side.CREDIT,
    AccountKind.SUSPENSE: Side.CREDIT,
    AccountKind.BROUGHT_FORWARD: Side.CREDIT,
    AccountKind.FEES: Side.DEBIT,
    AccountKind.CUSTOMER: Side.CREDIT,
    AccountKind.IN_TRANSIT: Side.DEBIT,
    AccountKind.GAS: Side.DEBIT,
    AccountKind.VENUE: Side.DEBIT,
    AccountKind.YIELD: Side.CREDIT,
    AccountKind.WRITTEN_OFF: Side.DEBIT,
}

# What the tokens of a currency add up to is spread over the accounts of these kinds.
TOKENISED: Final = (AccountKind.WALLET, AccountKind.CLEARING)


class UnknownAccount(NotFound):
    """The chart has no account under that code."""

    code = "UNKNOWN_ACCOUNT"
    title = "Unknown account"


@dataclass(frozen=True, slots=True)
class Account:
    """One account as it stands in the chart."""

    code: str
    kind: AccountKind
    currency: str
    normal_side: Side
    label: str


def unknown_account(code: str) -> UnknownAccount:
    """The refusal that names the account and what to do."""
    return UnknownAccount(
        f"the books have no account {code[:100]!r}",
        remedy="Open the account first, or correct its code.",
        account=code[:100],
    )
