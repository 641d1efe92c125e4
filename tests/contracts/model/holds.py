"""Holds of the model's token: money set aside under fixed terms; a part of token.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.contracts.model.accounts import (
    HELD_MAX,
    SETTLE,
    SUPPLY,
    Accounts,
    amount_given,
    reference_given,
)
from tests.contracts.model.world import MINTER, NOBODY, Account, refuse

NONE, OPEN, CLOSED = range(3)


class Terms(NamedTuple):
    """All that a hold says, as Solidity orders it."""

    holder: Account
    recipient: Account
    amount: int
    notary: Account
    expiry: int
    ref: str


@dataclass
class Holds(Accounts):
    """The state of every hold, by the hash of its terms."""

    holds: dict[str, int] = field(default_factory=dict)

    def hold_id(self, terms: Terms) -> str:
        """The hash of the terms, the token and the chain: unlike for any other."""
        kinds = ["(address,address,uint256,address,uint64,bytes32)", "address", "uint256"]
        values = (*terms[:-1], bytes.fromhex(terms.ref[2:]))
        return "0x" + keccak(encode(kinds, [values, self.address, self.world.chain_id])).hex()

    def create_hold(self, by: Account, terms: Terms) -> None:
        self.running(SETTLE)
        amount_given(terms.amount)
        refuse(by != terms.holder, "NotHolder", caller=by, holder=terms.holder)
        parties = {"recipient": terms.recipient, "notary": terms.notary}
        refuse(NOBODY in parties.values(), "HoldIncomplete", **parties)
        reference_given(terms.ref)
        hold = self.hold_id(terms)
        self._in_time(hold, terms)
        refuse(hold in self.holds, "HoldExists", id=hold)
        self.spendable(by, terms.amount)
        held = self.held[by]
        over = held + terms.amount > HELD_MAX
        refuse(over, "HeldOverCap", account=by, held=held, amount=terms.amount)
        self.holds[hold] = OPEN
        self.held[by] += terms.amount
        self.emit("HoldOpened", id=hold, **terms._asdict())

    def execute_hold(self, by: Account, terms: Terms, amount: int) -> None:
        self.running(SETTLE)
        self._take(by, terms, amount)
        self.credit(terms.holder, terms.recipient, amount)
        values = {"to": terms.recipient, "amount": amount, "ref": terms.ref}
        self.emit("TransferRef", from_=terms.holder, **values)

    def execute_holds(
        self,
        by: Account,
        holds: Sequence[Terms],
        amounts: Sequence[int],
        payees: Sequence[Account],
        due: Sequence[int],
    ) -> None:
        self.running(SETTLE)
        for accounts, sums in ((len(holds), len(amounts)), (len(payees), len(due))):
            refuse(accounts != sums, "LengthsDiffer", accounts=accounts, amounts=sums)
        for terms, amount in zip(holds, amounts, strict=True):
            self._for_caller(by, terms)
            self._take(by, terms, amount)
            self.emit("Transfer", from_=terms.holder, to=by, value=amount)
        left = sum(amounts)
        amount_given(left)
        for payee, amount in zip(payees, due, strict=True):
            amount_given(amount)
            refuse(amount > left, "PayoutsUnbalanced", left=left, asked=amount)
            self.credit(by, payee, amount)
            left -= amount
        refuse(left, "PayoutsUnbalanced", left=left, asked=0)

    def release_hold(self, by: Account, terms: Terms) -> None:
        hold = self._open(terms)
        party = by in {terms.notary, terms.recipient}
        early = not party and self.world.now < terms.expiry
        refuse(early, "HoldNotReleasable", id=hold, caller=by, expiry=terms.expiry)
        self._close(hold, terms, 0)

    def burn_held(self, by: Account, terms: Terms, amount: int) -> None:
        self.restricted(by, MINTER)
        self.running(SUPPLY)
        self.running(SETTLE)
        self._for_caller(by, terms)
        self._take(by, terms, amount)
        self.destroy(terms.holder, amount)

    def _take(self, by: Account, terms: Terms, amount: int) -> None:
        """Take `amount` out of the hold and of the holder's balance; the rest is free again."""
        amount_given(amount)
        hold = self._open(terms)
        refuse(by != terms.notary, "NotNotary", caller=by, notary=terms.notary)
        self._in_time(hold, terms)
        refuse(amount > terms.amount, "HoldExceeded", id=hold, held=terms.amount, asked=amount)
        self.sender(terms.holder)
        self.balances[terms.holder] -= amount
        self._close(hold, terms, amount)

    def _close(self, hold: str, terms: Terms, executed: int) -> None:
        self.holds[hold] = CLOSED
        self.held[terms.holder] -= terms.amount
        self.emit("HoldClosed", id=hold, executed=executed, released=terms.amount - executed)

    def _open(self, terms: Terms) -> str:
        hold = self.hold_id(terms)
        state = self.holds.get(hold, NONE)
        refuse(state != OPEN, "HoldNotOpen", id=hold, state=state)
        return hold

    def _in_time(self, hold: str, terms: Terms) -> None:
        now = self.world.now
        refuse(now >= terms.expiry, "HoldExpired", id=hold, expiry=terms.expiry, time=now)

    @staticmethod
    def _for_caller(by: Account, terms: Terms) -> None:
        refuse(by != terms.recipient, "NotRecipient", caller=by, recipient=terms.recipient)
