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

from node.control import audit, commands, halt, limits
from node.control.halt import Scope
from node.control.limits import Limits
from node.core.clock import Clock
from node.core.errors import InvalidReference, UetrUsed
from node.core.ids import parse_uetr, wallet_key
from node.core.money import currency, parse_positive
from node.db.unit_of_work import unit_of_work
from node.feed.outbox import Kind, tell
from node.ledger import chart, journal
from node.ledger import store as ledger
from node.ledger.account import unknown_account
from node.ledger.expectation import Expectation
from node.settlement import store
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
from node.settlement.wallet import SameWallet, WalletNotCustodial, WalletUnknown

__all__ = [
    "Caller",
    "IssueCommand",
    "Outcome",
    "RedeemCommand",
    "SettlementService",
    "TransferCommand",
]

END_TO_END_ID_LENGTH_MAX = 35  # ISO 20022 Max35Text


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
            store.hold_order(session)  # of two equal commands the second one sees the first
            before = commands.once(
                session, caller.scope, caller.idempotency_key, caller.fingerprint
            )
            found = store.instruction(session, before) if before else None
            if found is not None:
                return Outcome(found, replayed=True)
            halt.refuse_when_halted(session, Scope.COMMANDS)
            instruction = self._judge(session, asked, caller)
            self._keep(session, instruction, caller)
            return Outcome(instruction, replayed=False)

    def _judge(self, session: Session, asked: _Asked, caller: Caller) -> Instruction:
        """Turn what was asked into an instruction. Raises a refusal for any part of it."""
        uetr = str(parse_uetr(asked.uetr))
        money = parse_positive(asked.amount, currency(asked.currency))
        limits.check_amount(money, self._limits)
        self._desk.token(asked.currency)
        debtor, creditor = self._wallets(session, asked)
        if debtor and debtor == creditor:
            raise SameWallet(f"{debtor} would pay itself", remedy="Name another payee.")
        nostro = _nostro(session, asked)
        _check_unused(session, uetr)
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
            end_to_end_id=_end_to_end_id(asked.end_to_end_id),
            value_date=asked.value_date or self._clock.today(),
            state=InstructionState.INSTRUCTED,
            reason="",
            created_by=caller.actor,
            created_at=now,
            updated_at=now,
        )

    def _keep(self, session: Session, instruction: Instruction, caller: Caller) -> None:
        now = instruction.created_at
        store.insert(session, instruction)
        for wallet in filter(None, (instruction.debtor_wallet, instruction.creditor_wallet)):
            spec = chart.wallet(instruction.amount.asset.code, wallet)
            journal.open_account(session, spec, at=now)
        journal.expect(session, expectation_of(instruction), now)
        prepare_steps(session, self._desk, instruction, now)
        commands.remember(
            session,
            caller.scope,
            caller.idempotency_key,
            caller.fingerprint,
            subject=instruction.id,
            at=now,
        )
        detail = {"amount": str(instruction.amount), "uetr": instruction.uetr}
        audit.record(
            session,
            actor=caller.actor,
            action=f"{instruction.kind.lower()}.instructed",
            subject=instruction.id,
            detail=detail,
            at=now,
        )
        tell(
            session,
            kind=Kind.INSTRUCTION_CHANGED,
            subject=instruction.id,
            data=detail | {"state": instruction.state},
            at=now,
        )

    def _wallets(self, session: Session, asked: _Asked) -> tuple[str, str]:
        """Payer and payee; empty on the side where money comes in or goes out by the bank."""
        pays, receives = asked.kind != InstructionKind.ISSUE, asked.kind != InstructionKind.REDEEM
        debtor = self._wallet(session, asked.debtor_wallet, pays=True) if pays else ""
        creditor = self._wallet(session, asked.creditor_wallet, pays=False) if receives else ""
        return debtor, creditor

    def _wallet(self, session: Session, address: str, *, pays: bool) -> str:
        key = wallet_key(address)
        wallet = store.wallet(session, key)
        if wallet is None:
            raise WalletUnknown(
                f"no customer has the wallet {key}",
                remedy="Onboard the wallet first (POST /v1/wallets), or correct the address.",
                wallet=key,
            )
        if pays and not wallet.custodial:
            raise WalletNotCustodial(
                f"{wallet.name} keeps the key of {key}; the node cannot pay from it",
                remedy="Let the customer sign, or name a wallet in the bank's custody.",
            )
        return key


def expectation_of(instruction: Instruction) -> Expectation:
    """What the books should see happen."""
    code = instruction.amount.asset.code
    debtor, creditor = instruction.debtor_wallet, instruction.creditor_wallet
    debit = chart.wallet(code, debtor).code if debtor else instruction.nostro
    credit = chart.wallet(code, creditor).code if creditor else instruction.nostro
    return Expectation(
        id=instruction.expectation_id,
        uetr=instruction.uetr,
        kind=instruction.kind,
        currency=code,
        amount=instruction.amount.minor_units,
        debit_account=debit,
        credit_account=credit,
        value_date=instruction.value_date,
        references=tuple(filter(None, (instruction.end_to_end_id,))),
    )


def _nostro(session: Session, asked: _Asked) -> str:
    if asked.kind is InstructionKind.TRANSFER:
        return ""
    prefix = f"NOSTRO:{asked.currency}:"
    number = asked.nostro.removeprefix(prefix)
    spec = chart.nostro(asked.currency, number)
    if ledger.account(session, spec.code) is None:
        raise unknown_account(spec.code)
    return spec.code


def _check_unused(session: Session, uetr: str) -> None:
    if store.instruction_by_uetr(session, uetr) or ledger.expectation_by_uetr(session, uetr):
        raise UetrUsed(
            f"a payment under UETR {uetr} was instructed before",
            remedy="Repeat the first request with its own Idempotency-Key, or give the new payment"
            " a UETR of its own.",
            uetr=uetr,
        )


def _end_to_end_id(text: str) -> str:
    if len(text) > END_TO_END_ID_LENGTH_MAX or not text.isprintable():
        raise InvalidReference(
            f"the end-to-end id {text[:40]!r} is longer than {END_TO_END_ID_LENGTH_MAX} characters"
            " or not printable",
            remedy="Send it as the payment message carries it.",
        )
    return text
