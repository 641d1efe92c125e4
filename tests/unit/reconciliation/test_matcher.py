"""The matcher over the three records: what it takes, keeps, closes and proves."""

from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from node.control import store as control
from node.core.errors import ConcordError
from node.db.leases import LostLease
from node.db.unit_of_work import read_only, unit_of_work
from node.feed import store as feed
from node.ledger import journal
from node.ledger.tables import PostingRow
from node.reconciliation import store
from node.reconciliation.breaks import Break, Cause, age_days
from node.reconciliation.items import store as items
from node.reconciliation.matcher import MatcherStage
from node.reconciliation.tables import ItemRow, MatchMemberRow
from node.reconciliation.writes import store as writes
from tests.support.clock import NOW
from tests.support.recon_records import HOLDER, NOSTRO, TOMORROW, Records, expected


def uetr() -> str:
    return str(uuid4())


def open_breaks(engine: Engine) -> list[Break]:
    with read_only(engine) as session:
        return store.open_breaks(session)


def every_break(engine: Engine) -> list[Break]:
    with read_only(engine) as session:
        return store.breaks(session, open_only=False)


def test_nothing_is_proved_before_the_first_comparison(records: Records) -> None:
    with pytest.raises(ConcordError) as refused:
        records.prove()
    assert refused.value.code == "NOT_COMPARED_YET"


def test_it_waits_until_posting_has_answered_the_chain(records: Records, engine: Engine) -> None:
    records.issue(500, uetr())
    with unit_of_work(engine) as session:
        session.connection().exec_driver_sql(
            "INSERT INTO event_change (event_id, change, at) VALUES (1, 'RETRACTED', '2026-11-24')"
        )
    assert records.match() == 0
    records.answer()
    assert records.match() > 0


def test_without_the_lease_nothing_is_written(records: Records, engine: Engine) -> None:
    def lost(_: Session) -> None:
        raise LostLease("moved")

    records.issue(500, uetr())
    stage = records.matcher()
    stage._fence = lost
    with pytest.raises(LostLease):
        stage.run_once()
    with read_only(engine) as session:
        assert items.last(session) == 0


