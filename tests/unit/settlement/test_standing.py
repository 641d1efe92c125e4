"""Whatever its intents do by their table, an instruction asks for no step that its own has not."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from node.core.money import Money, currency
from node.core.transitions import step
from node.core.types import ChainId
from node.settlement.instruction import (
    ENDS,
    STEPS,
    Instruction,
    InstructionKind,
    InstructionState,
)
from node.settlement.tracker import standing
from node.submission.intent import STEPS as INTENT_STEPS
from node.submission.intent import Intent, IntentState
from tests.support.chain_desk import uetr
from tests.support.chain_keys import address
from tests.support.clock import NOW

I = IntentState  # noqa: E741 - the ladder of intents

MOVES = [(old, new) for old, ways in INTENT_STEPS.items() for new in (old, *ways)]
# A payment is begun, or refused, once what it waits for is confirmed or ended badly.
TOGETHER = [
    (first, paid)
    for first, paid in product(sorted(MOVES), repeat=2)
    if paid == (I.PREPARED, I.PREPARED) or first[0] in {I.CONFIRMED, I.FINAL}
]


@pytest.mark.parametrize(("first", "paid"), TOGETHER, ids=str)
def test_no_step_of_its_intents_asks_for_an_illegal_one(
    first: tuple[IntentState, IntentState], paid: tuple[IntentState, IntentState]
) -> None:
    before = stands(AN_ISSUE, first[0], paid[0])
    after = stands(replace(AN_ISSUE, state=before), first[1], paid[1])
    if before is not after and before not in ENDS:
        assert step(STEPS, before, after) is after


def stands(instruction: Instruction, first: IntentState, paid: IntentState) -> InstructionState:
    """Where the issue stands with its intents in these states."""
    return standing(instruction, intents_in(first, paid), paid_by="ISSUE", settled=False)[0]


def intents_in(first: IntentState, paid: IntentState) -> dict[str, Intent]:
    """The two intents of an issue in some states."""
    return {
        purpose: Intent(
            id=purpose,
            sequence=sequence,
            instruction_id=AN_ISSUE.id,
            purpose=purpose,
            chain_id=ChainId(1),
            signer=address("issuer"),
            target=address("issuer"),
            calldata="0x",
            value=0,
            after=(),
            state=state,
            nonce=None,
            raw="",
            tx_hash="",
            block_number=None,
            block_hash="",
            attempts=0,
            reason="",
            created_at=NOW,
            updated_at=NOW,
        )
        for sequence, (purpose, state) in enumerate((("ATTEST", first), ("ISSUE", paid)))
    }


AN_ISSUE = Instruction(
    id="an issue",
    sequence=1,
    kind=InstructionKind.ISSUE,
    gate_sequence=1,
    uetr=uetr(1),
    amount=Money(500, currency("CAD")),
    debtor_wallet="",
    creditor_wallet=address("alice"),
    settlement_id="",
    nostro="NOSTRO:CAD:1",
    end_to_end_id="",
    value_date=NOW.date(),
    state=InstructionState.INSTRUCTED,
    reason="",
    created_by="partner",
    created_at=NOW,
    updated_at=NOW,
)
