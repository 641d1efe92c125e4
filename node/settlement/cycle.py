"""Netting cycles: judges who owes what and who sets what aside, keeps the net legs, plans the rest.

In: a `NetCommand`. Out: a kept `Settlement`, or a refusal. Called by: settlements here.

A leg of a cycle is what one party pays into the engine, or gets out of it, within the one
transaction that settles; so the engine's account is back at zero with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from node.bindings import settlement_engine
from node.bindings.settlement_engine import Credit, Cycle, Debit
from node.core.ids import derived_uetr, wallet_key
from node.core.money import Money
from node.core.types import Address
from node.settlement import acceptance
from node.settlement.bench import Bench
from node.settlement.commands import NetCommand, Owed
from node.settlement.content import net_hold, units
from node.settlement.instruction import Instruction
from node.settlement.netting import Net, Obligation, net
from node.settlement.plan import Hold, Planner
from node.settlement.settlement import (
    NotPrefunded,
    Settlement,
    SettlementMalformed,
    SettlementMethod,
    SettlementWay,
    ref_of,
)
from node.settlement.wallet import SameWallet

Position = tuple[str, str]  # currency and wallet
Funded = tuple[Net, Money]  # a position, and what its party sets aside


def keep_cycle(bench: Bench, command: NetCommand) -> Settlement:
    """Judge a cycle, keep it and prepare its transactions."""
    uetr = bench.fresh(command.uetr)
    owed = [_obligation(bench, each) for each in command.owed]
    positions, caps = _positions(owed), _caps(bench, command)
    funded = _funded(positions, caps)
    ref, expiry = ref_of(uetr), int(bench.deadline.timestamp())
    legs = [_leg(bench, each, uetr) for each in positions]
    settlement = bench.keep(uetr, SettlementMethod.NET, SettlementWay.NETTED, ref, legs)
    holds = {
        key: Hold(key[0], net_hold(bench.desk, key[1], amount, ref, expiry))
        for key, amount in caps.items()
    }
    paying = {_key(each) for each in positions if each.pays}
    spare = [hold for key, hold in holds.items() if key not in paying]
    planner = Planner(bench.session, bench.desk, settlement, bench.at)
    planner.net(_cycle(bench, ref, owed, funded), list(holds.values()), spare)
    return settlement


def _obligation(bench: Bench, asked: Owed) -> Obligation:
    amount = bench.amount(asked.currency, asked.amount)
    debtor = acceptance.party(bench.session, asked.debtor_wallet, pays=True)
    creditor = acceptance.party(bench.session, asked.creditor_wallet, pays=False)
    if debtor == creditor:
        raise SameWallet(f"{debtor} would owe itself", remedy="Name another creditor.")
    return Obligation(debtor, creditor, amount)


def _positions(owed: Sequence[Obligation]) -> list[Net]:
    """What is left to be paid. Raises `SettlementMalformed` where that is nothing."""
    positions = net(owed)
    if not positions:
        raise SettlementMalformed(
            "what the parties owe each other leaves nothing to pay",
            remedy="Settle it in the parties' own books; the chain has nothing to do.",
        )
    return positions


def _caps(bench: Bench, command: NetCommand) -> dict[Position, Money]:
    """What each party sets aside."""
    caps: dict[Position, Money] = {}
    for each in command.prefunding:
        key = each.currency, acceptance.party(bench.session, each.wallet, pays=True)
        if key in caps:
            raise SettlementMalformed(
                f"{key[1]} sets {key[0]} aside twice",
                remedy="Name each party once per currency.",
            )
        caps[key] = bench.amount(each.currency, each.amount)
    return caps


def _funded(positions: Sequence[Net], caps: Mapping[Position, Money]) -> list[Funded]:
    """Each position with what its party sets aside. Raises `NotPrefunded`."""
    nothing = {_key(each): Money(0, each.amount.asset) for each in positions}
    found = [(each, caps.get(_key(each), nothing[_key(each)])) for each in positions]
    for each, cap in found:
        if cap < -each.amount:
            raise NotPrefunded(
                f"{each.party} comes to owe {-each.amount} and sets {cap} aside",
                remedy="Let the party set more aside, or leave its obligations out.",
            )
    return found


def _leg(bench: Bench, position: Net, uetr: str) -> Instruction:
    engine = wallet_key(bench.desk.engine.address)
    own = derived_uetr("net", uetr, *_key(position))
    if position.pays:
        return bench.leg(uetr, own, -position.amount, position.party, engine)
    return bench.leg(uetr, own, position.amount, engine, position.party)


def _key(position: Net) -> Position:
    return position.amount.asset.code, position.party


def _cycle(bench: Bench, ref: bytes, owed: Iterable[Obligation], funded: Iterable[Funded]) -> Cycle:
    """The cycle as the engine is told of it."""
    nets = list(funded)
    # The engine refuses a token in which nothing is left to pay.
    moving = {position.amount.asset for position, _ in nets}
    return Cycle(
        id=ref,
        expiry=int(bench.deadline.timestamp()),
        obligations=tuple(
            settlement_engine.Obligation(
                _token(bench, each.amount),
                Address(each.debtor),
                Address(each.creditor),
                units(each.amount),
            )
            for each in owed
            if each.amount.asset in moving
        ),
        debits=tuple(
            Debit(_token(bench, cap), Address(position.party), units(cap), units(-position.amount))
            for position, cap in nets
            if position.pays
        ),
        credits=tuple(
            Credit(_token(bench, each.amount), Address(each.party), units(each.amount))
            for each, _ in nets
            if not each.pays
        ),
    )


def _token(bench: Bench, amount: Money) -> Address:
    return wallet_key(bench.desk.token(amount.asset.code).address)
