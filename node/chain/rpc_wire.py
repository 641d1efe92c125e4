"""How JSON-RPC reaches an endpoint: over HTTP, or to a provider in this process.

In: methods and parameters. Out: JSON-RPC answers as they came, one for each question in its order,
or a leaf error. Called by: rpc_endpoint.

A connection carries nothing before the other side has said on it which chain it serves: what
answers after a break, behind the same name, may be another node.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, Protocol

import orjson
from web3.providers.base import BaseProvider

from node.chain.http_connection import AnswerTooLong, Bounds, Connection, LineBroken, Reply
from node.chain.http_line import HttpLine
from node.chain.rpc_errors import (
    BatchRefused,
    RangeTooLarge,
    RateLimited,
    RpcLied,
    RpcUnavailable,
    failure,
)
from node.chain.rpc_shapes import pause_seconds
from node.core.errors import ConcordError

Call = tuple[str, list[Any]]
# What the other side said when it was asked for its chain id; raises where that is the wrong one.
Greeting = Callable[[object], None]
CHAIN_ID: Final[Call] = ("eth_chainId", [])
# Sent again, these bytes could be taken twice: once on the line that broke, once on the next.
_ONCE: Final = frozenset({"eth_sendRawTransaction"})
_BATCH_REFUSED: Final = frozenset({400, 404, 405, 413, 415, 422, 500, 501})
_RESPONSE_TOO_LARGE: Final = -32003  # geth's, for the part of a batch that no longer fits


class Wire(Protocol):
    """A way to one endpoint, for any number of threads."""

    def ask(self, call: Call, /) -> object:
        """One JSON-RPC answer. Raises `RpcUnavailable`."""

    def ask_all(self, calls: Sequence[Call], /) -> list[object]:
        """As many answers as calls, in their order. Raises `BatchRefused`, `RpcUnavailable`."""

    def part(self) -> None:
        """Let go of what stands between: the next question greets the endpoint anew."""


class ProviderWire:
    """A provider in this process; it takes one question at a time."""

    def __init__(self, name: str, provider: BaseProvider, greeting: Greeting | None) -> None:
        self._name, self._provider = name, provider
        self._greeting = greeting

    def ask(self, call: Call) -> object:
        if self._greeting is not None:
            self._greeting(self._asked(CHAIN_ID))
            self._greeting = None
        return self._asked(call)

    def ask_all(self, calls: Sequence[Call]) -> list[object]:
        return [self.ask(call) for call in calls]

    def part(self) -> None:
        pass

    def _asked(self, call: Call) -> object:
        method, params = call
        try:
            return self._provider.make_request(method, params)  # type: ignore[arg-type]
        except ConcordError:
            raise
        except Exception as error:  # noqa: BLE001 - a provider fails in many ways
            raise _unavailable(self._name, method, type(error).__name__) from None


class HttpWire:
    """JSON-RPC over kept-alive connections to one address."""

    def __init__(self, name: str, url: str, bounds: Bounds, greeting: Greeting | None) -> None:
        self._name = name
        self._line = HttpLine(url, bounds)
        self._greeting = greeting
        self._ids = itertools.count(1)

    def ask(self, call: Call) -> object:
        question = self._question(call)
        method, body = call[0], orjson.dumps(question)
        try:
            reply = self._exchange(method, body, again=method not in _ONCE)
        except AnswerTooLong as error:
            if method == "eth_getLogs":
                raise RangeTooLarge(f"{self._name}: {error}") from None
            raise _unavailable(self._name, method, str(error)) from None
        return self._one(method, question["id"], reply)

    def ask_all(self, calls: Sequence[Call]) -> list[object]:
        questions = [self._question(call) for call in calls]
        method = calls[0][0]
        try:
            reply = self._exchange(method, orjson.dumps(questions), again=True)
        except AnswerTooLong as error:
            raise BatchRefused(f"{self._name}: {error}") from None
        found = self._read(method, reply)
        if isinstance(found, list):
            return self._in_order(method, [each["id"] for each in questions], found)
        raise self._no_list(method, reply, found)

    def part(self) -> None:
        self._line.close()

    def _question(self, call: Call) -> dict[str, Any]:
        method, params = call
        return {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": params}

    def _exchange(self, method: str, body: bytes, *, again: bool) -> Reply:
        connection = self._line.take()
        is_fresh = connection.is_new
        try:
            return self._post(connection, body)
        except AnswerTooLong:
            raise
        except LineBroken as error:
            if is_fresh or not again:
                # Not its cause: that one may tell the address with the keys in it.
                raise _unavailable(self._name, method, str(error)) from None
        # It had been idle, so the other side may have closed it just then; so may all others.
        self._line.close()
        return self._exchange(method, body, again=False)

    def _post(self, connection: Connection, body: bytes) -> Reply:
        try:
            if connection.is_new and self._greeting is not None:
                question = self._question(CHAIN_ID)
                told = self._one(
                    CHAIN_ID[0], question["id"], connection.post(orjson.dumps(question))
                )
                self._greeting(told)
            reply = connection.post(body)
        except BaseException:
            connection.close()
            raise
        self._line.give_back(connection)
        return reply

    def _one(self, method: str, number: int, reply: Reply) -> object:
        found = self._read(method, reply)
        if _error_of(found) is None:
            if reply.status >= HTTPStatus.MULTIPLE_CHOICES:
                raise _unavailable(self._name, method, f"HTTP {reply.status}")
            if isinstance(found, Mapping) and found.get("id") != number:
                raise RpcLied(f"{self._name} answers another question than {method}")
        return found

    def _read(self, method: str, reply: Reply) -> object:
        if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise RateLimited(
                f"{self._name} answers {method} with HTTP 429",
                pause_seconds=pause_seconds(reply.headers.get("retry-after")),
            )
        try:
            return orjson.loads(reply.body)
        except orjson.JSONDecodeError:
            if reply.status < HTTPStatus.MULTIPLE_CHOICES:
                raise _unavailable(self._name, method, "the answer is no JSON") from None
            return None

    def _no_list(self, method: str, reply: Reply, found: object) -> ConcordError:
        """What it means that a batch was not answered by a list."""
        error = _error_of(found)
        if error is not None and isinstance(failure(method, error, self._name), RateLimited):
            return failure(method, error, self._name)
        if error is not None or reply.status in _BATCH_REFUSED:
            return BatchRefused(f"{self._name} answers a batch with HTTP {reply.status}")
        if reply.status >= HTTPStatus.MULTIPLE_CHOICES:
            return _unavailable(self._name, method, f"HTTP {reply.status}")
        return RpcLied(f"{self._name} answers a batch of {method} with no list")

    def _in_order(self, method: str, numbers: list[int], found: list[Any]) -> list[object]:
        answers = {each.get("id"): each for each in found if isinstance(each, Mapping)}
        errors = [error for each in found if (error := _error_of(each)) is not None]
        if any(error.get("code") == _RESPONSE_TOO_LARGE for error in errors):
            raise BatchRefused(f"{self._name}: a batch of {len(numbers)} {method} is too large")
        if len(found) == len(numbers) == len(answers) and set(answers) == set(numbers):
            return [answers[each] for each in numbers]
        if errors:
            raise BatchRefused(f"{self._name}: {errors[0].get('message')}")
        raise RpcLied(f"{self._name} answers a batch of {method} with other answers than asked for")


def _error_of(found: object) -> Mapping[str, Any] | None:
    error = found.get("error") if isinstance(found, Mapping) else None
    return error if isinstance(error, Mapping) else None


def _unavailable(name: str, method: str, what: str) -> RpcUnavailable:
    return RpcUnavailable(
        f"{name} does not answer {method}: {what}",
        remedy="Check that the chain's node runs and can be reached.",
    )
