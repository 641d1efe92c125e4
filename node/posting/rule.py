"""Posting rules: what one event of one contract means for the books.

In: a chain event, what was announced for it, its neighbours in the same receipt.
Out: a `Movement` between two accounts, or a `NoPosting` that says why the books stay still.
Called by: bindings (which declare the rules) and the rulebook. Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from node.events.event import ChainEvent
from node.ledger.chart import AccountSpec
from node.ledger.expectation import Expectation


@dataclass(frozen=True, slots=True)
class Movement:
    """One amount from one account to another, in minor units of `currency`.

    `kind` is the kind of expectation that may announce it. The side that the chain cannot know
    (which correspondent account pays) is None: the expectation names it, else `unannounced` does.
    `ref` is the reference it was announced under where that is not the event's own.
    """

    kind: str
    currency: str
    amount: int
    debit: AccountSpec | None
    credit: AccountSpec | None
    unannounced: AccountSpec
    narrative: str
    ref: str = ""


@dataclass(frozen=True, slots=True)
class NoPosting:
    """The books need not move; `reason` is kept with the decision."""

    reason: str


Propose = Callable[[ChainEvent, tuple[ChainEvent, ...]], Movement | NoPosting]


@dataclass(frozen=True, slots=True)
class PostingRule:
    """Answers one event of one contract. `propose` gets the event and all of its receipt's."""

    contract: str
    event: str
    name: str
    propose: Propose


def silent(contract: str, event: str, reason: str) -> PostingRule:
    """A rule for an event that moves no money, with the reason."""
    return PostingRule(contract, event, f"none.{event}", lambda _event, _others: NoPosting(reason))


def answers(movement: Movement, expectation: Expectation) -> bool:
    """Whether the chain did exactly what was announced: kind, currency, amount, wallets."""
    if (movement.kind, movement.currency, movement.amount) != (
        expectation.kind,
        expectation.currency,
        expectation.amount,
    ):
        return False
    sides = (movement.debit, movement.credit)
    announced = (expectation.debit_account, expectation.credit_account)
    return all(
        ours is None or ours.code == code for ours, code in zip(sides, announced, strict=True)
    )


def unannounced(movement: Movement) -> Movement:
    """The same movement booked without an announcement: the unknown side goes to suspense."""
    return replace(
        movement,
        debit=movement.debit or movement.unannounced,
        credit=movement.credit or movement.unannounced,
    )
