"""Delivery or payment against payment: judges the legs, keeps them, plans their settlement.

In: a `SettleCommand`. Out: a kept `Settlement`, or a refusal. Called by: settlements here.
"""

from __future__ import annotations

from typing import Final

from node.core.ids import parse_uetr
from node.settlement import acceptance
from node.settlement.bench import Bench
from node.settlement.commands import SettleCommand, TransferCommand
from node.settlement.content import content_id, content_of
from node.settlement.instruction import Instruction
from node.settlement.plan import Planner
from node.settlement.settlement import (
    Settlement,
    SettlementMalformed,
    SettlementMethod,
    SettlementWay,
    ref_of,
)
from node.settlement.wallet import SameWallet
from node.submission.signer import Signer

_CURRENCIES_MIN: Final = 2


def keep_exchange(bench: Bench, command: SettleCommand, signer: Signer) -> Settlement:
    """Judge an exchange, keep it and prepare its transactions; `signer` consents for payers."""
    uetr = bench.fresh(command.uetr, *(each.uetr for each in command.legs))
    legs = [_leg(bench, each, uetr) for each in command.legs]
    _check_shape(command, legs)
    named = content_id(bench.desk, content_of(bench.desk, legs, ref_of(uetr), bench.deadline))
    settlement = bench.keep(uetr, command.method, command.way, named, legs)
    Planner(bench.session, bench.desk, settlement, bench.at).exchange(legs, signer)
    return settlement


def _leg(bench: Bench, asked: TransferCommand, uetr: str) -> Instruction:
    debtor = acceptance.party(bench.session, asked.debtor_wallet, pays=True)
    creditor = acceptance.party(bench.session, asked.creditor_wallet, pays=False)
    if debtor == creditor:
        raise SameWallet(f"{debtor} would pay itself", remedy="Name another payee.")
    return bench.leg(
        uetr,
        str(parse_uetr(asked.uetr)),
        bench.amount(asked.currency, asked.amount),
        debtor,
        creditor,
        end_to_end_id=acceptance.end_to_end_id(asked.end_to_end_id),
        value_date=asked.value_date,
    )


def _check_shape(command: SettleCommand, legs: list[Instruction]) -> None:
    """An exchange has legs in different tokens, and no two of them are alike."""
    if command.method is SettlementMethod.NET or command.way is SettlementWay.NETTED:
        raise SettlementMalformed(
            "an exchange is not netted", remedy="Send what the parties owe as a netting cycle."
        )
    alike = {(each.amount, each.debtor_wallet, each.creditor_wallet) for each in legs}
    currencies = {each.amount.asset.code for each in legs}
    if len(currencies) < _CURRENCIES_MIN or len(alike) < len(legs):
        raise SettlementMalformed(
            f"{command.method} needs legs in two currencies or more, no two of them alike",
            remedy="Pay in one currency alone by a transfer; add equal legs up to one.",
        )
