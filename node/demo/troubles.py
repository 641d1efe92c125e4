"""What goes wrong on the demo's day on the chain: a reorg, a lost race, a movement behind our back.

In: a `Stage`. Out: troubles in the node's records, each once. Called by: day here.
"""

from __future__ import annotations

from typing import Final

from node.bindings import deposit_token
from node.core.money import currency, parse_positive
from node.core.types import Address
from node.db.unit_of_work import read_only
from node.demo.stage import Stage, told_uetr
from node.events import store as events
from node.events.event import Change
from node.settlement.commands import IssueCommand, TransferCommand
from node.settlement.instruction import ENDS, InstructionState
from node.settlement.onboarding import GAS_MONEY_WEI
from node.submission.sender import sign_and_send
from node.submission.service import Call
from node.submission.signer import UnsignedTx

OUTSIDE_AMOUNT: Final = "150.00"
RACE_AMOUNT: Final = "5000.00"
RACERS: Final = ("race won", "race lost")
_GAS_LIMIT: Final = 300_000
_REORG_DEPTH: Final = 2  # the block of the issue and the one that confirmed it


def take_back(stage: Stage, issue: IssueCommand) -> None:
    """Let a reorg drop an issue that was confirmed and not final; the node brings it again."""
    stage.instruct(issue)
    stage.node.drive()
    if not _was_taken_back(stage, issue.uetr):
        _until_confirmed(stage, issue.uetr)
        stage.chain.reorg(_REORG_DEPTH)
    stage.play()


def race(stage: Stage, *, payer: Address, payee: Address) -> None:
    """Two payments that each look good alone, mined in one block: the second one reverts."""
    commands = [
        TransferCommand("EUR", RACE_AMOUNT, payer, payee, told_uetr(name), name.upper())
        for name in RACERS
    ]
    stage.chain.pause()
    try:
        for command in commands:
            stage.instruct(command)
        stage.node.drive()
    finally:
        stage.chain.resume()
    stage.play()


def move_outside(stage: Stage, label: str, payee: Address) -> None:
    """A holder signs a plain transfer with its own key; no instruction, no reference."""
    holder = stage.node.signer.address(label)
    rpc = stage.node.rpc
    if rpc.nonce(holder):
        return
    if not rpc.balance(holder):
        _send(stage, stage.node.desk.funder, Call(holder, "0x", GAS_MONEY_WEI))
    money = parse_positive(OUTSIDE_AMOUNT, currency("EUR"))
    token = stage.node.desk.token("EUR")
    _send(stage, holder, deposit_token.transfer(token, payee, money))
    stage.pass_blocks(5)


def _until_confirmed(stage: Stage, uetr: str) -> None:
    """Let blocks pass until the issue stands in the books as pending."""
    for _ in range(20):
        if _stands_confirmed(stage, uetr):
            return
        stage.pass_blocks(1)


def _stands_confirmed(stage: Stage, uetr: str) -> bool:
    found = stage.instruction(uetr)
    if found is None or found.state in ENDS:
        return True
    if found.state is not InstructionState.ON_CHAIN:
        return False
    with read_only(stage.node.engine) as session:
        told = events.events_by_uetr(session, uetr)
        return any(events.standing(session, each.id) is Change.CONFIRMED for each in told)


def _was_taken_back(stage: Stage, uetr: str) -> bool:
    found = stage.instruction(uetr)
    if found is not None and found.state in ENDS:
        return True
    with read_only(stage.node.engine) as session:
        told = events.events_by_uetr(session, uetr)
        return any(
            step.change is Change.RETRACTED
            for each in told
            for step in events.history(session, each.id)
        )


def _send(stage: Stage, sender: Address, call: Call) -> None:
    """Sign and send past the node, as somebody else would."""
    rpc = stage.node.rpc
    fees = rpc.fees()
    unsigned = UnsignedTx(
        chain_id=stage.node.deployment.chain_id,
        nonce=rpc.nonce(sender),
        to=call.target,
        data=call.calldata,
        value=call.value,
        gas=_GAS_LIMIT,
        fee_wei_max=2 * fees.base_wei + fees.tip_wei,
        tip_wei_max=fees.tip_wei,
    )
    sign_and_send(rpc, stage.node.signer, sender, unsigned)
