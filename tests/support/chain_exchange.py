"""What several parties settle together, said shortly: exchanges, cycles, and what is kept of them.

In: amounts, labels, a bank. Out: commands, outcomes, the rows they left. Used by tests of
settlement.
"""

from __future__ import annotations

from node.db.unit_of_work import read_only
from node.settlement import store
from node.settlement.commands import (
    NetCommand,
    Owed,
    Prefunding,
    SettleCommand,
    SettlementOutcome,
    TransferCommand,
)
from node.settlement.instruction import Instruction
from node.settlement.settlement import Settlement, SettlementMethod, SettlementWay
from node.submission import store as intents
from node.submission.intent import Intent
from tests.support.chain_desk import SettlementDesk, caller, transfer, uetr
from tests.support.chain_keys import address

Command = SettleCommand | NetCommand
DVP, HELD = SettlementMethod.DVP, SettlementWay.HELD
PVP, SIGNED = SettlementMethod.PVP, SettlementWay.SIGNED
LEGS = (transfer(2, "5.00", "alice", "bob"), transfer(3, "7.00", "bob", "alice", currency="EUR"))


def exchange(
    *legs: TransferCommand, method: SettlementMethod = PVP, way: SettlementWay = SIGNED
) -> SettleCommand:
    """Alice pays CAD to Bob and Bob EUR to Alice, unless other legs are given."""
    return SettleCommand(method, way, uetr(1), legs or LEGS)


def owed(amount: str, debtor: str, creditor: str, currency: str = "CAD") -> Owed:
    """One label owes another."""
    return Owed(currency, amount, address(debtor), address(creditor))


def aside(amount: str, party: str, currency: str = "CAD") -> Prefunding:
    """A label sets money aside."""
    return Prefunding(currency, amount, address(party))


def cycle(*what: Owed | Prefunding) -> NetCommand:
    """Alice owes Bob 9 and he her 4, and both set something aside, unless told otherwise."""
    told = what or (
        owed("9.00", "alice", "bob"),
        owed("4.00", "bob", "alice"),
        aside("6.00", "alice"),
        aside("1.00", "bob"),
    )
    return NetCommand(
        uetr(1),
        tuple(each for each in told if isinstance(each, Owed)),
        tuple(each for each in told if isinstance(each, Prefunding)),
    )


def ask(
    bank: SettlementDesk, command: Command, key: str = "k", text: str = ""
) -> SettlementOutcome:
    """Have the bank settle it."""
    asking = caller(key, text)
    if isinstance(command, SettleCommand):
        return bank.settlements.settle(command, asking)
    return bank.settlements.net(command, asking)


def kept(bank: SettlementDesk) -> tuple[Settlement, list[Instruction], dict[str, Intent]]:
    """The settlement with its legs and its intents."""
    with read_only(bank.engine) as session:
        found = store.settlement_by_uetr(session, uetr(1))
        assert found is not None
        sent = intents.intents(session, instruction_id=found.id)
        return found, store.legs(session, found.id), {each.purpose: each for each in sent}
