"""Hands committed bytes to the chain and keeps what was said of each.

In: intents whose bytes are on disk. Out: SENT, or a reason and the moment of the next try, or
QUARANTINED for a person. Called by: sender, monitor (again, after a reorg or a forgetful pool).

What is sent again is the same bytes, so a refusal is read, never obeyed by signing something else:
"already known" is success; "nonce too low" is left to the monitor, which looks for the receipt of
every hash ever signed for the intent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from node.chain.rpc import (
    AlreadyKnown,
    InsufficientFunds,
    NonceTooLow,
    Rpc,
    SendRefused,
    Underpriced,
)
from node.core.clock import Clock
from node.core.errors import ConcordError
from node.db.unit_of_work import unit_of_work
from node.submission import store
from node.submission.intent import Due, Intent, IntentState, Move, advanced

ATTEMPTS_MAX: Final = 20
# The first ones follow at once: most refusals are of a pool that is behind its own chain.
ATTEMPTS_AT_ONCE: Final = 3
PAUSE_SECONDS_MAX: Final = 300
# So often the price of now is given a chance before a higher one is signed.
UNDERPRICED_MAX: Final = 5
# What no repetition heals, in the words of geth, Besu, Nethermind, Erigon, reth, anvil, Hardhat.
_TERMINAL: Final = re.compile(
    r"exceeds (the )?block gas ?limit|gas limit (is )?(too high|exceeded|reached)|intrinsic gas"
    r"|invalid (sender|chain ?id|signature)|chain ?id|oversized data|max init ?code|negative value"
    r"|transaction type not supported|tx type|unprotected|is not an eoa|sender not an eoa|rlp:"
    r"|cap (is )?(higher|lower|greater|less)|tip.*above fee|exceeds the configured cap",
    re.IGNORECASE,
)


def is_terminal(error: SendRefused) -> bool:
    """Whether sending the same again can never succeed."""
    heals = isinstance(error, Underpriced | InsufficientFunds | NonceTooLow | AlreadyKnown)
    return not heals and bool(_TERMINAL.search(error.detail))


@dataclass(frozen=True, slots=True)
class Broadcaster:
    """Sends groups, and keeps the outcome of each group in one unit of work."""

    engine: Engine
    rpc: Rpc
    fence: Callable[[Session], None]
    clock: Clock
    attempts_max: int = ATTEMPTS_MAX

    def send(self, intents: Sequence[Intent]) -> int:
        """Send what is SIGNED, or SENT and in no block; gives how many got further.

        Raises `RpcUnavailable` where no endpoint answered for any of them.
        """
        if not intents:
            return 0
        answers = self.rpc.send_many([each.raw for each in intents])
        told = list(zip(intents, answers, strict=True))
        taken = [each for each, answer in told if _is_sent(each, answer)]
        refused = [
            (each, answer) for each, answer in told if isinstance(answer, SendRefused)
            if not _is_sent(each, answer)
        ]  # fmt: skip
        moves = [_sent(each) for each in taken if each.state is IntentState.SIGNED]
        if not moves and not refused:
            return 0
        with unit_of_work(self.engine) as session:
            self.fence(session)
            moved = store.move(session, moves, self.clock.now()) if moves else []
            return len(moved) + sum(self._refused(session, *each) for each in refused)

    def not_taken(self, refused: Sequence[tuple[Intent, ConcordError]]) -> int:
        """Keep why nothing of these was signed."""
        if not refused:
            return 0
        with unit_of_work(self.engine) as session:
            self.fence(session)
            return sum(self._refused(session, *each) for each in refused)

    def _refused(self, session: Session, intent: Intent, error: ConcordError) -> int:
        tried, now = intent.attempts + 1, self.clock.now()
        reason = f"{error.code}: {error.detail}"
        ends = isinstance(error, SendRefused) and is_terminal(error)
        if ends or tried >= self.attempts_max:
            ended = advanced(intent, IntentState.QUARANTINED, reason, attempts=tried)
            return len(store.move(session, [ended], now))
        pause = 2 ** (tried - ATTEMPTS_AT_ONCE) if tried > ATTEMPTS_AT_ONCE else 0
        wake_at = now + timedelta(seconds=min(pause, PAUSE_SECONDS_MAX))
        store.note(session, intent.id, attempts=tried, reason=reason, at=now, wake_at=wake_at)
        if isinstance(error, Underpriced) and intent.raw and tried >= UNDERPRICED_MAX:
            store.set_due(session, intent.id, Due.BUMP, now)
        return 0


def _is_sent(intent: Intent, answer: object) -> bool:
    return isinstance(answer, AlreadyKnown | NonceTooLow) or answer == intent.tx_hash


def _sent(intent: Intent) -> Move:
    return advanced(intent, IntentState.SENT, attempts=intent.attempts + 1)
