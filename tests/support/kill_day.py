"""One day of a small bank, and what must not depend on when a process died in it.

In: a `Way`. Out: customers who hold money; the day's commands, not yet driven; its facts. Used by
tests of crashes and faults.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from node.db.unit_of_work import read_only
from node.ledger import store as ledger
from node.settlement import store as settlement
from node.settlement.commands import SettleCommand
from node.settlement.settlement import SettlementMethod, SettlementWay
from node.submission import store as intents
from tests.support.chain_desk import caller, issue, redeem, transfer, uetr
from tests.support.chain_keys import BANK, CUSTOMERS, address
from tests.support.chain_way import CURRENCIES, Way

LEGS = transfer(8, "5.00", "alice", "bob"), transfer(9, "7.00", "bob", "alice", currency="EUR")


def begin(way: Way) -> None:
    """Customers who hold money, and nothing under way."""
    way.open_the_doors()
    way.bank.service.issue(issue(1, "50.00", "alice"), caller("1"))
    way.bank.service.issue(issue(2, "50.00", "bob", currency="EUR"), caller("2"))
    way.finish()


def commands(way: Way) -> list[Callable[[], object]]:
    """Issue, transfer, hold, settle, redeem, and one that is refused.

    Asked again each changes nothing: so a partner bank asks that heard no answer.
    """
    service = way.bank.service
    exchange = SettleCommand(SettlementMethod.PVP, SettlementWay.HELD, uetr(7), LEGS)
    return [
        lambda: service.issue(issue(3, "20.00", "carol"), caller("3")),
        lambda: service.transfer(transfer(4, "12.00", "alice", "bob"), caller("4")),
        lambda: service.redeem(redeem(5, "30.00", "alice"), caller("5")),
        lambda: service.transfer(transfer(6, "999.00", "bob", "alice"), caller("6")),
        lambda: way.bank.settlements.settle(exchange, caller("7")),
    ]


def ask(way: Way) -> None:
    """All of them, once."""
    for command in commands(way):
        command()


def facts(way: Way, since: int = 0) -> dict[str, Any]:
    """What must not depend on when a process died: books, instructions, the chain's effects."""
    way.check()
    with read_only(way.engine) as session:
        instructions = settlement.instructions(session)
        kept = intents.intents(session)
        entries = ledger.entries(session)
    booked = Counter(
        f"{each.rule} {each.uetr} {each.postings}"
        for each in entries
        if each.phase.value == "POSTED"
    )
    nonces = sorted((each.signer, each.nonce) for each in kept if each.nonce is not None)
    return {
        "instructions": sorted([each.uetr, each.state, each.reason] for each in instructions),
        "intents": sorted([each.id, each.purpose, each.state, each.signer] for each in kept),
        "nonces": [list(each) for each in nonces],
        "sent": {label: way.rpc.nonce(address(label)) for label in (*BANK, *CUSTOMERS)},
        "posted": dict(sorted(booked.items())),
        "said": sorted(
            f"{each.address} {each.topics} {each.data}"
            for each in way.rpc.logs(since + 1, way.rpc.block("latest").number, _addresses(way))
        ),
        "held": {
            f"{currency} {label}": way.balance(currency, label)
            for currency in CURRENCIES
            for label in CUSTOMERS
        },
    }


def _addresses(way: Way) -> list[str]:
    """Every contract of the bank."""
    return [each.address for each in way.deployment.contracts]
