"""One endpoint of a chain: asked a question or many, its answers read or refused.

In: a wire; methods and how to read their results. Out: what was read, or a leaf error.
Called by: rpc_pool, which knows the other endpoints.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from web3.providers.base import BaseProvider

from node.chain.http_connection import Bounds
from node.chain.rpc_errors import (
    BatchRefused,
    RateLimited,
    RpcLied,
    WrongChain,
    failure,
    is_not_yet,
)
from node.chain.rpc_shapes import quantity
from node.chain.rpc_wire import CHAIN_ID, Call, HttpWire, ProviderWire, Wire
from node.core.errors import ConcordError

BATCH_CALLS_MAX: Final = 100
DETAIL_LENGTH_MAX: Final = 500
_NONSENSE: Final = (KeyError, TypeError, ValueError, AttributeError, ConcordError)

Found = TypeVar("Found")
Read = Callable[[Any], Found]


class Endpoint:
    """Where a chain is asked; `name` may be shown to anyone."""

    def __init__(self, name: str, wire: Wire) -> None:
        self.name = name
        self.wire = wire
        self.lacks: set[str] = set()  # methods it has said it does not know
        self._batch_calls = BATCH_CALLS_MAX

    def ask(self, method: str, params: list[Any], read: Read[Found]) -> Found:
        """What `read` makes of the result. Raises `RpcUnavailable`, `RpcLied`, the error's leaf."""
        return read_answer(self.name, method, self.wire.ask((method, params)), read)

    def ask_all(self, calls: Sequence[Call], read: Read[Found]) -> list[Found]:
        """The same for many calls, in as few batches as the endpoint takes."""
        found: list[Found] = []
        while len(found) < len(calls):
            part = calls[len(found) : len(found) + self._batch_calls]
            answers = self._asked(part)
            # None where the batch was too large: the next one is smaller.
            for place, ((method, _), answer) in enumerate(zip(part, answers or (), strict=False)):
                try:
                    found.append(read_answer(self.name, method, answer, read))
                except RateLimited:
                    if place == 0:
                        raise
                    break  # some were answered; the rest is asked for once more
        return found

    def sound(self, method: str, found: object, read: Read[Found]) -> Found:
        """What `read` makes of a result that was given. Raises `RpcLied`."""
        return _sensible(self.name, method, found, read)

    def _asked(self, calls: Sequence[Call]) -> list[object] | None:
        if len(calls) == 1 or self._batch_calls == 1:
            return [self.wire.ask(call) for call in calls]
        try:
            return self.wire.ask_all(calls)
        except BatchRefused:
            self._batch_calls = max(len(calls) // 4, 1)
            return None


def http_endpoint(url: str, bounds: Bounds, chain_id: int | None) -> Endpoint:
    """An endpoint over HTTP, asked once per question: trying again is the business of the clock."""
    name = shown_address(url)
    return Endpoint(name, HttpWire(name, url, bounds, _greeting(name, chain_id)))


def local_endpoint(name: str, provider: BaseProvider, chain_id: int | None) -> Endpoint:
    """A chain in this process."""
    return Endpoint(name, ProviderWire(name, provider, _greeting(name, chain_id)))


def read_answer(name: str, method: str, answer: object, read: Read[Found]) -> Found:
    """What `read` makes of the result in a JSON-RPC answer."""
    if not isinstance(answer, Mapping):
        raise _lie(name, method, f"{answer!r} is no JSON-RPC answer")
    error = answer.get("error")
    if error:
        if not isinstance(error, Mapping):
            raise _lie(name, method, f"{error!r} is no error of JSON-RPC")
        if is_not_yet(method, error):
            return _sensible(name, method, None, read)
        raise failure(method, error, name)
    return _sensible(name, method, answer, lambda each: read(each["result"]))


def _sensible(name: str, method: str, found: object, read: Read[Found]) -> Found:
    try:
        return read(found)
    except RpcLied:
        raise  # it says more than we could
    except _NONSENSE as nonsense:
        raise _lie(name, method, str(nonsense)) from nonsense


def _lie(name: str, method: str, what: str) -> RpcLied:
    return RpcLied(f"{name} answers {method} with nonsense: {what}"[:DETAIL_LENGTH_MAX])


def _greeting(name: str, chain_id: int | None) -> Callable[[object], None] | None:
    """Refuses an endpoint that says it serves another chain."""
    if chain_id is None:
        return None

    def greeted(answer: object) -> None:
        found = read_answer(name, CHAIN_ID[0], answer, quantity)
        if found != chain_id:
            raise WrongChain(
                f"{name} serves chain {found}, the node is set up for chain {chain_id}",
                remedy="Correct CONCORD_RPC_URLS or CONCORD_CHAIN_ID. Nothing was sent.",
                expected=chain_id,
                found=found,
            )

    return greeted


def shown_address(url: str) -> str:
    """The address without what may be secret in it: user, password, path, query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
