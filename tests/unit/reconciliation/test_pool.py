"""What a comparison looks at: judged piece by piece or all at once, the records say the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from node.control.tables import ApprovalRow
from node.db.unit_of_work import read_only, unit_of_work
from node.ledger import journal
from node.reconciliation import grouping, matcher, pool, store
from node.reconciliation.cases import store as cases
from node.reconciliation.group import Group
from node.reconciliation.item import Item
from node.reconciliation.items import store as items
from tests.support.clock import NOW
from tests.support.recon_records import HOLDER, NOSTRO, TODAY, Records, expected

AMOUNTS = (500, 500, 700)
STEPS = 40
APPROVAL = "approval-1"


def uetr(number: int) -> str:
    return str(UUID(int=number, version=4))


@dataclass
class Happens:
    """What may happen to three records: few payments, few amounts, any of it in any order."""

    records: Records
    chance: Random
    payments: int = 0
    day: date = TODAY
    adjusted: list[UUID] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def any(self) -> None:
        kinds: list[Callable[[], Any]] = [
            *[self.issue] * 4,
            *[self.statement] * 4,
            *[self.records.match] * 4,
            *[self.put] * 2,
            self.unannounced,
            self.move,
            self.adjust,
            self.undo,
            self.expect,
            self.end,
            self.next_day,
        ]
        self.chance.choice(kinds)()

    def new(self) -> str:
        self.payments += 1
        return uetr(self.payments)

    def issue(self) -> None:
        self.records.issue(self.chance.choice(AMOUNTS), self.new())

    def unannounced(self) -> None:
        self.records.issue(self.chance.choice(AMOUNTS), "", announced=False)

    def move(self) -> None:
        self.records.move(self.chance.choice(AMOUNTS), self.chance.choice(["", self.new()]))

    def statement(self) -> None:
        """Lines that name a payment of before, one to come, or none."""
        lines = [
            (
                self.chance.choice([*AMOUNTS, -500]),
                self.chance.choice(["", "", uetr(self.chance.randint(1, self.payments + 2))]),
            )
            for _ in range(self.chance.randrange(4))
        ]
        own = (1_000 + self.records.statements, "")  # no statement says the same as another
        self.records.statement(*lines, own, on=self.day)

    def adjust(self) -> None:
        self.adjusted.append(self.records.adjust(self.chance.choice([*AMOUNTS, -500])))

    def undo(self) -> None:
        if self.adjusted:
            with unit_of_work(self.records.engine) as session:
                journal.reverse(session, self.adjusted.pop(), NOW, "booked by mistake")

    def expect(self) -> None:
        self.expected.append(str(uuid4()))
        new = expected(self.expected[-1], self.new(), (NOSTRO, HOLDER, 500))
        with unit_of_work(self.records.engine) as session:
            journal.expect(session, new, NOW)

    def end(self) -> None:
        if self.expected:
            with unit_of_work(self.records.engine) as session:
                journal.end_expectation(session, self.expected.pop(), "refused", NOW)

    def put(self) -> None:
        """One item put into the payment of another, or taken out again."""
        with unit_of_work(self.records.engine) as session:
            held = items.after(session, 0)
            if held:
                one, other = self.chance.choice(held), self.chance.choice(held)
                key = self.chance.choice([other.key, ""])
                cases.insert_put(session, [(one.side, one.source)], key, APPROVAL, NOW)

    def next_day(self) -> None:
        self.day += timedelta(days=1)
        self.records.clock.at += timedelta(days=1)


@pytest.mark.parametrize("seed", range(12))
def test_judged_again_all_that_is_unsettled_says_what_it_said(
    records: Records, engine: Engine, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    happens = Happens(records, Random(seed))  # noqa: S311 - to be repeated
    with unit_of_work(engine) as session:
        asked: dict[str, Any] = {
            "id": APPROVAL,
            "sequence": 1,
            "command": "break.match",
            "subject": "any",
        }
        asked |= {"reason": "seen", "state": "ASKED", "asked_by": "treasurer-1", "asked_at": NOW}
        session.add(ApprovalRow(**asked))
    for _ in range(STEPS):
        happens.any()
    records.mine()
    records.match()
    before = told(engine)
    with monkeypatch.context() as patch:
        patch.setattr(matcher, "items_to_judge", unsettled)
        records.mine()
        assert records.match() > 0
    assert told(engine) == before
    assert before[0]
    assert before[1]


def test_what_is_settled_or_waits_for_nothing_new_is_not_looked_at_again(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []

    def group(given: list[Item], **more: Any) -> list[Group]:  # noqa: ANN401 - as it takes it
        looked.append(len(given))
        return grouping.group(given, **more)

    monkeypatch.setattr(matcher, "group", group)
    for number in range(20):
        records.issue(500 + number % 2, uetr(number))
    records.match()
    records.issue(500, uetr(100))
    records.match()
    assert looked == [40, 2]
    records.statement((501, ""))
    records.match()
    assert looked[2:] == [1 + 40 + 2]  # the statement reaches every one of them
    records.statement((501, ""))
    records.match()
    assert looked[3:] == [2 + 20]  # two lines, and the payments that may be theirs


def unsettled(session: Session, *_: object) -> list[Item]:
    """Every payment that has an item which is in no match that is complete and adds up."""
    matches = store.matches(session, limit=10_000)
    settled = {i.id for e in matches if e.complete and not e.difference for i in e.items}
    left = {each.id: each for each in items.after(session, 0) if each.id not in settled}
    return list(pool._whole(session, left, cases.put(session)).values())


def told(engine: Engine) -> tuple[list[Any], list[Any]]:
    """Every match that stands and every open break, as judged; not when."""
    with read_only(engine) as session:
        matches = store.matches(session, limit=10_000)
        breaks = store.open_breaks(session)
    return (
        sorted((e.id, e.rule, e.difference, e.complete, [i.id for i in e.items]) for e in matches),
        sorted((e.subject, e.cause, e.side, e.amount, e.explanation) for e in breaks),
    )
