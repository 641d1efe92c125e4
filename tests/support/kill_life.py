"""Lives of a node, each a process of its own, which may be killed or stopped at any one moment.

In, one JSON object a line on stdin: where the bank is, the moment, what comes then; or which
stopped life to wake. Out, one a line on stdout: how it ended, and what it came to. Run as a
program, by kill_matrix.

Each life is forked from this process, which has loaded everything and done nothing: so it begins
with an empty memory, as after a start, and without the seconds that loading takes.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from contextlib import redirect_stdout
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine

from node.chain.deployments import load_deployment
from node.chain.rpc import RpcUnavailable
from node.db.engine import open_engine
from node.jobs.leadership import Leadership
from tests.support.anvil import CHAIN_ID, Anvil
from tests.support.chain_desk import unfenced
from tests.support.chain_way import Way
from tests.support.clock import Clock
from tests.support.kill_day import ask, facts
from tests.support.kill_points import Points

ATTEMPTS: Final = 5


def live(given: dict[str, Any], points: Points) -> dict[str, Any]:
    """One life, to its end."""
    engine = open_engine(given["database"])
    points.watch_commits(engine)
    way = _way(given, engine, points)
    _day(way)
    passed = list(points.passed)
    return {"passed": passed, "facts": facts(way, given["since"])}


def _day(way: Way) -> None:
    """The whole day; a busy chain is asked again, as the runner of the node does."""
    for attempt in range(ATTEMPTS):
        try:
            ask(way)
            way.finish()
        except RpcUnavailable:
            if attempt == ATTEMPTS - 1:
                raise
            time.sleep(1)
        else:
            return


def _way(given: dict[str, Any], engine: Engine, points: Points) -> Way:
    anvil = Anvil(given["anvil"])

    def honest(method: str, params: list[Any]) -> dict[str, Any]:
        return anvil.answer(method, params)

    return Way(
        engine,
        points.rpc(honest, CHAIN_ID),
        load_deployment(Path(given["record"])),
        Clock(datetime.fromisoformat(given["now"])),
        lambda count: anvil.ask("anvil_mine", hex(count)),
        lambda depth: anvil.ask("anvil_reorg", depth, []),
        fence=_leads(engine, given["holder"]).check if given.get("holder") else unfenced,
    )


def _leads(engine: Engine, holder: str) -> Leadership:
    """The claim of one of several replicas."""
    leadership = Leadership(engine, holder)
    assert leadership.hold(), f"{holder} does not lead"
    return leadership


def main() -> None:
    """A life per line; tell how each ended."""
    stopped: dict[int, int] = {}
    for line in sys.stdin:
        given = json.loads(line)
        if "wake" in given:
            child = given["wake"]
            os.kill(child, signal.SIGCONT)
            _say(_ended(child, stopped.pop(child)))
            continue
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            _tell(given, writing)
        os.close(writing)
        if given.get("stops") and _stops(child):
            stopped[child] = reading
            _say({"stopped": child})
        else:
            _say(_ended(child, reading))


def _stops(child: int) -> bool:
    """Whether it stands still; else it has come to its end before that moment."""
    found = os.waitid(os.P_PID, child, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
    return found is not None and found.si_code == os.CLD_STOPPED


def _ended(child: int, reading: int) -> dict[str, Any]:
    with os.fdopen(reading) as told:
        said = told.read()
    _, status = os.waitpid(child, 0)
    return {"code": os.waitstatus_to_exitcode(status), **json.loads(said or "{}")}


def _say(what: dict[str, Any]) -> None:
    print(json.dumps(what), flush=True)  # noqa: T201 - how it speaks to its test


def _tell(given: dict[str, Any], writing: int) -> None:
    """Live and say what came of it, or what went wrong; never returns."""
    comes = signal.SIGSTOP if given.get("stops") else signal.SIGKILL
    passed: Counter[str] = Counter()

    def happens(number: int, name: str) -> None:
        passed[name] += 1
        if given["die_at"] in (number, [name, passed[name]]):
            os.kill(os.getpid(), comes)

    limit = given.get("file_bytes_max", resource.RLIM_INFINITY)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        with redirect_stdout(sys.stderr):  # a life's log is no answer
            said, code = live(given, Points(happens)), 0
    except BaseException:  # noqa: BLE001 - whatever it is, it is told
        said, code = {"error": traceback.format_exc()}, 1
    with os.fdopen(writing, "w") as out:
        json.dump(said, out)
    os._exit(code)


if __name__ == "__main__":
    main()
