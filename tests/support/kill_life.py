"""Lives of a node, each a process of its own, which may be killed at any one moment.

In, one JSON object a line on stdin: the database, and the moment to die at (none: never). Out, one
a line on stdout: how it ended, and what it came to. Run as a program, by kill_matrix.

Each life is forked from this process, which has loaded everything and done nothing: so it begins
with an empty memory, as after a start, and without the seconds that loading takes.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from node.chain.deployments import load_deployment
from node.db.engine import open_engine
from node.db.unit_of_work import read_only
from node.ledger import store as ledger
from node.settlement import store as settlement
from node.settlement.commands import SettleCommand
from node.settlement.settlement import SettlementMethod, SettlementWay
from node.submission import store as intents
from tests.support.anvil import CHAIN_ID, Anvil
from tests.support.chain_desk import caller, issue, redeem, transfer, uetr
from tests.support.chain_keys import BANK, CUSTOMERS, address
from tests.support.chain_way import CURRENCIES, Way
from tests.support.clock import Clock
from tests.support.kill_points import Points


def scenario(way: Way) -> None:
    """Issue, transfer, hold, settle, redeem, and one that is refused.

    Asked again it changes nothing: so a partner bank asks that heard no answer.
    """
    service = way.bank.service
    service.issue(issue(3, "20.00", "carol"), caller("3"))
    service.transfer(transfer(4, "12.00", "alice", "bob"), caller("4"))
    service.redeem(redeem(5, "30.00", "alice"), caller("5"))
    service.transfer(transfer(6, "999.00", "bob", "alice"), caller("6"))
    legs = transfer(8, "5.00", "alice", "bob"), transfer(9, "7.00", "bob", "alice", currency="EUR")
    exchange = SettleCommand(SettlementMethod.PVP, SettlementWay.HELD, uetr(7), legs)
    way.bank.settlements.settle(exchange, caller("7"))
    way.finish()


def facts(way: Way, since: int) -> dict[str, Any]:
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
            for each in way.rpc.logs(since + 1, way.rpc.block("latest").number, addresses(way))
        ),
        "held": {
            f"{currency} {label}": way.balance(currency, label)
            for currency in CURRENCIES
            for label in CUSTOMERS
        },
    }


def addresses(way: Way) -> list[str]:
    """Every contract of the bank."""
    return [each.address for each in way.deployment.contracts]


def live(given: dict[str, Any], points: Points) -> dict[str, Any]:
    """One life, to its end."""
    anvil = Anvil(given["anvil"])
    engine = open_engine(given["database"])
    points.watch_commits(engine)

    def honest(method: str, params: list[Any]) -> dict[str, Any]:
        return anvil.answer(method, params)

    way = Way(
        engine,
        points.rpc(honest, CHAIN_ID),
        load_deployment(Path(given["record"])),
        Clock(datetime.fromisoformat(given["now"])),
        lambda count: anvil.ask("anvil_mine", hex(count)),
        lambda depth: anvil.ask("anvil_reorg", depth, []),
    )
    scenario(way)
    passed = list(points.passed)
    points.die_at = None
    return {"passed": passed, "facts": facts(way, given["since"])}


def main() -> None:
    """Fork a life per line, and tell how it ended."""
    for line in sys.stdin:
        given = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            _tell(given, writing)
        os.close(writing)
        with os.fdopen(reading) as told:
            said = told.read()
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        print(json.dumps({"code": code, **json.loads(said or "{}")}), flush=True)  # noqa: T201


def _tell(given: dict[str, Any], writing: int) -> None:
    """Live and say what came of it, or what went wrong; never returns."""
    try:
        said, code = live(given, Points(given["die_at"])), 0
    except BaseException:  # noqa: BLE001 - whatever it is, it is told
        said, code = {"error": traceback.format_exc()}, 1
    with os.fdopen(writing, "w") as out:
        json.dump(said, out)
    os._exit(code)


if __name__ == "__main__":
    main()
