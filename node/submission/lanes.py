"""The nonces of our keys: which comes next, and which something else has used.

In: what the database gave, what the chain counts. Out: the next nonce of each signer, foreign ones
kept and told. Called by: sender, monitor.

There is no counter beside the database. A lane is one signer; lanes do not wait for each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog
from sqlmodel import Session

from node.control import audit
from node.core.types import Address, ChainId
from node.submission.signed import store as signed

FOREIGN: Final = "submission.foreign"
NODE: Final = "node"
# Of a key that was used for long without us only so many are kept by name.
FOREIGN_MAX: Final = 100
_log = structlog.get_logger(__name__)


@dataclass
class Lanes:
    """Nonces of a group: `given` is the highest in the database, `mined` what the chain counts."""

    given: Mapping[Address, int]
    mined: Mapping[Address, int]
    _next: dict[Address, int] = field(default_factory=dict)

    def next(self, signer: Address) -> int:
        """The nonce the signer's next call gets; the same one until it is `taken`."""
        if signer not in self._next:
            self._next[signer] = max(self.mined[signer], self.given.get(signer, -1) + 1)
        return self._next[signer]

    def taken(self, signer: Address) -> None:
        """One more was signed."""
        self._next[signer] = self.next(signer) + 1

    def stepped_over(self) -> list[tuple[Address, int]]:
        """Nonces behind our last one that the chain counts and we never gave."""
        return [
            (signer, nonce)
            for signer, mined in self.mined.items()
            if signer in self.given
            for nonce in range(max(self.given[signer] + 1, mined - FOREIGN_MAX), mined)
        ]


def tell_foreign(
    session: Session, chain_id: ChainId, signer: Address, nonce: int, at: datetime
) -> None:
    """Keep, and say aloud once, that something else than the node sends with a key of ours."""
    if not signed.insert_foreign(session, chain_id, signer, nonce, at):
        return
    detail = {"chain_id": chain_id, "nonce": nonce}
    audit.record(session, actor=NODE, action=FOREIGN, subject=signer, detail=detail, at=at)
    _log.error(
        "a transaction that is not ours was sent with a key of ours", signer=signer, nonce=nonce,
        remedy="Find out who else holds the key; until then have its rights taken away.",
    )  # fmt: skip
