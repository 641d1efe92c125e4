"""The rulebook: for an event, the entry that the books should hold, if any.

In: the posting rules of all bindings, the clearing accounts; an event, its receipt, what was
announced under its ref. Out: `Reading`, `Proposal`. Called by: poster, reconciliation. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID

from node.core.errors import Fatal
from node.core.ids import derived_id
from node.core.types import Side
from node.events.event import ChainEvent
from node.ledger.chart import AccountSpec
from node.ledger.entry import NewEntry, Posting
from node.ledger.expectation import Expectation
from node.posting.rule import Movement, NoPosting, PostingRule, answers, unannounced

UNANNOUNCED = "unannounced"


class NoRule(Fatal):
    """One of our contracts emitted an event that no binding explains."""

    code = "POSTING_RULE_MISSING"
    title = "No posting rule for an event"


class RuleTwice(Fatal):
    """Two bindings answer the same event; which one would book is left to chance."""

    code = "POSTING_RULE_TWICE"
    title = "Two posting rules for one event"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a rule makes of an event: the movement, and the reference it was announced under."""

    rule: str
    movement: Movement
    ref: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What should be booked, and the accounts it needs."""

    rule: str
    movement: Movement
    debit: str
    credit: str
    accounts: tuple[AccountSpec, ...]
    expectation: Expectation | None


class Rulebook:
    """All posting rules, found by contract and event name.

    `clearing` has the account of each address that is a contract of ours and no customer, by the
    code that it would have as a wallet.
    """

    def __init__(
        self, rules: Iterable[PostingRule], clearing: Mapping[str, AccountSpec] | None = None
    ) -> None:
        self._clearing = dict(clearing or {})
        self._rules: dict[tuple[str, str], PostingRule] = {}
        for rule in rules:
            if self._rules.setdefault((rule.contract, rule.event), rule) is not rule:
                raise RuleTwice(
                    f"{rule.contract}.{rule.event} has two posting rules",
                    remedy="Keep one of them; report this if you changed no binding.",
                )

    def propose(
        self,
        event: ChainEvent,
        receipt: tuple[ChainEvent, ...],
        expectation: Expectation | None,
    ) -> Proposal | NoPosting:
        """What the books should answer; `expectation` counts only where its terms are met."""
        reading = self.read(event, receipt)
        return reading if isinstance(reading, NoPosting) else proposal_of(reading, expectation)

    def read(self, event: ChainEvent, receipt: tuple[ChainEvent, ...]) -> Reading | NoPosting:
        """What moved, whoever may have announced it."""
        if not event.name:
            return NoPosting("a log that no event of the contract explains")
        rule = self._rules.get((event.contract, event.name))
        if rule is None:
            raise NoRule(
                f"{event.contract}.{event.name} in {event.key} has no posting rule",
                remedy="Add the rule to the contract's binding; posting goes on from this event.",
            )
        movement = rule.propose(event, receipt)
        if isinstance(movement, NoPosting):
            return movement
        debit, credit = self._held(movement.debit), self._held(movement.credit)
        movement = replace(movement, debit=debit, credit=credit)
        return Reading(rule.name, movement, movement.ref or event.ref)

    def _held(self, account: AccountSpec | None) -> AccountSpec | None:
        return account if account is None else self._clearing.get(account.code, account)


def proposal_of(reading: Reading, expectation: Expectation | None) -> Proposal:
    """The entry for a reading; it answers the expectation where it does what that announced."""
    if expectation is not None and answers(reading.movement, expectation):
        return _announced(reading.rule, reading.movement, expectation)
    return _unannounced(reading.rule, unannounced(reading.movement))


def entry_of(proposal: Proposal, event: ChainEvent, attempt: int) -> NewEntry:
    """The proposal as an entry; `attempt` counts how often the event was taken back before.

    Its id derives from event, rule and attempt, so a replay books the same entry, once.
    """
    movement = proposal.movement
    return NewEntry(
        id=entry_id(event, proposal.rule, attempt),
        rule=proposal.rule,
        currency=movement.currency,
        postings=(
            Posting(proposal.debit, Side.DEBIT, movement.amount),
            Posting(proposal.credit, Side.CREDIT, movement.amount),
        ),
        value_date=_value_date(proposal, event),
        uetr=proposal.expectation.uetr if proposal.expectation else "",
        expectation_id=proposal.expectation.id if proposal.expectation else "",
        event_key=str(event.key),
        narrative=movement.narrative,
        evidence={"tx_hash": event.key.tx_hash, "block": event.block_number},
    )


def entry_id(event: ChainEvent, rule: str, attempt: int) -> UUID:
    """The id under which a rule books an event."""
    return derived_id("posting", event.key, rule, attempt)


def _announced(rule: str, movement: Movement, expectation: Expectation) -> Proposal:
    return Proposal(
        rule=rule,
        movement=movement,
        debit=expectation.debit_account,
        credit=expectation.credit_account,
        accounts=tuple(each for each in (movement.debit, movement.credit) if each is not None),
        expectation=expectation,
    )


def _unannounced(rule: str, movement: Movement) -> Proposal:
    debit, credit = movement.debit or movement.unannounced, movement.credit or movement.unannounced
    return Proposal(
        rule=f"{rule}.{UNANNOUNCED}",
        movement=movement,
        debit=debit.code,
        credit=credit.code,
        accounts=(debit, credit),
        expectation=None,
    )


def _value_date(proposal: Proposal, event: ChainEvent) -> date:
    if proposal.expectation is not None:
        return proposal.expectation.value_date
    return datetime.fromtimestamp(event.block_timestamp, UTC).date()
