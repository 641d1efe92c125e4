"""What the books keep: entries as they were written, and how each is ended.

In: good entries against both kinds of database. Run by pytest.
"""

from datetime import timedelta

from sqlalchemy import Engine

from node.core.ids import derived_id
from node.db.unit_of_work import read_only, unit_of_work
from node.ledger import journal, store
from node.ledger.entry import Phase, swapped
from tests.support.ledger_books import (
    ALICE,
    BOB,
    NOSTRO,
    NOW,
    OTHER_UETR,
    TODAY,
    UETR,
    all_entries,
    amounts,
    counters,
    credit,
    debit,
    new_entry,
    pending,
    post_pending,
    posted,
    reverse,
    rows,
    void_pending,
)

LATER = NOW + timedelta(hours=1)
EARLIER = NOW - timedelta(hours=1)


def test_an_entry_is_kept_as_it_was_written(books: Engine) -> None:
    new = new_entry(expectation_id="x-1", event_key="5:0xb:0xt:3")
    written = posted(books, new)
    (kept,) = all_entries(books)
    assert kept == written
    assert (kept.id, kept.phase, kept.rule, kept.currency) == (new.id, Phase.POSTED, "test", "EUR")
    assert (kept.uetr, kept.expectation_id, kept.event_key) == (UETR, "x-1", "5:0xb:0xt:3")
    assert (kept.value_date, kept.recorded_at) == (TODAY, NOW)
    assert (kept.resolves, kept.reversal_of) == (None, None)
    assert kept.postings == new.postings


def test_evidence_is_kept_as_json_gives_it_back(books: Engine) -> None:
    assert posted(books, new_entry()).evidence == {"page": 3, "lines": [1, 2]}
    assert all_entries(books)[0].evidence == {"page": 3, "lines": [1, 2]}


def test_a_posted_entry_moves_the_posted_counters(books: Engine) -> None:
    posted(books, new_entry(amount=100))
    assert counters(books, NOSTRO) == amounts(NOSTRO, dr=(0, 100))
    assert counters(books, ALICE) == amounts(ALICE, cr=(0, 100))
    assert counters(books, BOB) == amounts(BOB)


def test_a_pending_entry_moves_the_pending_counters(books: Engine) -> None:
    pending(books, new_entry(amount=100))
    assert counters(books, NOSTRO) == amounts(NOSTRO, dr=(100, 0))
    assert counters(books, ALICE) == amounts(ALICE, cr=(100, 0))


def test_an_entry_may_move_one_account_on_both_sides(books: Engine) -> None:
    posted(books, new_entry(postings=(debit(ALICE, 7), credit(ALICE, 7))))
    assert counters(books, ALICE) == amounts(ALICE, dr=(0, 7), cr=(0, 7))


def test_a_pending_entry_that_stands_moves_over_to_posted(books: Engine) -> None:
    announced = pending(books, new_entry(amount=100))
    standing = post_pending(books, announced.id, LATER)
    assert (standing.phase, standing.resolves, standing.recorded_at) == (
        Phase.POSTED,
        announced.id,
        LATER,
    )
    assert (standing.postings, standing.uetr) == (announced.postings, announced.uetr)
    assert counters(books, ALICE) == amounts(ALICE, cr=(0, 100))


def test_a_withdrawn_entry_leaves_no_trace_in_the_counters(books: Engine) -> None:
    announced = pending(books, new_entry(amount=100))
    voided = void_pending(books, announced.id, LATER)
    assert (voided.phase, voided.resolves, voided.narrative) == (
        Phase.VOIDED,
        announced.id,
        "withdrawn",
    )
    assert counters(books, ALICE) == amounts(ALICE)


