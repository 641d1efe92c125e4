"""Leases with epochs: a lock tells who was leader, the fence tells who is.

In: a role and a holder name. Out: a `Fence` that every effect checks in its own transaction.
Called by: jobs (acquire), every stage (check). Works the same on SQLite and PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, select

from node.core.errors import Retryable
from node.db.tables import LeaseRow
from node.db.unit_of_work import unit_of_work

LEASE_SECONDS = 15


class LostLease(Retryable):
    """Another process leads now; whatever this one was about to write must not be written."""

    code = "LEASE_LOST"
    title = "Another process leads"


@dataclass(frozen=True, slots=True)
class Fence:
    """Proof of leadership at acquisition; `check` proves it still holds."""

    role: str
    epoch: int

    def check(self, session: Session) -> None:
        """Raise `LostLease` unless this epoch is current; locks the row until commit."""
        found = session.exec(
            select(LeaseRow).where(LeaseRow.role == self.role).with_for_update()
        ).one_or_none()
        if found is None or found.epoch != self.epoch:
            raise LostLease(f"the lease {self.role} moved past epoch {self.epoch}")


def acquire(
    engine: Engine,
    role: str,
    holder: str,
    *,
    seconds: int = LEASE_SECONDS,
    is_dead: Callable[[str], bool] = lambda _: False,
) -> Fence | None:
    """Take or renew the lease; None while another holder's is running, unless that one is dead."""
    now = datetime.now(UTC)
    with unit_of_work(engine) as session:
        _ensure_row(session, role, holder, now)
        row = session.exec(select(LeaseRow).where(LeaseRow.role == role).with_for_update()).one()
        if row.holder != holder:
            if row.expires_at > now and not is_dead(row.holder):
                return None
            row.holder, row.epoch = holder, row.epoch + 1
        row.expires_at = now + timedelta(seconds=seconds)
        session.add(row)
        return Fence(role, row.epoch)


def release(engine: Engine, role: str, holder: str) -> None:
    """Let another process lead at once; does nothing when the lease is not ours."""
    with unit_of_work(engine) as session:
        row = session.get(LeaseRow, role)
        if row is not None and row.holder == holder:
            row.expires_at = datetime.now(UTC)
            session.add(row)


@dataclass(frozen=True, slots=True)
class Lease:
    """Who holds a role; `expires_at` in the past means that it is free."""

    holder: str
    epoch: int
    expires_at: datetime


def lease(session: Session, role: str) -> Lease | None:
    """The lease as it stands, for the doctor; None before the first one."""
    row = session.get(LeaseRow, role)
    return None if row is None else Lease(row.holder, row.epoch, row.expires_at)


def _ensure_row(session: Session, role: str, holder: str, now: datetime) -> None:
    """Give the role a row to lock; of two processes that are first at once, one makes it."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = {"role": role, "holder": holder, "epoch": 1, "expires_at": now}
    session.exec(dialect.insert(LeaseRow).values(row).on_conflict_do_nothing())
