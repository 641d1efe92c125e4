"""Accepts instructions: judges a command, announces it to the books, prepares its transactions.

In: a command and its caller. Out: an `Outcome`, or a refusal after which nothing is kept.
Called by: api, demo. Everything a command does commits in one unit of work.

Whether the wallet holds enough is not judged here but by simulation before anything is signed: only
the chain knows at that moment, and the answer would be stale by the next block.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine
from sqlmodel import Session

from node.control import limits
from node.control.limits import Limits
from node.core.clock import Clock
from node.core.ids import parse_uetr
from node.core.money import currency, parse_positive
from node.db.unit_of_work import unit_of_work
from node.ledger import chart
from node.ledger import store as ledger
from node.ledger.account import unknown_account
from node.settlement import acceptance, store
from node.settlement.commands import (
    Caller,
    IssueCommand,
    Outcome,
    RedeemCommand,
    TransferCommand,
)
from node.settlement.desk import Desk
from node.settlement.instruction import (
    Instruction,
    InstructionKind,
    InstructionState,
    instruction_id,
)
from node.settlement.steps import prepare_steps
from node.settlement.wallet import SameWallet

__all__ = [
    "Caller",
    "IssueCommand",
    "Outcome",
    "RedeemCommand",
    "SettlementService",
    "TransferCommand",
]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A command of any kind, with its parts in one shape."""

    kind: InstructionKind
    currency: str
    amount: str
    debtor_wallet: str
    creditor_wallet: str
    nostro: str
    uetr: str
    end_to_end_id: str
    value_date: date | None


class SettlementService:
    """The front desk for instructions."""

    def __init__(self, *, engine: Engine, clock: Clock, desk: Desk, limits: Limits) -> None:
        self._engine = engine
        self._clock = clock
        self._desk = desk
        self._limits = limits

    @property
    def desk(self) -> Desk:
        """The contracts and the chain that instructions are settled on."""
        return self._desk

    @property
    def limits(self) -> Limits:
        """The most that one instruction may move."""
        return self._limits

    def issue(self, command: IssueCommand, caller: Caller) -> Outcome:
        """Give a customer tokens for money that came in."""
        return self._accept(
            _Asked(
                kind=InstructionKind.ISSUE,
                currency=command.currency,
                amount=command.amount,
                debtor_wallet="",
                creditor_wallet=command.creditor_wallet,
                nostro=command.nostro,
                uetr=command.uetr,
                end_to_end_id=command.end_to_end_id,
                value_date=command.value_date,
            ),
            caller,
        )

    def redeem(self, command: RedeemCommand, caller: Caller) -> Outcome:
        """Take a customer's tokens back and pay the money out."""
        return self._accept(
            _Asked(
                kind=InstructionKind.REDEEM,
                currency=command.currency,
                amount=command.amount,
                debtor_wallet=command.debtor_wallet,
                creditor_wallet="",
                nostro=command.nostro,
                uetr=command.uetr,
                end_to_end_id=command.end_to_end_id,
                value_date=command.value_date,
            ),
            caller,
        )

    def transfer(self, command: TransferCommand, caller: Caller) -> Outcome:
        """Let a customer pay another one."""
        return self._accept(
            _Asked(
                kind=InstructionKind.TRANSFER,
                currency=command.currency,
                amount=command.amount,
                debtor_wallet=command.debtor_wallet,
                creditor_wallet=command.creditor_wallet,
                nostro="",
                uetr=command.uetr,
                end_to_end_id=command.end_to_end_id,
                value_date=command.value_date,
            ),
            caller,
        )

    def _accept(self, asked: _Asked, caller: Caller) -> Outcome:
        with unit_of_work(self._engine) as session:
            made, replayed = acceptance.once(
                session,
                caller,
                find=store.instruction,
                make=lambda: self._made(session, asked, caller),
            )
            return Outcome(made, replayed)

    def _made(self, session: Session, asked: _Asked, caller: Caller) -> Instruction:
        instruction = self._judge(session, asked, caller)
        acceptance.keep(session, self._desk, instruction, instruction.ref)
        prepare_steps(session, self._desk, instruction, instruction.created_at)
        return instruction

    def _judge(self, session: Session, asked: _Asked, caller: Caller) -> Instruction:
        """Turn what was asked into an instruction. Raises a refusal for any part of it."""
        uetr = str(parse_uetr(asked.uetr))
        money = parse_positive(asked.amount, currency(asked.currency))
        limits.check_amount(money, self._limits)
        self._desk.token(asked.currency)
        debtor, creditor = _wallets(session, asked)
        if debtor and debtor == creditor:
            raise SameWallet(f"{debtor} would pay itself", remedy="Name another payee.")
        nostro = _nostro(session, asked)
        acceptance.check_unused(session, uetr)
        now = self._clock.now()
        has_gate = asked.kind is not InstructionKind.TRANSFER
        return Instruction(
            id=instruction_id(uetr),
            sequence=store.next_sequence(session),
            kind=asked.kind,
            gate_sequence=store.next_gate_sequence(session, asked.currency) if has_gate else None,
            uetr=uetr,
            amount=money,
            debtor_wallet=debtor,
            creditor_wallet=creditor,
            nostro=nostro,
            settlement_id="",
            end_to_end_id=acceptance.end_to_end_id(asked.end_to_end_id),
            value_date=asked.value_date or self._clock.today(),
            state=InstructionState.INSTRUCTED,
            reason="",
            created_by=caller.actor,
            created_at=now,
            updated_at=now,
        )


def _wallets(session: Session, asked: _Asked) -> tuple[str, str]:
    """Payer and payee; empty on the side where money comes in or goes out by the bank."""
    pays, receives = asked.kind != InstructionKind.ISSUE, asked.kind != InstructionKind.REDEEM
    debtor = acceptance.party(session, asked.debtor_wallet, pays=True) if pays else ""
    creditor = acceptance.party(session, asked.creditor_wallet, pays=False) if receives else ""
    return debtor, creditor


def _nostro(session: Session, asked: _Asked) -> str:
    if asked.kind is InstructionKind.TRANSFER:
        return ""
    prefix = f"NOSTRO:{asked.currency}:"
    number = asked.nostro.removeprefix(prefix)
    spec = chart.nostro(asked.currency, number)
    if ledger.account(session, spec.code) is None:
        raise unknown_account(spec.code)
    return spec.code
