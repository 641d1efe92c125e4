"""Whether this process may do the work: holds the lease and hands its fence to the stages.

In: an engine, a holder's name. Out: `hold` (take or renew), `check` (called by every stage in its
own unit of work). Called by: runner; app (gives `check` to the stages).
"""

from __future__ import annotations

import time
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from node.db import leases
from node.db.leases import LEASE_SECONDS, Fence, LostLease
from node.jobs import process

ROLE: Final = "pipeline"
_RENEW_AFTER_SECONDS: Final = LEASE_SECONDS / 3


class Leadership:
    """One process's claim to the pipeline. Used by one thread at a time."""

    def __init__(self, engine: Engine, holder: str) -> None:
        self._engine = engine
        self._holder = holder
        self._fence: Fence | None = None
        self._renewed_at = 0.0

    def hold(self) -> bool:
        """Take the lease or keep it; False while another process leads."""
        fresh = time.monotonic() - self._renewed_at < _RENEW_AFTER_SECONDS
        if self._fence is None or not fresh:
            self._renewed_at = time.monotonic()
            self._fence = leases.acquire(self._engine, ROLE, self._holder, is_dead=process.is_dead)
        return self._fence is not None

    def check(self, session: Session) -> None:
        """The fence of every stage. Raises `LostLease` unless this process leads still."""
        if self._fence is None:
            raise LostLease(f"this process does not hold the lease {ROLE}")
        self._fence.check(session)

    def give_up(self) -> None:
        """Forget the fence: what we thought to lead is led by another."""
        self._fence = None

    def release(self) -> None:
        """Let another process lead at once."""
        if self._fence is not None:
            self._fence = None
            leases.release(self._engine, ROLE, self._holder)
