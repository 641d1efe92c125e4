"""Money that passes through a contract of ours: it is on the chain, and may not stay there."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from node.core.types import Side
from node.db.unit_of_work import read_only, unit_of_work
from node.ledger import chart, journal
from node.ledger.chart import AccountSpec
from node.ledger.entry import Entry, NewEntry, Phase, Posting
from node.reconciliation import store, sweep
from node.reconciliation.item import Kind, effect_chain
from node.reconciliation.sources import item_of_entry
from tests.support.clock import NOW
from tests.support.recon_records import HOLDER, PAYEE, TODAY, Records

CLEARING = chart.clearing("EUR", "0x" + "ee" * 20)


def entry(debit: AccountSpec, credit: AccountSpec, amount: int) -> NewEntry:
    postings = (Posting(debit.code, Side.DEBIT, amount), Posting(credit.code, Side.CREDIT, amount))
    return NewEntry(uuid4(), "token.transfer", "EUR", postings, TODAY)


def book(engine: Engine, debit: AccountSpec, credit: AccountSpec, amount: int) -> UUID:
    with unit_of_work(engine) as session:
        journal.open_account(session, CLEARING, at=NOW)
        return journal.post(session, entry(debit, credit, amount), NOW).id


def left(engine: Engine) -> list[tuple[str, int, int, int]]:
    """Open breaks about clearing: about what, how much, and what they explain of the records."""
    with read_only(engine) as session:
        return [
            (each.subject, each.amount, each.effect_chain, each.effect_bank)
            for each in store.open_breaks(session)
            if each.subject.startswith(sweep.CLEARING)
        ]


def test_at_zero_there_is_nothing_to_find() -> None:
    assert list(sweep.uncleared({("EUR", CLEARING.code): 0}, TODAY)) == []


@pytest.mark.parametrize("amount", [1, -1])
def test_whatever_is_left_is_found(amount: int) -> None:
    (found,) = sweep.uncleared({("EUR", CLEARING.code): amount}, TODAY)
    assert (found.amount, found.currency, found.evidence["account"]) == (
        amount,
        "EUR",
        CLEARING.code,
    )


def test_money_left_at_a_contract_is_a_break_until_it_is_gone(
    records: Records, engine: Engine
) -> None:
    records.issue(500, str(uuid4()))
    records.match()
    assert left(engine) == []
    book(engine, HOLDER, CLEARING, 300)
    records.match()
    assert left(engine) == [(f"clearing:{CLEARING.code}", 300, 0, 0)]
    book(engine, CLEARING, PAYEE, 300)
    records.match()
    assert left(engine) == []


def test_a_movement_into_clearing_leaves_as_much_on_the_chain() -> None:
    new = entry(HOLDER, CLEARING, 300)
    stored = Entry(
        sequence=1,
        id=new.id,
        phase=Phase.POSTED,
        rule=new.rule,
        currency="EUR",
        uetr="",
        expectation_id="",
        event_key="",
        resolves=None,
        reversal_of=None,
        value_date=TODAY,
        recorded_at=NOW,
        narrative="",
        evidence={},
        postings=new.postings,
    )
    item = item_of_entry(stored)
    assert item is not None
    assert (item.kind, item.amount, effect_chain(item)) == (Kind.TRANSFER, 300, 0)
