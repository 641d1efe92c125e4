"""The page of a break: every row it stands on, told so that a person finds it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from node.console.views.breaks import evidence_rows
from node.reconciliation.breaks import Break, Cause


def _break(*items: dict[str, Any]) -> Break:
    return Break(
        id="b", sequence=1, subject="payment:EUR/u", cause=Cause.FEE, side="bank", currency="EUR",
        amount=-12, effect_bank=-12, effect_chain=0, value_date=date(2026, 11, 24), uetr="",
        owner="treasury", open=True, accepted="", explanation="", evidence={"items": list(items)},
        opened_at=datetime(2026, 11, 24, tzinfo=UTC), closed_at=None, closed_reason="",
    )  # fmt: skip


def test_rows_stand_in_the_order_chain_books_bank() -> None:
    told = [{"side": side, "amount": "1.00"} for side in ("bank", "chain", "books")]
    assert [row.side for row in evidence_rows(_break(*told))] == ["chain", "books", "bank"]


def test_a_row_says_where_to_find_it_and_nothing_that_is_empty() -> None:
    line = {
        "side": "bank", "amount": "7988.00", "statement": "s-1", "position": 3, "line": 136,
        "reversal": False, "narrative": "", "source": "line:3",
    }  # fmt: skip
    (row,) = evidence_rows(_break(line))
    assert (row.amount, row.position) == ("7988.00", 3)
    assert row.facts == [("statement", "s-1"), ("position", 3), ("line", 136)]


def test_a_break_on_totals_has_no_rows() -> None:
    on_totals = replace(_break(), evidence={"rule": "chain_balance"})
    assert evidence_rows(on_totals) == []
