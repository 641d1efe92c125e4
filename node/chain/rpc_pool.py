"""The endpoints of one chain, asked in turn until one gives a sensible answer.

In: endpoints, a question for one of them. Out: the first sensible answer, or the last failure.
Called by: rpc.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from node.chain.rpc_endpoint import Endpoint, Found
from node.chain.rpc_errors import RangeTooLarge, RpcUnavailable
from node.core.errors import ConcordError, Retryable


class Pool:
    """What answered last is asked first."""

    def __init__(self, endpoints: Sequence[Endpoint]) -> None:
        self.endpoints = tuple(endpoints)
        self._preferred = 0

    def first(self, ask: Callable[[Endpoint], Found]) -> Found:
        """The first endpoint's sensible answer. Raises the last endpoint's failure.

        `RangeTooLarge` is an answer to the one who asks, not a reason to ask elsewhere.
        """
        last: ConcordError = RpcUnavailable(
            "no endpoint is configured", remedy="Set CONCORD_RPC_URLS."
        )
        for offset in range(len(self.endpoints)):
            at = (self._preferred + offset) % len(self.endpoints)
            try:
                answer = ask(self.endpoints[at])
            except RangeTooLarge:
                raise
            except Retryable as error:
                last = error
                continue
            self._preferred = at
            return answer
        raise last
