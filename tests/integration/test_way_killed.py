"""A process killed between its stages, again and again, ends where one ends that was left alone."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from node.db.unit_of_work import read_only
from node.ledger import store as ledger
from node.settlement import store as settlement
from node.submission import store as intents
from tests.support.chain_desk import caller, issue, redeem, transfer
from tests.support.chain_keys import CUSTOMERS
from tests.support.chain_way import CURRENCIES, Way, embedded_way

ROOT = Path(__file__).resolve().parents[2]
# Where each life begins among the stages, and after how many it is killed.
LIVES = ((0, 4), (4, 9), (6, 1), (5, 11), (2, 23))


def facts(way: Way) -> dict[str, Any]:
    """What must not depend on when a process died; blocks and fees may."""
    way.check()
    with read_only(way.engine) as session:
        instructions = settlement.instructions(session)
        kept = intents.intents(session)
        entries = ledger.entries(session)
        booked = Counter(
            (each.rule, each.phase.value, each.uetr, str(each.postings)) for each in entries
        )
    return {
        "instructions": [(each.kind, each.state, each.reason) for each in instructions],
        "intents": [(each.purpose, each.state, each.signer, each.nonce) for each in kept],
        "posted": {what: count for what, count in booked.items() if what[1] == "POSTED"},
        "held": {
            f"{currency} {label}": way.balance(currency, label)
            for currency in CURRENCIES
            for label in CUSTOMERS
        },
        "nonces": sorted(way.rpc.nonce(each) for each in way.signer.addresses()),
    }


def begin(way: Way) -> None:
    """Customers that hold money, and instructions of every kind that nobody has looked at yet."""
    way.open_the_doors()
    service = way.bank.service
    service.issue(issue(1, "50.00", "alice"), caller("1"))
    service.issue(issue(2, "50.00", "bob", currency="EUR"), caller("2"))
    way.finish()
    service.issue(issue(3, "20.00", "carol"), caller("3"))
    service.transfer(transfer(4, "12.00", "alice", "bob"), caller("4"))
    service.redeem(redeem(5, "30.00", "alice"), caller("5"))
    service.transfer(transfer(6, "999.00", "bob", "alice"), caller("6"))


@pytest.fixture(scope="module")
def undisturbed(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a node comes to that is left alone."""
    folder = tmp_path_factory.mktemp("undisturbed")
    database = folder / "concord.db"
    database.write_bytes(sqlite_template.read_bytes())
    with embedded_way(folder, f"sqlite:///{database}") as way:
        begin(way)
        way.finish()
        return facts(way)


def test_killed_between_stages_it_ends_in_the_same_state(
    undisturbed: dict[str, Any], database_url: str, tmp_path: Path
) -> None:
    with embedded_way(tmp_path, database_url) as way:
        begin(way)
    for first, count in LIVES:
        command = [
            *(sys.executable, "-m", "tests.support.chain_life"),
            *(str(tmp_path), database_url, str(first), str(count)),
        ]
        ended = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
        assert ended.returncode == -signal.SIGKILL, ended.stderr
    with embedded_way(tmp_path, database_url) as way:
        way.finish()
        assert facts(way) == undisturbed
