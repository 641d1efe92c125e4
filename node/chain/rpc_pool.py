"""The endpoints of one chain, asked in the order of their health until one answers sensibly.

In: endpoints, a question for one of them or for each. Out: answers, or the last failure.
Called by: rpc.

What answered last is asked first, unless another one does twice as well: to change often would be
to see the chain through nodes that are never quite at the same block.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from node.chain.health import Health
from node.chain.rpc_endpoint import Endpoint, Found
from node.chain.rpc_errors import BlockUnknown, RangeTooLarge, RateLimited, RpcUnavailable
from node.chain.rpc_shapes import quantity
from node.core.errors import ConcordError, Retryable

# When every endpoint asks for patience: pauses of 5 ms, 10 ms, … until a question took so long.
PATIENCE_SECONDS_MAX: Final = 5
PAUSE_MS_FIRST: Final = 5
BETTER: Final = 2
_log = structlog.get_logger(__name__)


class Pool:
    """Safe to share between threads."""

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.endpoints = tuple(endpoints)
        self.health = {endpoint: Health() for endpoint in endpoints}
        self._preferred = self.endpoints[0] if endpoints else None
        self._monotonic = monotonic
        self._sleep = sleep

    def first(self, ask: Callable[[Endpoint], Found]) -> Found:
        """The first sensible answer. Raises the last endpoint's failure.

        `RangeTooLarge` is an answer to the one who asks, not a reason to ask elsewhere.
        """
        started, pause_ms = self._monotonic(), PAUSE_MS_FIRST
        while True:
            try:
                return self._once(ask)
            except RateLimited as error:
                wait = max(error.pause_seconds or 0, pause_ms / 1000)
                if self._monotonic() - started + wait > PATIENCE_SECONDS_MAX:
                    raise
                self._sleep(wait)
                pause_ms *= 2

    def each(self, ask: Callable[[Endpoint], Found]) -> list[tuple[Endpoint, Found]]:
        """What every endpoint answers that answers sensibly, in the configured order."""
        found = []
        for endpoint in self.endpoints:
            try:
                found.append((endpoint, self._asked(endpoint, ask)))
            except Retryable as error:
                _log.info("no answer", endpoint=endpoint.name, code=error.code)
        return found

    def in_order(self) -> list[Endpoint]:
        """Who is asked first, second and so on. One that rests is asked when all others failed."""
        now = self._monotonic()
        self._probe_due(now)
        able = [each for each in self.endpoints if not self.health[each].is_benched(now)]
        able.sort(key=lambda each: self.health[each].score)
        preferred = self._preferred
        if preferred in able and not self._is_outdone(preferred, able[0]):
            able.remove(preferred)
            able.insert(0, preferred)
        resting = [each for each in self.endpoints if each not in able]
        return able + sorted(resting, key=lambda each: self.health[each].benched_until)

    def _is_outdone(self, preferred: Endpoint, best: Endpoint) -> bool:
        theirs = self.health[best]
        return theirs.latency_ms is not None and (
            theirs.score * BETTER < self.health[preferred].score
        )

    def _once(self, ask: Callable[[Endpoint], Found]) -> Found:
        last: ConcordError = RpcUnavailable(
            "no endpoint is configured", remedy="Set CONCORD_RPC_URLS."
        )
        behind: list[Endpoint] = []
        for endpoint in self.in_order():
            try:
                answer = self._asked(endpoint, ask)
            except RangeTooLarge:
                raise
            except BlockUnknown as error:
                behind.append(endpoint)
                last = error
                continue
            except Retryable as error:
                last = error
                continue
            for each in behind:
                self.health[each].fell_short()
            self._preferred = endpoint
            return answer
        raise last

    def _asked(self, endpoint: Endpoint, ask: Callable[[Endpoint], Found]) -> Found:
        started, health = self._monotonic(), self.health[endpoint]
        try:
            answer = ask(endpoint)
        except (RangeTooLarge, BlockUnknown):
            health.noted(self._monotonic() - started)
            raise
        except Retryable as error:
            was_benched = health.is_benched(started)
            health.failed(error, self._monotonic())
            if isinstance(error, RateLimited):
                raise  # it is well, and so is the connection to it
            endpoint.wire.part()
            if not was_benched:
                _log.warning("endpoint rests", endpoint=endpoint.name, code=error.code)
            raise
        health.answered(self._monotonic() - started)
        return answer

    def _probe_due(self, now: float) -> None:
        """Ask those whose pause is over something small, while the others are asked our questions.

        An only endpoint needs none: it is asked anyway.
        """
        if len(self.endpoints) == 1:
            return
        for endpoint, health in self.health.items():
            if health.is_due(now):
                health.benched_until = now + PATIENCE_SECONDS_MAX  # meanwhile nobody else probes
                threading.Thread(
                    target=self._probe, args=(endpoint,), name="endpoint probe", daemon=True
                ).start()

    def _probe(self, endpoint: Endpoint) -> None:
        try:
            self._asked(endpoint, lambda each: each.ask("eth_blockNumber", [], quantity))
        except ConcordError as error:
            _log.info("endpoint still rests", endpoint=endpoint.name, code=error.code)
        else:
            _log.info("endpoint is back", endpoint=endpoint.name)
