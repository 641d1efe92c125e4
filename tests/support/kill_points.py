"""Every point at which a process can die between its memory and the world: commits and RPC calls.

In: an engine, an honest chain. Out: `Points`, which counts each moment before and after a commit
or a call, names it, and ends the process at one of them (SIGKILL: nothing is cleaned up), or stops
it there until it is woken. Used by kill_life, in a process of its own.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine

from node.chain.rpc import Rpc
from tests.support.fault_proxy import Faults


@dataclass
class Points:
    """The moments passed so far, by name; at the one with the number `at` the signal comes."""

    at: int | None = None
    signal: int = signal.SIGKILL
    passed: list[str] = field(default_factory=list)

    def passes(self, name: str) -> None:
        """One more moment; the first has the number 0."""
        number = len(self.passed)
        self.passed.append(name)
        if number == self.at:
            os.kill(os.getpid(), self.signal)

    def watch_commits(self, engine: Engine) -> None:
        """Pass a moment before and after each commit of the engine."""
        commit = engine.dialect.do_commit

        def watched(connection: Any) -> None:  # noqa: ANN401 - whatever the driver calls one
            self.passes("before commit")
            commit(connection)
            self.passes("after commit")

        # Not the event `commit`: that one is told before, and nothing is told after.
        vars(engine.dialect)["do_commit"] = watched

    def rpc(self, honest: Callable[[str, list[Any]], dict[str, Any]], chain_id: int) -> Rpc:
        """The chain, with a moment before and after each call."""

        def watched(method: str, params: list[Any]) -> dict[str, Any]:
            self.passes(f"before {method}")
            answer = honest(method, params)
            self.passes(f"after {method}")
            return answer

        return Faults(watched).rpc(chain_id)
