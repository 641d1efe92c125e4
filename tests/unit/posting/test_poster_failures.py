"""What stops the poster, and that it leaves no half of its work behind.

In: events that cannot be booked, lost leases, replays; both kinds of database. Run by pytest.
"""

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from node.core.errors import Fatal, Retryable
from node.core.money import MINOR_UNITS_MAX
from node.db.cursors import move_cursor, read_cursor
from node.db.leases import LostLease
from node.db.unit_of_work import read_only, unit_of_work
from node.events.event import ChainEvent, Change
from node.ledger.writes import store as journal_writes
from node.posting.poster import BATCH, NotBookable, PosterStage
from node.posting.rulebook import NoRule
from tests.support.ledger_books import ALICE, amounts, counters, new_entry, posted
from tests.support.ledger_events import Chain, chain_event, issued, transfer

TO_FINAL = (Change.SEEN, Change.CONFIRMED, Change.FINAL)
TOO_MUCH = MINOR_UNITS_MAX + 1


def cursor(chain: Chain) -> int:
    with read_only(chain.engine) as session:
        return read_cursor(session, PosterStage.name)


def rewind(chain: Chain) -> None:
    with unit_of_work(chain.engine) as session:
        move_cursor(session, PosterStage.name, 0)


def state(chain: Chain) -> tuple[int, int, int]:
    return cursor(chain), len(chain.decisions()), len(chain.entries())


@pytest.mark.parametrize(
    "event",
    [
        transfer(TOO_MUCH, tx="bad"),
        issued(TOO_MUCH, tx="bad"),
        transfer(2**256 - 1, tx="bad"),
        chain_event("Surprise", {}, tx="bad"),
    ],
    ids=["transfer", "issue", "uint256", "no-rule"],
)
def test_what_cannot_be_booked_stops_posting_where_it_stood(
    chain: Chain, event: ChainEvent
) -> None:
    chain.tell(issued(tx="good"), *TO_FINAL)
    chain.tell(event, *TO_FINAL)
    chain.tell(issued(block=9, tx="behind"), *TO_FINAL)
    assert chain.post() == 4  # all of the good one, and that the bad one was seen
    before = state(chain)
    assert before == (4, 4, 2)
    for _ in range(2):
        with pytest.raises(Fatal):
            chain.post()
        assert state(chain) == before


def test_an_amount_over_63_bits_says_where_it_moved(chain: Chain) -> None:
    event = transfer(TOO_MUCH)
    chain.told(event, Change.SEEN)
    chain.tell(event, Change.CONFIRMED)
    with pytest.raises(NotBookable) as caught:
        chain.post()
    assert caught.value.code == "EVENT_NOT_BOOKABLE"
    assert str(event.key) in caught.value.detail
    assert caught.value.remedy


def test_a_total_over_63_bits_is_not_bookable_either(chain: Chain) -> None:
    posted(chain.engine, new_entry("most", MINOR_UNITS_MAX))
    chain.tell(issued(1), *TO_FINAL)
    assert chain.post() == 1
    with pytest.raises(NotBookable):
        chain.post()
    assert state(chain) == (1, 1, 1)


def test_a_total_over_63_bits_stops_no_event_before_it(chain: Chain) -> None:
    posted(chain.engine, new_entry("nearly", MINOR_UNITS_MAX - 5))
    for amount, name in ((3, "a"), (3, "b"), (1, "c")):
        chain.tell(issued(amount, tx=name), Change.FINAL)
    assert chain.post() == 1
    with pytest.raises(NotBookable):
        chain.post()
    assert counters(chain.engine, ALICE) == amounts(ALICE, cr=(0, MINOR_UNITS_MAX - 2))


def test_an_event_without_rule_is_told_as_such(chain: Chain) -> None:
    chain.tell(chain_event("Surprise", {}), *TO_FINAL)
    chain.post()
    with pytest.raises(NoRule):
        chain.post()


def test_an_event_without_rule_that_is_only_seen_stops_nothing(chain: Chain) -> None:
    assert chain.told(chain_event("Surprise", {}), Change.SEEN) == ["NONE"]


def test_a_lost_lease_books_nothing(chain: Chain) -> None:
    def lost(_: Session) -> None:
        raise LostLease("somebody else leads")

    chain.tell(issued(), *TO_FINAL)
    chain.fence = lost
    with pytest.raises(LostLease):
        chain.post()
    assert state(chain) == (0, 0, 0)


def test_a_failure_in_the_middle_of_a_batch_leaves_nothing_of_it(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise Retryable("the disk is full")

    for block in (7, 8):
        chain.tell(issued(block=block), *TO_FINAL)
    with monkeypatch.context() as patch:
        patch.setattr(journal_writes, "add_to_counters", full)
        with pytest.raises(Retryable):
            chain.post()
    assert state(chain) == (0, 0, 0)
    assert counters(chain.engine, ALICE) == amounts(ALICE)
    assert chain.post() == 6
    assert state(chain) == (6, 6, 4)


def test_what_was_answered_is_not_answered_again(chain: Chain) -> None:
    chain.told(issued(), *TO_FINAL)
    before = state(chain)
    assert chain.post() == 0
    assert state(chain) == before


def test_a_replay_from_the_first_change_books_nothing_twice(chain: Chain) -> None:
    chain.told(issued(), *TO_FINAL, Change.RETRACTED)
    chain.told(issued(), *TO_FINAL)
    before = (state(chain), chain.entries(), chain.decisions())
    rewind(chain)
    assert chain.post() == 7
    assert (state(chain), chain.entries(), chain.decisions()) == before


def test_a_replay_answers_what_was_left_without_decision(chain: Chain) -> None:
    chain.told(issued(), *TO_FINAL)
    _forget_decisions(chain.engine)
    rewind(chain)
    chain.post()
    assert [each.outcome.value for each in chain.decisions()] == ["NONE"] * 3
    assert len(chain.entries()) == 2


def test_a_long_day_is_answered_batch_by_batch(chain: Chain) -> None:
    count = BATCH + 20
    day = (issued(1, block=number, tx=f"t{number}") for number in range(count))
    chain.tell_all(day, Change.FINAL)
    assert [chain.post(), chain.post()] == [count, 0]
    assert counters(chain.engine, ALICE) == amounts(ALICE, cr=(0, count))


def _forget_decisions(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM posting_decision"))
