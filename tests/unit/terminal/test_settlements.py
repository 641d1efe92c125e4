"""How the command line tells of settlements: what was exchanged, how, and where it stands."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from rich.console import Console

from node.core.money import Money, currency
from node.settlement.instruction import Instruction, InstructionKind, InstructionState
from node.settlement.settlement import Settlement, SettlementMethod, SettlementWay
from node.terminal import show
from node.terminal.shapes import settlement_object
from tests.support.chain_desk import uetr
from tests.support.clock import NOW

S = InstructionState
DVP = Settlement(
    id="s-1",
    sequence=1,
    uetr=uetr(1),
    method=SettlementMethod.DVP,
    way=SettlementWay.HELD,
    content_id="0x" + "5e" * 32,
    deadline=NOW + timedelta(days=1),
    created_by="desk",
    created_at=NOW,
)
NET = replace(DVP, method=SettlementMethod.NET, way=SettlementWay.NETTED)


def leg(number: int, amount: int, code: str, state: InstructionState = S.SETTLED) -> Instruction:
    return Instruction(
        id=f"in-{number}",
        sequence=number,
        kind=InstructionKind.TRANSFER,
        gate_sequence=None,
        uetr=uetr(number),
        amount=Money(amount, currency(code)),
        debtor_wallet="0xa",
        creditor_wallet="0xb",
        nostro="",
        settlement_id="s-1",
        end_to_end_id="",
        value_date=NOW.date(),
        state=state,
        reason="",
        created_by="desk",
        created_at=NOW,
        updated_at=NOW,
    )


def said(settlement: Settlement, *legs: Instruction) -> str:
    out = io.StringIO()
    show.settlements([settlement_object(settlement, legs)], Console(file=out, width=200))
    return out.getvalue().strip()


def test_an_exchange_says_what_was_given_for_what() -> None:
    assert said(DVP, leg(2, 10_000, "XAU"), leg(3, 2_300_000, "EUR")) == (
        "✓ delivery versus payment, out of holds: 10.000 XAU against 23,000.00 EUR, settled"
    )


def test_what_is_netted_counts_once() -> None:
    told = settlement_object(NET, [leg(2, 500, "EUR"), leg(3, 300, "EUR"), leg(4, 800, "EUR")])
    assert told["moves"] == [{"currency": "EUR", "amount": "8.00"}]


@pytest.mark.parametrize(
    ("states", "told"),
    [
        ((S.SETTLED, S.ON_CHAIN), "ON_CHAIN"),
        ((S.ON_CHAIN, S.SENT), "SENT"),
        ((S.FAILED, S.INSTRUCTED), "FAILED"),
        ((S.REFUSED, S.REFUSED), "REFUSED"),
    ],
)
def test_it_stands_where_the_last_of_its_legs_does(
    states: tuple[InstructionState, InstructionState], told: str
) -> None:
    legs = [leg(number, 500, "EUR", state) for number, state in enumerate(states, start=2)]
    assert settlement_object(DVP, legs)["state"] == told
    assert said(DVP, *legs).startswith("✗ ")
