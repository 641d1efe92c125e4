"""The transactions an instruction needs, in their order, as intents.

In: an accepted instruction, the desk. Out: intents, prepared in the caller's unit of work.
Called by: service (at acceptance), tracker (gives a hold back). Ids derive from the instruction, so
preparing twice prepares once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from node.bindings import deposit_token, issuance_gate
from node.bindings.deposit_token import HoldTerms
from node.core.ids import derived_id
from node.core.money import Money
from node.core.types import Address
from node.ledger import balances
from node.ledger import store as ledger
from node.ledger.expectation import ExpectationKind
from node.settlement.desk import Desk
from node.settlement.instruction import Instruction, InstructionKind
from node.submission import service as submission
from node.submission.service import Call

HOLD_LIFE: Final = timedelta(days=1)


def prepare_steps(session: Session, desk: Desk, instruction: Instruction, at: datetime) -> None:
    """Prepare every intent of a new instruction."""
    match instruction.kind:
        case InstructionKind.ISSUE:
            _prepare_issue(session, desk, instruction, at)
        case InstructionKind.REDEEM:
            _prepare_redeem(session, desk, instruction, at)
        case InstructionKind.TRANSFER:
            _prepare_transfer(session, desk, instruction, at)


def prepare_cancellation(
    session: Session, desk: Desk, instruction: Instruction, at: datetime
) -> None:
    """Give the hold of a redemption back that will not be redeemed."""
    gate = desk.gate(instruction.amount.asset.code)
    terms = hold_terms(desk, instruction).as_argument()
    _prepare(
        session,
        desk,
        instruction,
        at,
        purpose="CANCEL",
        signer=desk.issuer,
        call=issuance_gate.cancel_redemption(gate, terms),
    )


def intent_id(instruction_id: str, purpose: str) -> str:
    """The id of an instruction's intent for one purpose."""
    return str(derived_id("intent", instruction_id, purpose))


def hold_terms(desk: Desk, instruction: Instruction) -> HoldTerms:
    """The hold of a redemption; derived from the instruction, so it can be told again."""
    gate = desk.gate(instruction.amount.asset.code).address
    return HoldTerms(
        holder=Address(instruction.debtor_wallet),
        recipient=gate,
        amount=instruction.amount.minor_units,
        notary=gate,
        expiry=int((instruction.created_at + HOLD_LIFE).timestamp()),
        ref=instruction.ref,
    )


def liabilities(session: Session, of: Money) -> Money:
    """What the bank owes in a currency: posted to wallets, and announced to be issued."""
    code = of.asset.code
    posted = balances.total_tokenised(session, code)
    announced = ledger.announced_total(session, ExpectationKind.ISSUE, code)
    return Money(posted + announced, of.asset)


def _prepare_issue(session: Session, desk: Desk, instruction: Instruction, at: datetime) -> None:
    gate = desk.gate(instruction.amount.asset.code)
    owed = liabilities(session, instruction.amount)
    attested = _prepare(
        session,
        desk,
        instruction,
        at,
        purpose="ATTEST",
        signer=desk.attestor,
        call=issuance_gate.attest(gate, owed, int(at.timestamp())),
    )
    _prepare(
        session,
        desk,
        instruction,
        at,
        purpose="ISSUE",
        signer=desk.issuer,
        call=issuance_gate.issue(
            gate,
            instruction.gate_sequence or 0,
            instruction.ref,
            Address(instruction.creditor_wallet),
            instruction.amount,
        ),
        after=(attested,),
    )


def _prepare_redeem(session: Session, desk: Desk, instruction: Instruction, at: datetime) -> None:
    code = instruction.amount.asset.code
    terms = hold_terms(desk, instruction)
    held = _prepare(
        session,
        desk,
        instruction,
        at,
        purpose="HOLD",
        signer=Address(instruction.debtor_wallet),
        call=deposit_token.create_hold(desk.token(code), terms),
    )
    _prepare(
        session,
        desk,
        instruction,
        at,
        purpose="REDEEM",
        signer=desk.issuer,
        call=issuance_gate.redeem(
            desk.gate(code), instruction.gate_sequence or 0, instruction.ref, terms.as_argument()
        ),
        after=(held,),
    )


def _prepare_transfer(session: Session, desk: Desk, instruction: Instruction, at: datetime) -> None:
    token = desk.token(instruction.amount.asset.code)
    _prepare(
        session,
        desk,
        instruction,
        at,
        purpose="TRANSFER",
        signer=Address(instruction.debtor_wallet),
        call=deposit_token.transfer_with_ref(
            token, Address(instruction.creditor_wallet), instruction.amount, instruction.ref
        ),
    )


def _prepare(
    session: Session,
    desk: Desk,
    instruction: Instruction,
    at: datetime,
    *,
    purpose: str,
    signer: Address,
    call: Call,
    after: Sequence[str] = (),
) -> str:
    intent = submission.prepare(
        session,
        id=intent_id(instruction.id, purpose),
        instruction_id=instruction.id,
        purpose=purpose,
        chain_id=desk.chain_id,
        signer=signer,
        call=call,
        after=after,
        at=at,
    )
    return intent.id
