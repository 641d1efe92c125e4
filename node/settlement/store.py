"""All queries of instructions, settlements and wallets.

In: a session. Out: `Instruction`, `Settlement`, `Wallet`. Called by: service, settlements, tracker
and onboarding here; api, console, demo.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, func, or_, select

from node.core.money import Money, currency
from node.core.types import Address
from node.db.order import hold_order
from node.settlement.instruction import OPEN, Instruction, InstructionKind, InstructionState
from node.settlement.settlement import Settlement, SettlementMethod, SettlementWay
from node.settlement.tables import InstructionRow, SettlementRow, WalletRow
from node.settlement.wallet import Wallet

__all__ = [
    "count_open",
    "insert",
    "insert_settlement",
    "insert_wallet",
    "instruction",
    "instruction_by_uetr",
    "instructions",
    "latest",
    "legs",
    "next_gate_sequence",
    "next_sequence",
    "next_settlement_sequence",
    "open_instructions",
    "set_states",
    "settlement",
    "settlement_by_uetr",
    "settlements",
    "settlements_by_id",
    "wallet",
    "wallets",
]


_COLUMNS: Final = InstructionRow.__table__.c  # type: ignore[attr-defined]
_SET_STATE: Final = (
    update(InstructionRow.__table__)  # type: ignore[attr-defined]
    .where(_COLUMNS.id == bindparam("of"))
    .values(
        state=bindparam("to"),
        reason=bindparam("why"),
        updated_at=bindparam("at", type_=_COLUMNS.updated_at.type),
    )
)


def instructions(
    session: Session,
    *,
    after: int = 0,
    limit: int = 100,
    state: InstructionState | None = None,
    kind: InstructionKind | None = None,
) -> list[Instruction]:
    """Instructions behind a sequence, in the order of acceptance."""
    query = select(InstructionRow).where(col(InstructionRow.sequence) > after)
    if state is not None:
        query = query.where(InstructionRow.state == state)
    if kind is not None:
        query = query.where(InstructionRow.kind == kind)
    rows = session.exec(query.order_by(col(InstructionRow.sequence)).limit(limit))
    return [_instruction(row) for row in rows]


def latest(session: Session, limit: int = 50) -> list[Instruction]:
    """The newest instructions first."""
    query = select(InstructionRow).order_by(col(InstructionRow.sequence).desc()).limit(limit)
    return [_instruction(row) for row in session.exec(query)]


def open_instructions(
    session: Session, *, carried_by: Collection[str], uetrs: Collection[str]
) -> list[Instruction]:
    """Of these payments those that have not come to an end, in the order of acceptance.

    A payment is named by its UETR or by what carries it out: itself, or its settlement.
    """
    named = or_(
        col(InstructionRow.id).in_(carried_by),
        col(InstructionRow.settlement_id).in_(set(carried_by) - {""}),
        col(InstructionRow.uetr).in_(uetrs),
    )
    query = select(InstructionRow).where(named, col(InstructionRow.state).in_(OPEN))
    return [_instruction(row) for row in session.exec(query.order_by(col(InstructionRow.sequence)))]


def count_open(session: Session) -> int:
    """How many instructions have not come to an end."""
    query = select(func.count()).where(col(InstructionRow.state).in_(OPEN))
    return session.exec(query).one()


def instruction(session: Session, instruction_id: str) -> Instruction | None:
    """The instruction under that id."""
    row = session.get(InstructionRow, instruction_id)
    return None if row is None else _instruction(row)


def instruction_by_uetr(session: Session, uetr: str) -> Instruction | None:
    """The instruction of that payment."""
    row = session.exec(select(InstructionRow).where(InstructionRow.uetr == uetr)).one_or_none()
    return None if row is None else _instruction(row)


def next_sequence(session: Session) -> int:
    """The next place in the order of acceptance; held until commit."""
    hold_order(session)
    return (session.exec(select(func.max(InstructionRow.sequence))).one() or 0) + 1


def next_gate_sequence(session: Session, currency_code: str) -> int:
    """The next number for the gate of a currency."""
    query = select(func.max(InstructionRow.gate_sequence)).where(
        InstructionRow.currency == currency_code
    )
    return (session.exec(query).one() or 0) + 1


def insert(session: Session, new: Instruction) -> None:
    """Keep an instruction."""
    session.add(
        InstructionRow(
            id=new.id,
            sequence=new.sequence,
            kind=new.kind,
            gate_sequence=new.gate_sequence,
            uetr=new.uetr,
            currency=new.amount.asset.code,
            amount=new.amount.minor_units,
            debtor_wallet=new.debtor_wallet,
            creditor_wallet=new.creditor_wallet,
            nostro=new.nostro,
            settlement_id=new.settlement_id,
            end_to_end_id=new.end_to_end_id,
            value_date=new.value_date,
            state=new.state,
            reason=new.reason,
            created_by=new.created_by,
            created_at=new.created_at,
            updated_at=new.updated_at,
        )
    )
    session.flush()


def set_states(
    session: Session, moved: Sequence[tuple[str, InstructionState, str]], at: datetime
) -> None:
    """Move instructions on, each to a state and why; their content never changes."""
    if moved:
        rows = [{"of": id_, "to": to, "why": why, "at": at} for id_, to, why in moved]
        session.connection().execute(_SET_STATE, rows)


def legs(session: Session, settlement_id: str) -> list[Instruction]:
    """The legs of a settlement, in their order."""
    query = select(InstructionRow).where(InstructionRow.settlement_id == settlement_id)
    return [_instruction(row) for row in session.exec(query.order_by(col(InstructionRow.sequence)))]


def settlements(session: Session, *, after: int = 0, limit: int = 100) -> list[Settlement]:
    """Settlements behind a sequence, in the order of acceptance."""
    query = select(SettlementRow).where(col(SettlementRow.sequence) > after)
    rows = session.exec(query.order_by(col(SettlementRow.sequence)).limit(limit))
    return [_settlement(row) for row in rows]


def settlement(session: Session, settlement_id: str) -> Settlement | None:
    """The settlement under that id."""
    row = session.get(SettlementRow, settlement_id)
    return None if row is None else _settlement(row)


def settlements_by_id(session: Session, ids: Collection[str]) -> dict[str, Settlement]:
    """Those of these settlements that there are."""
    query = select(SettlementRow).where(col(SettlementRow.id).in_(ids))
    return {row.id: _settlement(row) for row in session.exec(query)}


def settlement_by_uetr(session: Session, uetr: str) -> Settlement | None:
    """The settlement under a UETR of its own."""
    row = session.exec(select(SettlementRow).where(SettlementRow.uetr == uetr)).one_or_none()
    return None if row is None else _settlement(row)


def next_settlement_sequence(session: Session) -> int:
    """The next place in the order of acceptance; held until commit."""
    hold_order(session)
    return (session.exec(select(func.max(SettlementRow.sequence))).one() or 0) + 1


def insert_settlement(session: Session, new: Settlement) -> None:
    """Keep a settlement."""
    session.add(
        SettlementRow(
            id=new.id,
            sequence=new.sequence,
            uetr=new.uetr,
            method=new.method,
            way=new.way,
            content_id=new.content_id,
            deadline=new.deadline,
            created_by=new.created_by,
            created_at=new.created_at,
        )
    )
    session.flush()


def wallets(session: Session) -> list[Wallet]:
    """Every onboarded wallet, in the order of onboarding."""
    query = select(WalletRow).order_by(col(WalletRow.onboarded_at), col(WalletRow.name))
    return [_wallet(row) for row in session.exec(query)]


def wallet(session: Session, address: str) -> Wallet | None:
    """The wallet at an address."""
    row = session.get(WalletRow, address.lower())
    return None if row is None else _wallet(row)


def insert_wallet(session: Session, new: Wallet) -> None:
    """Keep a wallet."""
    session.add(
        WalletRow(
            address=new.address,
            name=new.name,
            identifier=new.identifier,
            custodial=new.custodial,
            onboarded_at=new.onboarded_at,
        )
    )
    session.flush()


def _instruction(row: InstructionRow) -> Instruction:
    return Instruction(
        id=row.id,
        sequence=row.sequence,
        kind=InstructionKind(row.kind),
        gate_sequence=row.gate_sequence,
        uetr=row.uetr,
        amount=Money(row.amount, currency(row.currency)),
        debtor_wallet=row.debtor_wallet,
        creditor_wallet=row.creditor_wallet,
        nostro=row.nostro,
        settlement_id=row.settlement_id,
        end_to_end_id=row.end_to_end_id,
        value_date=row.value_date,
        state=InstructionState(row.state),
        reason=row.reason,
        created_by=row.created_by,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _settlement(row: SettlementRow) -> Settlement:
    return Settlement(
        id=row.id,
        sequence=row.sequence,
        uetr=row.uetr,
        method=SettlementMethod(row.method),
        way=SettlementWay(row.way),
        content_id=row.content_id,
        deadline=row.deadline,
        created_by=row.created_by,
        created_at=row.created_at,
    )


def _wallet(row: WalletRow) -> Wallet:
    return Wallet(Address(row.address), row.name, row.identifier, row.custodial, row.onboarded_at)