def test_a_failure_while_keeping_leaves_items_and_cursors_as_they_were(
    records: Records, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    records.issue(500, uetr())

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(writes, "insert_breaks", fail)
        with pytest.raises(RuntimeError):
            records.match()
    with read_only(engine) as session:
        assert items.last(session) == 0
    records.match()
    assert [each.cause for each in open_breaks(engine)] == [Cause.TIMING]


def test_the_missing_side_closes_the_break_by_itself(records: Records, engine: Engine) -> None:
    payment = uetr()
    records.issue(500, payment)
    records.match()
    (timing,) = open_breaks(engine)
    assert (timing.cause, timing.side, timing.owner) == (Cause.TIMING, "bank", "treasury")
    assert records.prove().agrees

    records.statement((500, payment))
    records.match()
    assert open_breaks(engine) == []
    with read_only(engine) as session:
        match = store.match_by_uetr(session, payment)
    assert match is not None
    assert (match.sides, match.complete, match.rule) == (
        ("chain", "books", "bank"),
        True,
        "exact_reference",
    )
    line = records.prove().lines[0]
    assert (line.chain, line.books, line.bank, line.difference) == (500, 500, 500, 0)


def test_a_break_is_carried_forward_and_ages(records: Records, engine: Engine) -> None:
    records.issue(500, uetr())
    records.statement()
    records.match()
    records.clock.at = TOMORROW
    records.match()
    (missing,) = every_break(engine)
    assert missing.cause is Cause.MISSING
    assert age_days(missing, records.clock.today()) == 1


def test_a_break_that_changes_its_cause_stays_one_case(records: Records, engine: Engine) -> None:
    records.issue(500, uetr())
    records.match()
    records.statement()
    records.match()
    (one,) = every_break(engine)
    assert (one.cause, one.open) == (Cause.MISSING, True)
    with read_only(engine) as session:
        actions = [each.action for each in control.audit_trail(session, one.id)]
    assert actions == ["break.opened", "break.changed"]


def test_a_break_that_comes_back_is_a_new_one(records: Records, engine: Engine) -> None:
    payment = uetr()
    records.mine()
    records.statement((500, payment))
    records.match()
    records.issue(500, payment)
    records.match()
    assert [each.open for each in every_break(engine)] == [False]
    records.statement((500, payment))
    records.match()
    assert [(each.cause, each.open) for each in every_break(engine)] == [
        (Cause.UNIDENTIFIED, False),
        (Cause.DUPLICATE, True),
    ]


def test_every_trouble_is_one_break_and_the_proof_stays_explained(
    records: Records, engine: Engine
) -> None:
    good, short, absent = uetr(), uetr(), uetr()
    records.issue(10_000, good)
    records.issue(20_000, short)
    records.issue(30_000, absent)
    records.move(70)
    records.statement((10_000, good), (18_500, short), (7_777, ""))
    records.match()
    assert sorted((each.cause, each.side, each.effect_bank) for each in open_breaks(engine)) == [
        (Cause.FEE, "bank", -1_500),
        (Cause.MISSING, "bank", -30_000),
        (Cause.UNIDENTIFIED, "bank", 7_777),
        (Cause.UNIDENTIFIED, "chain", 0),
    ]
    proof = records.prove()
    line = proof.lines[0]
    assert proof.agrees
    assert line.difference == line.explained == 7_777 - 30_000 - 1_500


def test_supply_that_no_event_explains_is_a_break_that_does_not_start_ageing_anew(
    records: Records, engine: Engine
) -> None:
    records.issue(500, uetr())
    records.supply += 11
    records.match()
    found = {each.subject: each for each in open_breaks(engine)}
    assert found["balance:chain_balance:EUR"].effect_chain == 11
    records.clock.at = TOMORROW
    records.match()
    found = {each.subject: each for each in open_breaks(engine)}
    assert found["balance:chain_balance:EUR"].value_date == NOW.date()

    records.supply -= 11
    records.mine()
    records.match()
    assert "balance:chain_balance:EUR" not in {each.subject for each in open_breaks(engine)}


def test_a_posting_changed_behind_the_nodes_back_breaks_the_proof(
    records: Records, engine: Engine
) -> None:
    payment = uetr()
    records.issue(500, payment)
    records.statement((500, payment))
    records.match()
    assert records.prove().agrees
    with unit_of_work(engine) as session:
        row = session.exec(select(PostingRow).where(PostingRow.account == NOSTRO.code)).one()
        row.amount = 400
        session.add(row)
    assert not records.prove().agrees


def test_supply_that_appears_after_the_comparison_breaks_the_proof(records: Records) -> None:
    records.issue(500, uetr())
    records.match()
    records.supply += 1
    assert not records.prove().agrees


def test_an_instruction_past_its_day_is_missing_on_the_chain(
    records: Records, engine: Engine
) -> None:
    payment = uetr()
    with unit_of_work(engine) as session:
        journal.expect(session, expected(str(uuid4()), payment, (NOSTRO, HOLDER, 900)), NOW)
    records.mine()
    records.match()
    assert open_breaks(engine) == []
    records.clock.at = TOMORROW
    records.match()
    (late,) = open_breaks(engine)
    assert (late.cause, late.side, late.amount, late.effect_chain) == (
        Cause.MISSING,
        "chain",
        900,
        0,
    )


def test_running_again_adds_nothing(records: Records, engine: Engine) -> None:
    payment = uetr()
    records.issue(500, payment)
    records.statement((500, payment), (9, ""))
    records.match()
    with read_only(engine) as session:
        before = (items.last(session), feed.last(session), store.matches(session))
    assert records.match() == 0
    records.mine()
    records.match()
    with read_only(engine) as session:
        assert (items.last(session), feed.last(session), store.matches(session)) == before


def test_an_item_belongs_to_one_match_only(records: Records, engine: Engine) -> None:
    for _ in range(3):
        payment = uetr()
        records.issue(500, payment)
        records.statement((500, payment))
    records.match()
    with read_only(engine) as session:
        members = session.exec(select(MatchMemberRow)).all()
        assert len(members) == len({each.item_id for each in members}) == 9
        assert len(session.exec(select(ItemRow)).all()) == 9


def test_an_adjustment_and_its_reversal_leave_no_break(records: Records, engine: Engine) -> None:
    entry = records.adjust(1_200)
    records.mine()
    records.match()
    assert [each.cause for each in open_breaks(engine)] == [Cause.TIMING]
    with unit_of_work(engine) as session:
        journal.reverse(session, entry, NOW, "booked by mistake")
    records.match()
    assert open_breaks(engine) == []
    assert records.prove().agrees


def test_many_rows_are_taken_in_batches_before_anything_is_judged(
    records: Records, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.reconciliation.sources.BATCH", 2)
    payments = [uetr() for _ in range(5)]
    for each in payments:
        records.issue(100, each)
    records.statement(*((100, each) for each in payments))
    stage: MatcherStage = records.matcher()
    assert stage.run_once() > 0
    assert every_break(engine) == []
    records.match()
    assert every_break(engine) == []
    with read_only(engine) as session:
        assert len([each for each in store.matches(session) if each.complete]) == 5


def test_what_happened_is_told(records: Records, engine: Engine) -> None:
    payment = uetr()
    records.issue(500, payment)
    records.match()
    records.statement((500, payment))
    records.match()
    with read_only(engine) as session:
        kinds = [each.kind for each in feed.after(session, 0)]
    assert kinds == ["break.opened", "match.made", "break.closed"]
