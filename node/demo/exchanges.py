"""What the demo's customers settle with each other: gold for euros, euros for dollars, a net batch.

In: a `Stage`, wallets by label. Out: three settlements, all made. Called by: day here.

Gold changes hands out of holds, each party at its own time; the two currencies change hands in one
transaction that both parties signed; the batch moves what six debts of four parties add up to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from node.core.types import Address
from node.demo.stage import Stage, told_uetr
from node.settlement.commands import (
    NetCommand,
    Owed,
    Prefunding,
    SettleCommand,
    TransferCommand,
)
from node.settlement.settlement import SettlementMethod, SettlementWay

# Payer, payee, currency, amount.
Leg = tuple[str, str, str, str]
GOLD: Final[tuple[Leg, ...]] = (
    ("delta", "acme", "XAU", "10.000"),
    ("acme", "delta", "EUR", "23000.00"),
)
DOLLARS: Final[tuple[Leg, ...]] = (
    ("brenner", "acme", "EUR", "10000.00"),
    ("acme", "brenner", "USD", "10900.00"),
)
DEBTS: Final[tuple[Leg, ...]] = (
    ("acme", "brenner", "EUR", "4000.00"),
    ("brenner", "claro", "EUR", "3200.00"),
    ("claro", "delta", "EUR", "2600.00"),
    ("delta", "acme", "EUR", "1800.00"),
    ("acme", "claro", "EUR", "900.00"),
    ("brenner", "delta", "EUR", "1100.00"),
)
SET_ASIDE: Final = {"acme": "5000.00", "brenner": "1000.00", "claro": "2000.00", "delta": "2000.00"}


def play(stage: Stage, wallets: Mapping[str, Address]) -> None:
    """Settle all three, side by side."""
    stage.say("gold is delivered against euros, each side out of a hold")
    dvp, held = SettlementMethod.DVP, SettlementWay.HELD
    stage.settle(_exchange("gold for acme", dvp, held, GOLD, wallets))
    stage.say("euros are paid against dollars, both parties have signed")
    pvp, signed = SettlementMethod.PVP, SettlementWay.SIGNED
    stage.settle(_exchange("dollars for brenner", pvp, signed, DOLLARS, wallets))
    stage.say("six debts of four customers are settled net, out of what they set aside")
    stage.settle(_batch("noon batch", wallets))
    stage.play()


def _exchange(
    name: str,
    method: SettlementMethod,
    way: SettlementWay,
    legs: tuple[Leg, ...],
    wallets: Mapping[str, Address],
) -> SettleCommand:
    return SettleCommand(
        method=method,
        way=way,
        uetr=told_uetr(name),
        legs=tuple(_payment(name, each, wallets) for each in legs),
    )


def _payment(name: str, leg: Leg, wallets: Mapping[str, Address]) -> TransferCommand:
    payer, payee, currency, amount = leg
    uetr, reference = told_uetr(name, currency), f"{name} {currency}".upper()
    return TransferCommand(currency, amount, wallets[payer], wallets[payee], uetr, reference)


def _batch(name: str, wallets: Mapping[str, Address]) -> NetCommand:
    return NetCommand(
        uetr=told_uetr(name),
        owed=tuple(
            Owed(currency, amount, wallets[debtor], wallets[creditor])
            for debtor, creditor, currency, amount in DEBTS
        ),
        prefunding=tuple(
            Prefunding("EUR", amount, wallets[party]) for party, amount in SET_ASIDE.items()
        ),
    )
