"""The stage that seals: rows of journal and audit trail under chained Merkle roots, in batches.

In: rows behind the last seal of each book. Out: seals, in one unit of work behind a fence.
Called by: pipeline; `seal_all` by the closing of a day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from node.core.clock import Clock
from node.core.merkle import root_of
from node.db.order import hold_order
from node.db.unit_of_work import unit_of_work
from node.sealing import store
from node.sealing.seal import FIRST, Book, Seal
from node.sealing.store import Leaf

SEALED_MAX: Final = 1024
SEAL_SECONDS: Final = 60


class SealerStage:
    """The stage `sealing.sealer`."""

    name = "sealing.sealer"

    def __init__(self, *, engine: Engine, fence: Callable[[Session], None], clock: Clock) -> None:
        self._engine = engine
        self._fence = fence
        self._clock = clock
        self._waits_since: dict[Book, datetime] = {}

    def run_once(self) -> int:
        """Seal what is a full batch, or has waited long enough; gives how many rows."""
        with unit_of_work(self._engine) as session:
            self._fence(session)
            return sum(self._seal(session, book) for book in Book)

    def _seal(self, session: Session, book: Book) -> int:
        found = unsealed(session, book)
        now = self._clock.now()
        since = self._waits_since.setdefault(book, now)
        waited = now - since >= timedelta(seconds=SEAL_SECONDS)
        if not found or not (waited or len(found) == SEALED_MAX):
            if not found:
                del self._waits_since[book]
            return 0
        del self._waits_since[book]
        seal(session, book, found, now)
        return len(found)


def seal_all(session: Session, at: datetime) -> None:
    """Seal whatever is not sealed yet, in the caller's unit of work."""
    for book in Book:
        while found := unsealed(session, book):
            seal(session, book, found, at)


def unsealed(session: Session, book: Book) -> list[Leaf]:
    """The next rows of a book that no seal covers."""
    last = store.last_seal(session, book)
    return store.leaves(session, book, after=last.last if last else 0, limit=SEALED_MAX)


def seal(session: Session, book: Book, leaves: Sequence[Leaf], at: datetime) -> None:
    """Put one seal over these rows."""
    hold_order(session)
    before = store.last_seal(session)
    new = Seal(
        number=before.number + 1 if before else 1,
        book=book.value,
        first=leaves[0][0],
        last=leaves[-1][0],
        count=len(leaves),
        root=root_of([content for _, content in leaves]).hex(),
        before=before.hash if before else FIRST,
        at=at,
    )
    store.insert(session, new)
