"""Settlements that are refused: each by its own code, and nothing of them is kept anywhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from node.control import halt
from node.control.halt import Scope
from node.core.errors import ConcordError
from node.db.unit_of_work import unit_of_work
from node.settlement.settlement import SettlementMethod, SettlementWay
from tests.support.chain_desk import SettlementDesk, caller, transfer, uetr
from tests.support.chain_exchange import (
    DVP,
    HELD,
    LEGS,
    Command,
    aside,
    ask,
    cycle,
    exchange,
    owed,
)
from tests.support.chain_keys import address
from tests.support.clock import NOW

ALICE, STRANGER = address("alice"), address("stranger")

REFUSED = [
    ("one currency", exchange(LEGS[0], transfer(3, "7.00", "bob", "alice")),
     "SETTLEMENT_MALFORMED"),
    ("one leg", exchange(LEGS[0]), "SETTLEMENT_MALFORMED"),
    ("legs alike", exchange(*LEGS, transfer(4, "5.0", "alice", "bob")), "SETTLEMENT_MALFORMED"),
    ("netted method", exchange(method=SettlementMethod.NET), "SETTLEMENT_MALFORMED"),
    ("netted way", exchange(way=SettlementWay.NETTED), "SETTLEMENT_MALFORMED"),
    ("one uetr for two", exchange(LEGS[0], replace(LEGS[1], uetr=uetr(2))), "UETR_ALREADY_USED"),
    ("a leg's uetr is its own", exchange(LEGS[0], replace(LEGS[1], uetr=uetr(1))),
     "UETR_ALREADY_USED"),
    ("stranger pays", exchange(LEGS[0], replace(LEGS[1], debtor_wallet=STRANGER)),
     "WALLET_UNKNOWN"),
    ("own key pays", exchange(LEGS[0], replace(LEGS[1], debtor_wallet=address("carol"))),
     "WALLET_NOT_CUSTODIAL"),
    ("pays itself", exchange(LEGS[0], replace(LEGS[1], debtor_wallet=ALICE)), "SAME_WALLET"),
    ("over limit", exchange(LEGS[0], replace(LEGS[1], amount="500.01")), "AMOUNT_OVER_LIMIT"),
    ("no token", exchange(LEGS[0], replace(LEGS[1], currency="USD")), "CURRENCY_NOT_TOKENISED"),
    ("zero", exchange(LEGS[0], replace(LEGS[1], amount="0.00")), "INVALID_AMOUNT"),
    ("no uetr", replace(exchange(), uetr="1"), "INVALID_REFERENCE"),
    ("too little aside", cycle(owed("9.00", "alice", "bob"), aside("8.99", "alice")),
     "NET_NOT_PREFUNDED"),
    ("nothing aside", cycle(owed("9.00", "alice", "bob")), "NET_NOT_PREFUNDED"),
    ("aside in another currency", cycle(owed("9.00", "alice", "bob"), aside("9", "alice", "EUR")),
     "NET_NOT_PREFUNDED"),
    ("aside twice", cycle(owed("9.00", "alice", "bob"), aside("9", "alice"), aside("9", "alice")),
     "SETTLEMENT_MALFORMED"),
    ("all cancels out", cycle(owed("9.00", "alice", "bob"), owed("9.00", "bob", "alice")),
     "SETTLEMENT_MALFORMED"),
    ("nothing owed", cycle(aside("9.00", "alice")), "SETTLEMENT_MALFORMED"),
    ("owes itself", cycle(owed("9.00", "alice", "alice"), aside("9", "alice")), "SAME_WALLET"),
    ("stranger owes", cycle(owed("9.00", "stranger", "alice")), "WALLET_UNKNOWN"),
    ("own key aside", cycle(owed("9.00", "alice", "carol"), aside("9", "carol")),
     "WALLET_NOT_CUSTODIAL"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "code"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED]
)
def test_a_refused_command_leaves_nothing(
    bank: SettlementDesk, command: Command, code: str
) -> None:
    before = bank.counts()
    with pytest.raises(ConcordError) as refused:
        ask(bank, command)
    assert refused.value.code == code
    assert refused.value.remedy
    assert bank.counts() == before


def test_a_uetr_of_a_payment_is_no_settlement_s_and_the_other_way_round(
    bank: SettlementDesk,
) -> None:
    ask(bank, exchange())
    with pytest.raises(ConcordError, match="instructed before"):
        bank.service.transfer(transfer(1, "1.00", "alice", "bob"), caller("other"))
    bank.service.transfer(transfer(9, "1.00", "alice", "bob"), caller("third"))
    with pytest.raises(ConcordError, match="instructed before"):
        ask(bank, replace(cycle(), uetr=uetr(9)), key="fourth")


def test_while_commands_are_halted_nothing_is_settled(bank: SettlementDesk) -> None:
    with unit_of_work(bank.engine) as session:
        halt.halt(session, Scope.COMMANDS, "drill", NOW)
    with pytest.raises(ConcordError) as refused:
        ask(bank, exchange())
    assert refused.value.code == "NODE_HALTED"


@pytest.mark.parametrize("command", [exchange(), exchange(method=DVP, way=HELD), cycle()])
def test_the_same_command_again_changes_nothing(bank: SettlementDesk, command: Command) -> None:
    first = ask(bank, command)
    before = bank.counts()
    bank.clock.later(seconds=3600)
    again = ask(bank, command)
    assert (again.settlement, again.replayed, first.replayed) == (first.settlement, True, False)
    assert bank.counts() == before
    with pytest.raises(ConcordError) as refused:
        ask(bank, command, text="another")
    assert refused.value.code == "IDEMPOTENCY_KEY_REUSED"
