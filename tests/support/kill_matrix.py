"""The same day lived again and again, each time killed at another moment and then started anew.

In: anvil, a kind of database that can be copied. Out: `Matrix`: what a life comes to that is left
alone, which moments it passes, and what one comes to that was killed at a moment. Used by tests of
crashes.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from node.chain.deployment.apply import ensure_deployed
from node.chain.deployment.plan import make_plan
from node.chain.deployments import checksummed
from node.chain.rpc import Rpc
from node.db.engine import open_engine
from node.submission.deployer import KeystoreDeployer
from tests.support import anvil as anvils
from tests.support.anvil import CHAIN_ID, Anvil
from tests.support.chain_keys import BANK, ROLES, MemorySigner, address
from tests.support.chain_way import CURRENCIES, Way
from tests.support.clock import Clock
from tests.support.command_line import ROOT
from tests.support.deployment import plan_data
from tests.support.kill_day import begin

# Gives a database of its own that begins as the prepared one stands, and takes it away after.
Copies = Callable[[], Iterator[str]]
# By number, or the how-manieth of its name, counted from one: what other lives pass before differs.
Moment = int | tuple[str, int]


@dataclass
class Matrix:
    """One prepared bank, of which each life gets a copy: of its chain and of its database."""

    anvil: Anvil
    given: dict[str, Any]
    copies: Copies
    process: subprocess.Popen[str]
    prepared: str = field(init=False)

    def __post_init__(self) -> None:
        self.prepared = self.anvil.ask("anvil_dumpState", True)

    def undisturbed(self, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as `life` takes it
        """What a life comes to that is left alone, and the moments that it passes."""
        with self.bank() as database:
            return self.life(database, **more)

    def killed(self, *moments: int) -> dict[str, Any]:
        """What the last of several lives comes to; each before it was killed at its moment."""
        with self.bank() as database:
            for moment in moments:
                ended = self.life(database, moment, survives=False)
                # A later life has less to do, so it may end before its moment comes.
                assert ended["code"] in (-signal.SIGKILL, 0), ended.get("error")
            return self.life(database)

    @contextmanager
    def bank(self) -> Iterator[str]:
        """The bank as prepared, once more; its database.

        On a chain of its own: one that is rewound for each life keeps what every life before has
        mined, and in the end forgets the oldest blocks, which are those of the prepared bank.
        """
        with (
            anvils.anvil(options=["--no-request-size-limit"]) as chain,
            contextmanager(self.copies)() as database,
        ):
            assert chain.ask("anvil_loadState", self.prepared)
            self.given["anvil"] = chain.url
            yield database

    def life(
        self, database: str, moment: Moment | None = None, *, survives: bool = True, **more: object
    ) -> dict[str, Any]:
        """One life on a database, and how it ended."""
        said = self._say({**self.given, "database": database, "die_at": moment, **more})
        assert not survives or said["code"] == 0, said["error"]
        return said

    def wake(self, child: int) -> dict[str, Any]:
        """Let a life go on that was stopped, and tell how it ended."""
        return self._say({"wake": child})

    def _say(self, what: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        said: dict[str, Any] = json.loads(self.process.stdout.readline())
        return said


@contextmanager
def matrix(anvil: Anvil, url: str, copies: Copies, folder: Path) -> Iterator[Matrix]:
    """Prepare a bank in a database: customers who hold money, and nothing under way."""
    record, now = folder / "record.json", _time(anvil)
    given: dict[str, Any] = {"record": str(record), "now": now.isoformat()}
    given["since"] = _prepare(anvil, url, record, now)
    command = [sys.executable, "-m", "tests.support.kill_life"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Matrix(anvil, given, copies, process)
        finally:
            process.kill()


def _time(anvil: Anvil) -> datetime:
    """The chain's own: going back to a snapshot takes it behind that of this machine."""
    return datetime.fromtimestamp(
        int(anvil.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16), UTC
    )


def _prepare(anvil: Anvil, url: str, record: Path, now: datetime) -> int:
    """Deploy, admit the customers, give them money; the height at which that is final."""
    for label in BANK:
        anvil.fund(address(label))
    data = plan_data(*CURRENCIES, chain_id=CHAIN_ID)
    for role in ROLES:
        data["roles"][role.upper()]["holders"] = [checksummed(address(role))]
    deployer = KeystoreDeployer(MemorySigner("deployer"), address("deployer"))
    engine, rpc = open_engine(url), Rpc([anvil.url], chain_id=CHAIN_ID)
    try:
        way = Way(
            engine,
            rpc,
            ensure_deployed(rpc, make_plan(data), deployer, record),
            Clock(now),
            lambda count: anvil.ask("anvil_mine", hex(count)),
            lambda depth: anvil.ask("anvil_reorg", depth, []),
        )
        begin(way)
        return rpc.block("latest").number
    finally:
        engine.dispose()
