"""Every point at which a process can die between its memory and the world: commits and RPC calls.

In: an engine, an honest chain, what happens at a moment. Out: `Points`, which counts and names each
moment before and after a commit or a call. Used by kill_life, which dies at one of them, and by
tests that let something else happen then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine

from node.chain.rpc import Rpc
from tests.support.fault_proxy import Faults


@dataclass
class Points:
    """The moments passed so far, by name; `happens` is told number and name of each."""

    happens: Callable[[int, str], None]
    passed: list[str] = field(default_factory=list)

    def passes(self, name: str) -> None:
        """One more moment."""
        self.passed.append(name)
        self.happens(len(self.passed) - 1, name)

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
