"""One order of commits for all that is read behind a cursor.

In: a session. Out: nothing; the order is held until its unit of work ends. Called by: every store
that numbers what it writes.
"""

from __future__ import annotations

from typing import Final

from sqlmodel import Session, func, select

# One lock for all: with two, writers could wait in a circle.
_LOCK: Final = 0x636F6E636F7264


def hold_order(session: Session) -> None:
    """Let sequences become visible in their order: one writer at a time until it commits.

    Without it PostgreSQL could commit entry 8 before entry 7, and whoever reads behind a cursor
    would step over 7 for ever. SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.exec(select(func.pg_advisory_xact_lock(_LOCK)))
