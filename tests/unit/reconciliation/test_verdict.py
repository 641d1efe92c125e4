"""What groups come to: matches, and one named break where the records differ."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.reconciliation.breaks import Cause
from node.reconciliation.grouping import group
from node.reconciliation.item import Item, Kind, Record, effect_bank, effect_chain
from node.reconciliation.verdict import Context, Finding, Tolerance, Verdict, judge
from tests.support.recon_items import DAY, NOSTRO, OTHER, UETR, books, chain, line

COVERED = Context(today=DAY, tolerance=Tolerance("50.00"), covered={NOSTRO: DAY})
NOT_COVERED = Context(today=DAY, tolerance=Tolerance("50.00"))


def verdicts(*items: Item, context: Context = COVERED) -> list[Verdict]:
    return [judge(each, context) for each in group(items)]


def only(*items: Item, context: Context = COVERED) -> Verdict:
    found = verdicts(*items, context=context)
    assert len(found) == 1, found
    return found[0]


def finding(*items: Item, context: Context = COVERED) -> Finding:
    found = only(*items, context=context).finding
    assert found is not None
    return found


def test_three_records_that_say_the_same_match_without_a_break() -> None:
    found = only(chain(Kind.ISSUE, 500), books(Kind.ISSUE, 500), line(500))
    assert found.finding is None
    assert found.match is not None
    assert (found.match.rule, found.match.complete, found.match.difference) == (
        "exact_reference",
        True,
        0,
    )
    assert len(found.match.members) == 3


def test_a_transfer_needs_no_bank_line() -> None:
    found = only(chain(Kind.TRANSFER, 70), books(Kind.TRANSFER, 70))
    assert found.finding is None
    assert found.match is not None
    assert found.match.complete


def test_money_that_never_arrived_is_missing_once_the_statement_reaches_its_day() -> None:
    items = (chain(Kind.ISSUE, 500), books(Kind.ISSUE, 500))
    found = finding(*items)
    assert (found.cause, found.side, found.amount) == (Cause.MISSING, Record.BANK, 500)
    assert (found.effect_bank, found.effect_chain) == (-500, 0)
    assert finding(*items, context=NOT_COVERED).cause is Cause.TIMING


def test_a_line_nobody_announced_is_unidentified() -> None:
    found = finding(line(900, uetr=""))
    assert (found.cause, found.side, found.effect_bank) == (Cause.UNIDENTIFIED, Record.BANK, 900)


def test_a_line_whose_instruction_is_on_its_way_is_timing() -> None:
    on_its_way = Context(
        today=DAY, tolerance=Tolerance("50.00"), covered={NOSTRO: DAY}, expected=frozenset({UETR})
    )
    found = finding(line(900), context=on_its_way)
    assert (found.cause, found.side) == (Cause.TIMING, Record.CHAIN)


@pytest.mark.parametrize(
    ("arrived", "cause"),
    [(48_000, Cause.FEE), (45_000, Cause.FEE), (44_999, Cause.AMOUNT), (50_001, Cause.AMOUNT)],
)
def test_short_by_no_more_than_the_tolerance_is_a_fee(arrived: int, cause: Cause) -> None:
    found = finding(chain(Kind.ISSUE, 50_000), books(Kind.ISSUE, 50_000), line(arrived))
    assert (found.cause, found.amount, found.effect_bank) == (
        cause,
        arrived - 50_000,
        arrived - 50_000,
    )


def test_a_redemption_that_cost_more_than_booked_is_a_fee_too() -> None:
    found = finding(chain(Kind.REDEEM, -900), books(Kind.REDEEM, -900), line(-912))
    assert (found.cause, found.effect_bank) == (Cause.FEE, -12)


def test_a_movement_nobody_instructed_is_one_break_without_effect() -> None:
    found = finding(
        chain(Kind.TRANSFER, 70, uetr=""), books(Kind.TRANSFER, 70, uetr="", announced=False)
    )
    assert (found.cause, found.side, found.amount) == (Cause.UNIDENTIFIED, Record.CHAIN, 70)
    assert (found.effect_bank, found.effect_chain) == (0, 0)


def test_tokens_issued_without_instruction_wait_in_suspense_and_not_for_a_bank_line() -> None:
    unannounced = books(Kind.ISSUE, 70, uetr="", announced=False, nostro=0)
    found = finding(chain(Kind.ISSUE, 70, uetr=""), unannounced)
    assert (found.cause, found.side) == (Cause.UNIDENTIFIED, Record.CHAIN)
    assert (found.effect_bank, found.effect_chain) == (0, 0)


def test_the_same_line_twice_is_a_duplicate() -> None:
    found = finding(chain(Kind.ISSUE, 500), books(Kind.ISSUE, 500), line(500), line(500))
    assert (found.cause, found.side, found.effect_bank) == (Cause.DUPLICATE, Record.BANK, 500)


def test_a_second_event_under_a_used_reference_is_a_duplicate() -> None:
    again = books(Kind.ISSUE, 500, uetr="", event="e2", announced=False, nostro=0)
    found = finding(
        chain(Kind.ISSUE, 500),
        books(Kind.ISSUE, 500),
        line(500),
        chain(Kind.ISSUE, 500, event="e2"),
        again,
    )
    assert (found.cause, found.effect_bank, found.effect_chain) == (Cause.DUPLICATE, 0, 0)


def test_an_event_that_the_books_do_not_know() -> None:
    found = finding(chain(Kind.ISSUE, 500))
    assert (found.cause, found.side, found.effect_chain) == (Cause.MISSING, Record.BOOKS, 500)


def test_an_entry_of_another_amount_than_its_event() -> None:
    found = finding(chain(Kind.ISSUE, 300), books(Kind.ISSUE, 500), line(500))
    assert (found.cause, found.side, found.effect_chain) == (Cause.AMOUNT, Record.CHAIN, -200)


def test_an_entry_that_no_event_carries() -> None:
    found = finding(books(Kind.ISSUE, 500, event=""), line(500))
    assert (found.cause, found.side, found.effect_chain) == (Cause.MISSING, Record.CHAIN, -500)


def test_a_line_under_the_reference_of_a_transfer_explains_nothing() -> None:
    found = finding(chain(Kind.TRANSFER, 70), books(Kind.TRANSFER, 70), line(70))
    assert (found.cause, found.side, found.effect_bank) == (Cause.UNIDENTIFIED, Record.BANK, 70)


def test_an_adjustment_of_the_books_waits_for_its_line_only() -> None:
    found = only(books(Kind.ADJUSTMENT, -12, event=""), line(-12))
    assert found.finding is None
    assert found.match is not None
    assert found.match.complete


def test_without_reference_amount_and_date_match_where_they_are_unique_on_both_sides() -> None:
    found = only(chain(Kind.ISSUE, 500), books(Kind.ISSUE, 500), line(500, uetr=""))
    assert found.finding is None
    assert found.match is not None
    assert found.match.rule == "amount_and_date"


def test_a_line_that_carries_the_payers_reference_matches_on_another_day() -> None:
    late = line(500, uetr="", references=("E2E-7",), value_date=DAY + timedelta(days=2))
    found = only(chain(Kind.ISSUE, 500), books(Kind.ISSUE, 500, references=("E2E-7",)), late)
    assert found.finding is None
    assert found.match is not None
    assert found.match.rule == "payment_reference"


@pytest.mark.parametrize("reference", ["NOTPROVIDED", "NONREF"])
def test_the_word_for_no_reference_names_nothing(reference: str) -> None:
    late = line(500, uetr="", references=(reference,), value_date=DAY + timedelta(days=2))
    named = books(Kind.ISSUE, 500, references=(reference,))
    assert len(verdicts(chain(Kind.ISSUE, 500), named, late)) == 2


def test_a_payers_reference_used_twice_is_not_guessed_at() -> None:
    lines = [
        line(500, uetr="", references=("E2E-7",), value_date=DAY + timedelta(days=day))
        for day in (2, 3)
    ]
    named = books(Kind.ISSUE, 500, references=("E2E-7",))
    assert len(verdicts(chain(Kind.ISSUE, 500), named, *lines)) == 3


def test_two_lines_for_one_payment_are_not_guessed_at() -> None:
    found = verdicts(
        chain(Kind.ISSUE, 500), books(Kind.ISSUE, 500), line(500, uetr=""), line(500, uetr="")
    )
    assert sorted(each.finding.cause for each in found if each.finding) == [
        "MISSING",
        "UNIDENTIFIED",
        "UNIDENTIFIED",
    ]


def test_another_value_date_is_not_the_same_payment_without_a_reference() -> None:
    late = line(500, uetr="", value_date=DAY + timedelta(days=1))
    assert len(verdicts(chain(Kind.ISSUE, 500), books(Kind.ISSUE, 500), late)) == 2


def test_a_line_that_the_bank_took_back_is_gone() -> None:
    found = finding(
        chain(Kind.ISSUE, 500), books(Kind.ISSUE, 500), line(500), line(-500, reversal=True)
    )
    assert found.cause is Cause.MISSING


def test_an_entry_and_its_reversal_are_gone() -> None:
    entry = books(Kind.ADJUSTMENT, 500, uetr=OTHER, event="")
    undone = books(Kind.ADJUSTMENT, -500, uetr=OTHER, event="", reverses=entry.source)
    assert verdicts(entry, undone) == []


def test_a_break_names_every_row_it_stands_on() -> None:
    items = (chain(Kind.ISSUE, 500), books(Kind.ISSUE, 500), line(480))
    shown = finding(*items).evidence["items"]
    assert {each["source"] for each in shown} == {each.source for each in items}
    assert {each["amount"] for each in shown} == {"5.00", "4.80"}


_DAYS = st.sampled_from([DAY, DAY - timedelta(days=1), date(2026, 1, 2)])
_UETRS = st.sampled_from(["", UETR, OTHER, "22222222-2222-4333-8444-555555555555"])
_AMOUNTS = st.sampled_from([100, 200, -100, 5_000])


@st.composite
def _anything(draw: st.DrawFn) -> list[Item]:
    items: list[Item] = []
    for number in range(draw(st.integers(0, 9))):
        amount, uetr, day = draw(_AMOUNTS), draw(_UETRS), draw(_DAYS)
        kind = Kind.ISSUE if amount > 0 else Kind.REDEEM
        event = draw(st.sampled_from([f"e{number}", "shared"]))
        told = draw(st.sampled_from(["chain", "books", "both", "line"]))
        if told in {"chain", "both"}:
            items.append(chain(kind, amount, uetr=uetr, event=event, value_date=day))
        if told in {"books", "both"}:
            items.append(books(kind, amount, uetr=uetr, event=event, value_date=day))
        if told == "line":
            items.append(line(amount, uetr=uetr, value_date=day))
    return items


@given(_anything(), st.randoms(use_true_random=False))
def test_breaks_add_up_to_the_differences_whatever_the_records_say(
    items: list[Item], chance: random.Random
) -> None:
    found = [each.finding for each in verdicts(*items) if each.finding is not None]
    assert sum(each.effect_bank for each in found) == sum(map(effect_bank, items))
    assert sum(each.effect_chain for each in found) == sum(map(effect_chain, items))
    shuffled = list(items)
    chance.shuffle(shuffled)
    assert verdicts(*shuffled) == verdicts(*items)


@given(_anything())
def test_every_item_is_in_one_group_at_most_and_none_is_lost(items: list[Item]) -> None:
    placed = [each.source for made in group(items) for each in (*made.slots.values(), *made.extra)]
    assert sorted(placed) == sorted(each.source for each in items)
