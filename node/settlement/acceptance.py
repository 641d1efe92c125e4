"""What accepting any command takes: once, from known parties, with records of all that follows.

In: addresses, UETRs, an instruction that was judged. Out: rows in the caller's unit of work, or a
refusal. Called by: service and settlements here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session

from node.control import audit, commands, halt
from node.control.halt import Scope
from node.core.errors import InvalidReference, UetrUsed
from node.core.ids import wallet_key
from node.db.order import hold_order
from node.feed.outbox import Kind, tell
from node.ledger import journal
from node.ledger import store as ledger
from node.ledger.expectation import Expectation
from node.settlement import store
from node.settlement.commands import Caller
from node.settlement.desk import Desk
from node.settlement.instruction import Instruction
from node.settlement.settlement import Settlement
from node.settlement.wallet import WalletNotCustodial, WalletUnknown

END_TO_END_ID_LENGTH_MAX = 35  # ISO 20022 Max35Text

Made = TypeVar("Made", Instruction, Settlement)


def once(
    session: Session,
    caller: Caller,
    *,
    find: Callable[[Session, str], Made | None],
    make: Callable[[], Made],
) -> tuple[Made, bool]:
    """What a command makes, or made before under the caller's key; then the second is True."""
    hold_order(session)  # of two equal commands the second one sees the first
    key = caller.scope, caller.idempotency_key, caller.fingerprint
    before = commands.once(session, *key)
    found = find(session, before) if before else None
    if found is not None:
        return found, True
    halt.refuse_when_halted(session, Scope.COMMANDS)
    made = make()
    commands.remember(session, *key, subject=made.id, at=made.created_at)
    return made, False


def party(session: Session, address: str, *, pays: bool) -> str:
    """The key of an onboarded wallet. Raises `WalletUnknown`, `WalletNotCustodial`."""
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


def check_unused(session: Session, uetr: str) -> None:
    """Raise `UetrUsed` where the UETR names a payment or a settlement already."""
    taken = (
        store.instruction_by_uetr(session, uetr)
        or store.settlement_by_uetr(session, uetr)
        or ledger.expectation_by_uetr(session, uetr)
    )
    if taken:
        raise UetrUsed(
            f"a payment under UETR {uetr} was instructed before",
            remedy="Repeat the first request with its own Idempotency-Key, or give the new payment"
            " a UETR of its own.",
            uetr=uetr,
        )


def keep(session: Session, desk: Desk, instruction: Instruction, ref: bytes) -> None:
    """Keep an instruction, announce it to the books under `ref`, and tell of it."""
    now, code = instruction.created_at, instruction.amount.asset.code
    store.insert(session, instruction)
    for wallet in filter(None, (instruction.debtor_wallet, instruction.creditor_wallet)):
        account, name = desk.account(code, wallet), desk.name_of(wallet)
        journal.open_account(session, account, label=name, at=now)
    journal.expect(session, expectation_of(desk, instruction, ref), now)
    _tell(session, instruction, now)


def expectation_of(desk: Desk, instruction: Instruction, ref: bytes) -> Expectation:
    """What the books should see happen, told by the chain under `ref`."""
    code = instruction.amount.asset.code
    debtor, creditor = instruction.debtor_wallet, instruction.creditor_wallet
    return Expectation(
        id=instruction.expectation_id,
        uetr=instruction.uetr,
        kind=instruction.kind,
        currency=code,
        amount=instruction.amount.minor_units,
        debit_account=desk.account(code, debtor).code if debtor else instruction.nostro,
        credit_account=desk.account(code, creditor).code if creditor else instruction.nostro,
        value_date=instruction.value_date,
        ref="0x" + ref.hex(),
        references=tuple(filter(None, (instruction.end_to_end_id,))),
    )


def end_to_end_id(text: str) -> str:
    """A caller's own reference as it is handed on. Raises `InvalidReference`."""
    if len(text) > END_TO_END_ID_LENGTH_MAX or not text.isprintable():
        raise InvalidReference(
            f"the end-to-end id {text[:40]!r} is longer than {END_TO_END_ID_LENGTH_MAX} characters"
            " or not printable",
            remedy="Send it as the payment message carries it.",
        )
    return text


def _tell(session: Session, instruction: Instruction, at: datetime) -> None:
    detail = {"amount": str(instruction.amount), "uetr": instruction.uetr}
    audit.record(
        session,
        actor=instruction.created_by,
        action=f"{instruction.kind.lower()}.instructed",
        subject=instruction.id,
        detail=detail,
        at=at,
    )
    tell(
        session,
        kind=Kind.INSTRUCTION_CHANGED,
        subject=instruction.id,
        data=detail | {"state": instruction.state},
        at=at,
    )
