"""Whether enough endpoints see what we hold: the hash of a block and every log up to it.

In: a range of blocks as we hold it, what each endpoint says of it. Out: nothing, or an error that
names who says what. Called by: events (quorum), before anything is called final; the rescan.

An endpoint that does not answer, or does not have the block yet, has no vote: that is waited for.
One that says otherwise is believed no more than we are: with enough others on our side it is named
in the log, without them nothing becomes final, and after some tries a person is called.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import structlog

from node.chain.log_view import View
from node.chain.rpc import Rpc
from node.core.errors import Fatal, Retryable
from node.core.types import Address

TRIES: Final = 5
_log = structlog.get_logger(__name__)


class QuorumMissing(Retryable):
    """Fewer endpoints than the quorum could be asked; what waits for them is not final yet."""

    code = "RPC_QUORUM_MISSING"
    title = "Too few chain endpoints answer"


class EndpointsDiffer(Retryable):
    """Endpoints see other blocks or logs than we hold; nothing became final."""

    code = "RPC_ENDPOINTS_DIFFER"
    title = "Chain endpoints differ"


class EndpointsDisagree(Fatal):
    """The same after several tries: a person must find out who is right."""

    code = "RPC_ENDPOINTS_DISAGREE"
    title = "Chain endpoints disagree"


class Agreement:
    """Counts who sees what we hold. `quorum` 1 asks nobody: we hold what one endpoint said."""

    def __init__(self, rpc: Rpc, quorum: int, *, tries: int = TRIES) -> None:
        self._rpc = rpc
        self._quorum = quorum
        self._tries = tries
        self._differed = 0

    @property
    def is_asked_for(self) -> bool:
        """Whether more than the endpoint that we read from must say the same."""
        return self._quorum > 1

    def check(self, numbers: range, addresses: Iterable[Address], ours: View) -> None:
        """Raise unless as many endpoints as the quorum see the range as we hold it.

        Raises `QuorumMissing`, `EndpointsDiffer`, and `EndpointsDisagree` after some of those.
        """
        theirs = self._rpc.views(numbers, addresses)
        others = [(name, seen) for name, seen in theirs if seen != ours]
        agreeing = len(theirs) - len(others)
        if agreeing >= self._quorum:
            self._differed = 0
            for name, seen in others:
                _log.error("endpoint differs", endpoint=name, block=numbers[-1], sees=str(seen))
            return
        if others:
            raise self._difference(numbers, ours, others)
        raise QuorumMissing(
            f"{agreeing} of {self._quorum} endpoints answer for blocks {numbers[0]} to"
            f" {numbers[-1]}",
            remedy="Bring the other endpoints back, or lower CONCORD_RPC_QUORUM.",
        )

    def _difference(
        self, numbers: range, ours: View, others: Sequence[tuple[str, View]]
    ) -> EndpointsDiffer | EndpointsDisagree:
        self._differed += 1
        said = "; ".join(f"{name} sees {seen}" for name, seen in others)
        detail = f"blocks {numbers[0]} to {numbers[-1]}: we hold {ours}, {said}"
        if self._differed < self._tries:
            return EndpointsDiffer(detail, remedy="Nothing to do if it heals: it is asked again.")
        return EndpointsDisagree(
            detail,
            remedy="Compare the endpoints with a node of your own. Remove the one that is wrong"
            " from CONCORD_RPC_URLS; if it is what we hold, call support before lifting the halt.",
        )