def test_a_reversal_swaps_the_sides_and_keeps_the_value_date(books: Engine) -> None:
    first = posted(books, new_entry(amount=100, value_date=TODAY - timedelta(days=3)))
    back = reverse(books, first.id, LATER)
    assert (back.phase, back.reversal_of, back.narrative) == (Phase.POSTED, first.id, "wrong")
    assert (back.value_date, back.recorded_at) == (first.value_date, LATER)
    assert back.postings == swapped(first.postings)
    assert counters(books, ALICE) == amounts(ALICE, dr=(0, 100), cr=(0, 100))


def test_what_stood_after_being_pending_is_reversed_like_any_other(books: Engine) -> None:
    standing = post_pending(books, pending(books, new_entry(amount=100)).id)
    assert reverse(books, standing.id).reversal_of == standing.id
    assert counters(books, ALICE) == amounts(ALICE, dr=(0, 100), cr=(0, 100))


def test_what_ends_an_entry_is_never_recorded_before_it(books: Engine) -> None:
    first, announced = posted(books, new_entry("a")), pending(books, new_entry("b"))
    assert reverse(books, first.id, EARLIER).recorded_at == NOW
    assert post_pending(books, announced.id, EARLIER).recorded_at == NOW


def test_the_same_entry_again_gives_the_stored_one_and_books_nothing(books: Engine) -> None:
    first = posted(books, new_entry())
    before = rows(books)
    assert posted(books, new_entry(), LATER) == first
    assert rows(books) == before
    assert counters(books, ALICE) == amounts(ALICE, cr=(0, 100))


def test_the_same_pending_entry_again_gives_the_stored_one(books: Engine) -> None:
    first = pending(books, new_entry())
    assert pending(books, new_entry(), LATER) == first
    assert counters(books, ALICE) == amounts(ALICE, cr=(100, 0))


def test_a_named_resolution_may_be_repeated(books: Engine) -> None:
    announced = pending(books, new_entry())
    name = derived_id("test", "resolution")
    for at in (NOW, LATER):
        with unit_of_work(books) as session:
            standing = journal.post_pending(session, announced.id, at, name)
        assert (standing.id, standing.recorded_at) == (name, NOW)
    assert rows(books)[0] == 2


def test_sequences_rise_without_gaps_of_meaning(books: Engine) -> None:
    sequences = [posted(books, new_entry(name)).sequence for name in "abc"]
    assert sequences == sorted(set(sequences))
    with read_only(books) as session:
        assert store.last_sequence(session) == sequences[-1]


def test_empty_books_have_no_last_sequence(books: Engine) -> None:
    with read_only(books) as session:
        assert store.last_sequence(session) == 0


def test_entries_are_paged_by_sequence(books: Engine) -> None:
    whole = [posted(books, new_entry(name)) for name in "abcd"]
    with read_only(books) as session:
        assert store.entries(session, after=whole[0].sequence, limit=2) == whole[1:3]
        assert store.entries(session, after=whole[-1].sequence) == []


def test_entries_are_found_by_account_and_by_payment(books: Engine) -> None:
    to_alice = posted(books, new_entry("a"))
    to_bob = posted(
        books, new_entry("b", postings=(debit(ALICE, 5), credit(BOB, 5)), uetr=OTHER_UETR)
    )
    with read_only(books) as session:
        assert store.entries(session, account=ALICE.code) == [to_alice, to_bob]
        assert store.entries(session, account=BOB.code) == [to_bob]
        assert store.entries(session, uetr=UETR) == [to_alice]


def test_entries_are_found_by_what_they_answer(books: Engine) -> None:
    announced = pending(books, new_entry(event_key="e-1", expectation_id="x-1"))
    standing = post_pending(books, announced.id)
    back = reverse(books, standing.id)
    with read_only(books) as session:
        assert store.entries_by_event(session, "e-1") == [announced, standing, back]
        assert store.entries_by_expectation(session, "x-1") == [announced, standing, back]
        assert store.resolution(session, announced.id) == standing
        assert store.reversal(session, standing.id) == back
        assert store.resolution(session, back.id) is None
