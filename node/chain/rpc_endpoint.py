"""One endpoint of a chain: asked a question, its answer read or refused.

In: an address, or a provider in this process; a method and how to read its result. Out: what was
read, or a leaf error. Called by: rpc, which knows the other endpoints.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from web3 import HTTPProvider
from web3.providers.base import BaseProvider

from node.chain.rpc_errors import RpcLied, RpcUnavailable, failure
from node.core.errors import ConcordError

TIMEOUT_SECONDS: Final = 10
DETAIL_LENGTH_MAX: Final = 500

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a chain is asked; `name` may be shown to anyone."""

    name: str
    provider: BaseProvider

    def ask(self, method: str, params: list[Any], read: Callable[[Any], Found]) -> Found:
        """What `read` makes of the result. Raises `RpcUnavailable`, `RpcLied`, the error's leaf."""
        response = self._request(method, params)
        if not isinstance(response, Mapping):
            raise self._lie(method, f"{response!r} is no JSON-RPC answer")
        error = response.get("error")
        if error:
            if not isinstance(error, Mapping):
                raise self._lie(method, f"{error!r} is no error of JSON-RPC")
            raise failure(method, error, self.name)
        try:
            return read(response["result"])
        except (KeyError, TypeError, ValueError, AttributeError, ConcordError) as nonsense:
            raise self._lie(method, str(nonsense)) from nonsense

    def _request(self, method: str, params: list[Any]) -> object:
        try:
            return self.provider.make_request(method, params)  # type: ignore[arg-type]
        except ConcordError:
            raise
        except Exception as error:  # noqa: BLE001 - a transport fails in many ways
            # All mean the same. Not its cause: that one tells the address with the keys in it.
            raise RpcUnavailable(
                f"{self.name} does not answer {method}: {type(error).__name__}",
                remedy="Check that the chain's node runs and can be reached.",
            ) from None

    def _lie(self, method: str, what: str) -> RpcLied:
        detail = f"{self.name} answers {method} with nonsense: {what}"
        return RpcLied(detail[:DETAIL_LENGTH_MAX])


def http_endpoint(url: str) -> Endpoint:
    """An endpoint over HTTP, asked once per question: trying again is the business of the clock."""
    options = {"timeout": TIMEOUT_SECONDS}
    provider = HTTPProvider(url, request_kwargs=options, exception_retry_configuration=None)
    return Endpoint(_shown(url), provider)


def _shown(url: str) -> str:
    """The address without what may be secret in it: user, password, path, query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
