"""The chart of accounts: how codes are built, and from what.

In: currency codes, account numbers, wallet addresses. Out: `AccountSpec`, or a refusal of the
part that is not well formed. Called by: posting rules, bank importer, settlement, reconciliation.
"""

from __future__ import annotations

from dataclasses import dataclass

from node.core.errors import InvalidReference
from node.core.ids import wallet_key
from node.core.money import currency
from node.core.types import Side
from node.ledger.account import NORMAL_SIDE, Account, AccountKind

NUMBER_LENGTH_MAX = 70


@dataclass(frozen=True, slots=True)
class AccountSpec:
    """What an account must be; `journal.open_account` brings it into the books."""

    code: str
    kind: AccountKind
    currency: str
    normal_side: Side


def nostro(ccy: str, number: str) -> AccountSpec:
    """Our mirror of our account at a correspondent; `number` as its statements write it."""
    return _spec(AccountKind.NOSTRO, ccy, _checked_number(number))


def vostro(ccy: str, number: str) -> AccountSpec:
    """A correspondent's account with us."""
    return _spec(AccountKind.VOSTRO, ccy, _checked_number(number))


def wallet(ccy: str, address: str) -> AccountSpec:
    """The tokenised deposit owed to the holder of one address."""
    return _spec(AccountKind.WALLET, ccy, wallet_key(address))


def clearing(ccy: str, address: str) -> AccountSpec:
    """What passes through a contract of ours; it is back at zero when the receipt is booked."""
    return _spec(AccountKind.CLEARING, ccy, wallet_key(address))


def suspense(ccy: str) -> AccountSpec:
    """Money that arrived without a known owner or cause."""
    return _spec(AccountKind.SUSPENSE, ccy)


def brought_forward(ccy: str) -> AccountSpec:
    """The other side of positions adopted when the books were opened."""
    return _spec(AccountKind.BROUGHT_FORWARD, ccy)


def fees(ccy: str) -> AccountSpec:
    """What correspondents kept for themselves."""
    return _spec(AccountKind.FEES, ccy)


def customer(ccy: str, number: str) -> AccountSpec:
    """A customer's deposit that is not tokenised; `number` as the core bank writes it."""
    return _spec(AccountKind.CUSTOMER, ccy, _checked_number(number))


def in_transit(ccy: str) -> AccountSpec:
    """What has left one of our accounts and not reached the other."""
    return _spec(AccountKind.IN_TRANSIT, ccy)


def gas(ccy: str) -> AccountSpec:
    """What the chain charged us."""
    return _spec(AccountKind.GAS, ccy)


def venue(ccy: str, address: str) -> AccountSpec:
    """Our money at the protocol under an address."""
    return _spec(AccountKind.VENUE, ccy, wallet_key(address))


def earned(ccy: str) -> AccountSpec:
    """What our money earned at venues."""
    return _spec(AccountKind.YIELD, ccy)


def written_off(ccy: str) -> AccountSpec:
    """Differences that two people decided to bear; a gain stands on its other side."""
    return _spec(AccountKind.WRITTEN_OFF, ccy)


def is_well_formed(account: Account) -> bool:
    """Whether its code says the kind and the currency that it has, and its side is theirs."""
    kind, ccy, *_ = [*account.code.split(":", 2), "", ""]
    said = (account.kind.value, account.currency, NORMAL_SIDE[account.kind])
    return (kind, ccy, account.normal_side) == said


def _spec(kind: AccountKind, ccy: str, *parts: str) -> AccountSpec:
    code = ":".join([kind, currency(ccy).code, *parts])
    return AccountSpec(code, kind, ccy, NORMAL_SIDE[kind])


def _checked_number(number: str) -> str:
    if not number or number != number.strip() or not number.isprintable():
        raise InvalidReference(
            f"{number[:NUMBER_LENGTH_MAX]!r} is not an account number",
            remedy="Send the number as the statement writes it, without spaces around it.",
        )
    if len(number) > NUMBER_LENGTH_MAX:
        raise InvalidReference(
            f"the account number {number[:20]}… has {len(number)} characters",
            remedy=f"Send at most {NUMBER_LENGTH_MAX}.",
        )
    return number
