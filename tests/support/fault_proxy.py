"""An endpoint that fails on purpose: over HTTP on loopback, or in this process.

In: what an honest chain answers, and per method the fault that stands before it. Out: an `Rpc` or
the URL of a server. Used by tests of what the node does with endpoints that break or lie.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from web3.providers.base import JSONBaseProvider

from node.chain.rpc import Rpc
from tests.support.fault_server import HangUp, Raw, serving

__all__ = [
    "Answer",
    "Fault",
    "Faults",
    "Raw",
    "changed",
    "hang_up",
    "refusal",
    "result",
    "served",
    "then_honest",
]

Answer = Callable[[str, list[Any]], dict[str, Any]]
# Gets a way to the honest answer and the parameters; gives what the endpoint says instead.
Fault = Callable[[Callable[[], dict[str, Any]], list[Any]], Any]


@dataclass
class Faults:
    """An honest chain behind faults; `asked` keeps every method in the order of asking.

    Over HTTP, `gate` may answer a request whatever it asks, and `connections` keeps the headers
    with which each connection began.
    """

    honest: Answer
    faults: dict[str, Fault] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    batches: bool = True
    batch_calls_max: int = 1000
    gate: Callable[[], Raw | None] = lambda: None
    connections: list[Mapping[str, str]] = field(default_factory=list)

    def answer(self, method: str, params: list[Any]) -> Any:  # noqa: ANN401 - any nonsense
        self.asked.append(method)
        fault = self.faults.get(method) or self.faults.get("*")
        if fault is None:
            return self.honest(method, params)
        return fault(lambda: self.honest(method, params), params)

    def rpc(self, chain_id: int | None = None) -> Rpc:
        """An `Rpc` on this chain, without a network between."""
        return Rpc(_InProcess(self.answer), chain_id=chain_id)


class _InProcess(JSONBaseProvider):
    def __init__(self, answer: Callable[[str, list[Any]], Any]) -> None:
        super().__init__()
        self._answer = answer

    def make_request(self, method: Any, params: Any) -> Any:  # noqa: ANN401 - web3's signature
        return self._answer(str(method), list(params))


def result(value: Any) -> Fault:  # noqa: ANN401 - JSON
    """The endpoint answers this."""
    return lambda _honest, _params: {"jsonrpc": "2.0", "id": 1, "result": value}


def refusal(code: int, message: str, data: object = None) -> Fault:
    """The endpoint answers with this error."""
    error: dict[str, Any] = {"code": code, "message": message}
    if data is not None:
        error["data"] = data
    return lambda _honest, _params: {"jsonrpc": "2.0", "id": 1, "error": error}


def changed(**members: Any) -> Fault:  # noqa: ANN401 - JSON
    """The honest object, or every object of the honest list, with some members replaced."""

    def bend(honest: Callable[[], dict[str, Any]], _params: list[Any]) -> dict[str, Any]:
        told = honest()
        found = told["result"]
        if isinstance(found, list):
            return {**told, "result": [{**each, **members} for each in found]}
        return {**told, "result": {**found, **members}}

    return bend


def then_honest(*faults: Fault) -> Fault:
    """One fault after the other, then the truth."""
    left = list(faults)

    def bend(honest: Callable[[], dict[str, Any]], params: list[Any]) -> Any:  # noqa: ANN401
        return left.pop(0)(honest, params) if left else honest()

    return bend


def hang_up(_honest: Callable[[], dict[str, Any]], _params: list[Any]) -> Any:  # noqa: ANN401
    """The endpoint closes the connection."""
    raise HangUp


@contextmanager
def served(faults: Faults) -> Iterator[str]:
    """The URL of a server on loopback that answers so, until the end of the block."""

    def longest() -> int:
        return faults.batch_calls_max if faults.batches else 0

    heard = faults.connections.append
    with serving(faults.answer, faults.gate, longest, heard) as url:
        yield url
