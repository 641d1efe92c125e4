"""What waits for a block: sent again as it is, raised when it waits too long, told when it hangs.

In: intents that no block holds, the head. Out: those to be sent again; bumps due; alarms of gaps.
Called by: monitor.

Only what comes next on its lane is raised: what stands behind it waits for it, not for a price. The
blocks are counted since this process first saw an intent wait, so a restart is patient anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Engine
from sqlmodel import Session

from node.chain.rpc import Rpc
from node.core.clock import Clock
from node.core.types import Address
from node.db.unit_of_work import read_only, unit_of_work
from node.submission import store
from node.submission.fees import FeeMode, FeePolicy
from node.submission.intent import Attempt, Due, Intent, IntentState, advanced

_log = structlog.get_logger(__name__)


@dataclass
class Overdue:
    """Remembers since which block each one waits, and at which it was last sent."""

    engine: Engine
    rpc: Rpc
    fees: FeePolicy
    fence: Callable[[Session], None]
    clock: Clock
    _since: dict[str, int] = field(default_factory=dict)  # by hash: a replacement waits anew
    _sent: dict[str, int] = field(default_factory=dict)

    def to_be_sent(self, waiting: Sequence[Intent], head: int) -> list[Intent]:
        """Once for each new block: a pool may have forgotten them."""
        hashes = {each.tx_hash for each in waiting}
        self._sent = {each: at for each, at in self._sent.items() if each in hashes}
        self._since = {each: at for each, at in self._since.items() if each in hashes}
        again = [
            each
            for each in waiting
            if each.state is IntentState.SENT and self._sent.get(each.tx_hash) != head
        ]
        self._sent |= {each.tx_hash: head for each in again}
        return again

    def look(
        self, waiting: Sequence[Intent], made: Mapping[str, Sequence[Attempt]], head: int
    ) -> int:
        """Have raised what waits too long; gives how many."""
        if not self.fees.bump_after_blocks or self.fees.mode is FeeMode.FIXED:
            return 0
        for each in waiting:
            self._since.setdefault(each.tx_hash, head)
        late = [
            each
            for each in waiting
            if each.state is IntentState.SENT
            and not each.due
            and head - self._since[each.tx_hash] >= self.fees.bump_after_blocks
        ]
        if not late:
            return 0
        signers = sorted({each.signer for each in late})
        mined = dict(zip(signers, self.rpc.nonces(signers), strict=True))
        self._tell_gaps(late, mined)
        first = [each for each in late if each.nonce == mined[each.signer]]
        return sum(self._raise(each, len(made[each.id])) for each in first)

    def _raise(self, intent: Intent, signatures: int) -> int:
        now = self.clock.now()
        with unit_of_work(self.engine) as session:
            self.fence(session)
            if signatures <= self.fees.replacements_max:
                store.set_due(session, intent.id, Due.BUMP, now)
                return 1
            why = f"in no block after {signatures} signatures, each dearer than the one before"
            return len(store.move(session, [advanced(intent, IntentState.QUARANTINED, why)], now))

    def _tell_gaps(self, late: Sequence[Intent], mined: Mapping[Address, int]) -> None:
        """Say where a lane waits for a nonce that none of our intents has."""
        with read_only(self.engine) as session:
            for signer, nonce in mined.items():
                behind = [each for each in late if each.signer == signer]
                if store.has_nonce(session, behind[0].chain_id, signer, nonce):
                    continue
                if min(each.nonce or 0 for each in behind) > nonce:
                    _log.error(
                        "a nonce is missing on the chain and in the database", signer=signer,
                        nonce=nonce, waiting=len(behind),
                        remedy="Restore the database, or send something by hand at that nonce.",
                    )  # fmt: skip
