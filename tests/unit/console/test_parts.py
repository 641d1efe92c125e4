"""The pure parts: how values read, ages, today's flow, the end of a list."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from node.console import ageing, display, page
from node.console.flow import Flow, flow_of
from node.console.newest import newest
from node.core.money import Money, currency
from node.settlement.instruction import Instruction, InstructionKind, InstructionState
from tests.support.clock import NOW
from tests.support.console_day import TODAY, UETR


@pytest.mark.parametrize(
    ("minor_units", "code", "text"),
    [
        (256_597_200, "CAD", "2,565,972.00"),
        (-9_654_400, "CAD", "-96,544.00"),
        (-5, "EUR", "-0.05"),
        (1234, "JPY", "1,234"),
        (1_234_567, "KWD", "1,234.567"),
        (2**63 - 1, "EUR", "92,233,720,368,547,758.07"),
        (0, "EUR", "0.00"),
        (7, "?", "7"),
    ],
)
def test_amounts_are_exact(minor_units: int, code: str, text: str) -> None:
    assert display.amount(minor_units, code) == text


def test_signs_and_gaps() -> None:
    assert display.signed(5, "JPY") == "+5"
    assert display.signed(0, "JPY") == "0"
    assert display.amount(None, "EUR") == display.day(None) == display.moment(None)
    assert display.moment(int(NOW.timestamp())) == display.moment(NOW) == "2026-11-24 09:30:00"
    assert display.short("0x" + "ab" * 32) == "0xabababab…ababab"
    assert display.plural(1, "break") == "1 break"
    assert display.plural(0, "match") == "no matches"


def test_ages_fall_into_their_buckets() -> None:
    numbers = [each.number for each in ageing.buckets([-1, 0, 1, 2, 4, 5, 90])]
    assert numbers == [2, 1, 2, 2]
    assert [ageing.tone(age) for age in (0, 1, 2, 5)] == ["calm", "calm", "warn", "bad"]


def test_flow_counts_today_alone() -> None:
    made = [
        _instruction("ISSUE", "EUR", 100, "SETTLED"),
        _instruction("ISSUE", "EUR", 50, "SENT"),
        _instruction("REDEEM", "EUR", 70, "FAILED"),
        _instruction("TRANSFER", "CAD", 30, "SETTLED"),
        _instruction("TRANSFER", "CAD", 30, "SETTLED", days_ago=1),
    ]
    cad, eur = flow_of(made, TODAY)
    assert eur.flows == (Flow(150, 2, 1, 0), Flow(0, 0, 0, 1), Flow())
    assert (cad.currency, cad.flows[2]) == ("CAD", Flow(30, 1, 1, 0))


def test_what_passes_through_a_contract_of_ours_flows_once() -> None:
    into = replace(_instruction("TRANSFER", "CAD", 30, "SETTLED"), debtor_wallet="0xalice")
    out = replace(_instruction("TRANSFER", "CAD", 30, "SETTLED"), debtor_wallet="0xengine")
    (cad,) = flow_of([into, out], TODAY, {"0xengine"})
    assert cad.flows[2] == Flow(30, 1, 1, 0)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 9, 1000])
def test_newest_finds_the_end_of_any_list(size: int) -> None:
    numbers = list(range(1, size + 1))

    def read(after: int, limit: int) -> list[int]:
        return [number for number in numbers if number > after][:limit]

    assert newest(read, 5) == numbers[-5:][::-1]


@pytest.mark.parametrize("theme", [":root {", ':root[data-theme="dark"] {'])
def test_colours_are_readable(theme: str) -> None:
    tokens = _tokens(theme)
    for ink in ("ink", "soft", "teal", "good", "warn", "bad"):
        for paper in ("paper", "card", "sunk"):
            assert _contrast(tokens[ink], tokens[paper]) >= 4.5, (ink, paper)
    for tone in ("good", "warn", "bad"):
        assert _contrast(tokens[tone], tokens[f"{tone}-wash"]) >= 4.5, tone


def _instruction(
    kind: str, code: str, minor_units: int, state: str, days_ago: int = 0
) -> Instruction:
    at = NOW - timedelta(days=days_ago)
    return Instruction(
        id="in", sequence=1, kind=InstructionKind(kind), gate_sequence=None, uetr=UETR,
        amount=Money(minor_units, currency(code)), debtor_wallet="", creditor_wallet="",
        nostro="", settlement_id="", end_to_end_id="", value_date=TODAY,
        state=InstructionState(state), reason="", created_by="", created_at=at, updated_at=at,
    )  # fmt: skip


def _tokens(theme: str) -> dict[str, str]:
    text = Path(page.STATIC / "console.css").read_text("utf-8")
    block = text[text.index(theme) :].partition("}")[0].partition("{")[2]
    pairs = [each.strip().partition(":") for each in block.split(";") if "--" in each]
    return {name[2:]: value.strip() for name, _, value in pairs}


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[low:high], 16) / 255 for low, high in pairwise((1, 3, 5, 7))]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
