"""What a settlement says to the chain: its content, the consent of each payer, the holds.

In: a settlement's parts, its legs, the desk. Out: the engine's content and its id, typed data to be
signed, terms of holds. Called by: settlements and plan here. Pure; the same parts, the same id.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from node.bindings import deposit_token, settlement_engine
from node.bindings.deposit_token import HoldTerms, SettlementTransfer
from node.bindings.settlement_engine import Content, Leg
from node.core.ids import wallet_key
from node.core.money import Money, to_chain
from node.core.types import Address
from node.settlement.desk import Desk
from node.settlement.instruction import Instruction
from node.submission.signer import TypedData, typed_digest

_NO_SALT: Final = bytes(32)  # the reference is used once, so no two contents are alike


def content_of(desk: Desk, legs: Iterable[Instruction], ref: bytes, deadline: datetime) -> Content:
    """All that an exchange says."""
    return Content(
        legs=tuple(_leg(desk, each) for each in legs),
        deadline=int(deadline.timestamp()),
        ref=ref,
        salt=_NO_SALT,
    )


def content_id(desk: Desk, content: Content) -> bytes:
    """What the engine names a content by: its hash in the engine's domain."""
    return typed_digest(settlement_engine.typed(desk.engine, desk.chain_id, content))


def consent_of(desk: Desk, leg: Instruction, id_: bytes, deadline: int) -> TypedData:
    """What the payer of a leg signs: exactly this payment, for exactly this content."""
    told = SettlementTransfer(
        engine=wallet_key(desk.engine.address),
        payer=Address(leg.debtor_wallet),
        payee=Address(leg.creditor_wallet),
        amount=units(leg.amount),
        instruction=id_,
        nonce=consent_nonce(leg),
        deadline=deadline,
    )
    return deposit_token.consent(desk.token(leg.amount.asset.code), desk.chain_id, told)


def consent_nonce(leg: Instruction) -> int:
    """The number a consent uses up: that of the payment itself, which nothing else has."""
    return UUID(leg.uetr).int


def leg_hold(desk: Desk, leg: Instruction, id_: bytes, deadline: int) -> HoldTerms:
    """The hold out of which the engine pays a leg, and nothing else can be paid."""
    return HoldTerms(
        holder=Address(leg.debtor_wallet),
        recipient=Address(leg.creditor_wallet),
        amount=units(leg.amount),
        notary=wallet_key(desk.engine.address),
        expiry=deadline,
        ref=id_,
    )


def net_hold(desk: Desk, wallet: str, amount: Money, ref: bytes, deadline: int) -> HoldTerms:
    """What a party sets aside for a cycle; the engine takes what it comes to owe, at most this."""
    engine = wallet_key(desk.engine.address)
    return HoldTerms(Address(wallet), engine, units(amount), engine, deadline, ref)


def _leg(desk: Desk, leg: Instruction) -> Leg:
    token = wallet_key(desk.token(leg.amount.asset.code).address)
    payer, payee = Address(leg.debtor_wallet), Address(leg.creditor_wallet)
    return Leg(token, payer, payee, units(leg.amount))


def units(amount: Money) -> int:
    """An amount as its token counts it."""
    return to_chain(amount, amount.asset.scale)
