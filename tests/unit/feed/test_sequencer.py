"""The sequencer tells what the stages below wrote: each step and entry once, in order.

In: events, entries and final heights written by hand, in both kinds of database. Run by pytest.
"""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from node.core.errors import Retryable
from node.db.cursors import all_cursors, move_cursor
from node.db.leases import LostLease
from node.db.unit_of_work import read_only, unit_of_work
from node.events.event import Change
from node.feed import sequencer, store
from node.feed.sequencer import BATCH, SequencerStage
from node.feed.store import Message
from tests.support.clock import Clock
from tests.support.ledger_books import (
    NOW,
    UETR,
    new_entry,
    open_books,
    pending,
    post_pending,
    posted,
    reverse,
    void_pending,
)
from tests.support.ledger_events import REF, Chain, issued, unfenced


@pytest.fixture
def chain(engine: Engine) -> Chain:
    open_books(engine)
    return Chain(engine)


def run(chain: Chain, fence: Callable[[Session], None] = unfenced) -> int:
    return SequencerStage(engine=chain.engine, fence=fence, clock=Clock(NOW)).run_once()


def told(chain: Chain) -> list[Message]:
    with read_only(chain.engine) as session:
        return store.after(session, 0, limit=2 * BATCH)


def kinds(chain: Chain) -> list[str]:
    return [each.kind for each in told(chain)]


def cursors(chain: Chain) -> dict[str, int]:
    with read_only(chain.engine) as session:
        return all_cursors(session)


def final(chain: Chain, height: int) -> None:
    with unit_of_work(chain.engine) as session:
        move_cursor(session, "events.final", height)


def finals(chain: Chain) -> list[str]:
    return [each.subject for each in told(chain) if each.kind == "block.final"]


def test_a_lost_lease_tells_nothing(chain: Chain) -> None:
    def lost(_: Session) -> None:
        raise LostLease("somebody else leads")

    posted(chain.engine, new_entry())
    with pytest.raises(LostLease):
        run(chain, lost)
    assert (told(chain), cursors(chain)) == ([], {})


def test_a_failure_after_the_first_messages_tells_nothing(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise Retryable("the disk is full")

    chain.tell(issued(), Change.SEEN)
    posted(chain.engine, new_entry())
    with monkeypatch.context() as patch:
        patch.setattr(sequencer, "_news_of_entry", full)
        with pytest.raises(Retryable):
            run(chain)
    assert (told(chain), cursors(chain)) == ([], {})
    assert run(chain) == 2
    assert kinds(chain) == ["event.seen", "entry.posted"]


def test_with_nothing_written_nothing_is_told(chain: Chain) -> None:
    assert run(chain) == 0
    assert told(chain) == []


def test_each_step_of_an_event_is_told_once_and_in_order(chain: Chain) -> None:
    chain.tell(issued(), Change.SEEN, Change.CONFIRMED)
    assert run(chain) == 2
    chain.tell(issued(), Change.FINAL, Change.RETRACTED)
    assert run(chain) == 2
    assert run(chain) == 0
    assert kinds(chain) == ["event.seen", "event.confirmed", "event.final", "event.retracted"]


def test_a_step_says_which_payment_it_is_of(chain: Chain) -> None:
    chain.tell(issued(ref=REF), Change.SEEN)
    run(chain)
    (message,) = told(chain)
    assert message.data == {
        "event": "Issued",
        "currency": "EUR",
        "uetr": UETR,
        "block": "7",
        "tx_hash": "0xt1",
    }
    assert (message.subject, message.at) == ("1", NOW)


def test_each_entry_is_told_once_and_in_order(chain: Chain) -> None:
    first = pending(chain.engine, new_entry("a"))
    standing = post_pending(chain.engine, first.id)
    withdrawn = void_pending(chain.engine, pending(chain.engine, new_entry("b")).id)
    back = reverse(chain.engine, standing.id)
    assert run(chain) == 5
    assert run(chain) == 0
    assert kinds(chain) == [
        "entry.pending",
        "entry.posted",
        "entry.pending",
        "entry.voided",
        "entry.reversed",
    ]
    subjects = [each.subject for each in told(chain)]
    assert subjects[0] == str(first.id)
    assert subjects[3:] == [str(withdrawn.id), str(back.id)]


def test_an_entry_says_which_payment_it_is_of(chain: Chain) -> None:
    entry = posted(chain.engine, new_entry())
    run(chain)
    assert told(chain)[0].data == {
        "sequence": str(entry.sequence),
        "rule": "test",
        "currency": "EUR",
        "uetr": UETR,
    }


def test_the_first_block_of_a_chain_is_told_too(chain: Chain) -> None:
    final(chain, 0)
    assert run(chain) == 1
    assert finals(chain) == ["0"]


def test_the_last_final_block_is_told_once(chain: Chain) -> None:
    final(chain, 7)
    run(chain)
    assert run(chain) == 0
    assert finals(chain) == ["7"]


def test_final_heights_only_rise(chain: Chain) -> None:
    for height in (3, 9, 5, 9, 10):
        final(chain, height)
        run(chain)
    assert finals(chain) == ["3", "9", "10"]


def test_a_long_night_is_told_batch_by_batch(chain: Chain) -> None:
    night = (issued(1, block=number, tx=f"t{number}") for number in range(BATCH + 5))
    chain.tell_all(night, Change.SEEN)
    assert [run(chain), run(chain)] == [BATCH + 5, 0]
    assert [each.subject for each in told(chain)] == [str(n) for n in range(1, BATCH + 6)]
