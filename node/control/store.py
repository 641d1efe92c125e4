"""All queries of control: the audit trail, halts, accepted commands.

In: a session. Out: frozen records. Called by: audit, halt and commands here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, func, select, update

from node.control.tables import AuditRow, CommandRow, HaltRow
from node.db.bulk import insert_values
from node.db.order import hold_order


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One action as it stands in the trail."""

    sequence: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]
    leaf: str


@dataclass(frozen=True, slots=True)
class Halt:
    """One stop of a scope, in force until it is lifted."""

    scope: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Command:
    """What a key was first used for."""

    fingerprint: str
    subject: str


def insert_audit(
    session: Session, rows: Sequence[tuple[datetime, str, str, str, dict[str, Any], str]]
) -> None:
    """Append rows to the trail: time, actor, action, subject, detail, leaf."""
    hold_order(session)
    columns = ("at", "actor", "action", "subject", "detail", "leaf")
    insert_values(session, AuditRow, columns, rows)


def audit_trail(session: Session, subject: str | None = None) -> Iterator[AuditRecord]:
    """The trail in order; of one subject when asked."""
    query = select(AuditRow).order_by(col(AuditRow.sequence))
    if subject is not None:
        query = query.where(AuditRow.subject == subject)
    for row in session.exec(query):
        yield _audit(row)


def audit_page(session: Session, *, after: int, limit: int) -> list[AuditRecord]:
    """Rows of the trail behind a sequence, in order."""
    query = select(AuditRow).where(col(AuditRow.sequence) > after)
    return [
        _audit(row) for row in session.exec(query.order_by(col(AuditRow.sequence)).limit(limit))
    ]


def count_audit(session: Session) -> int:
    """How many rows the trail has."""
    return session.exec(select(func.count()).select_from(AuditRow)).one()


def insert_halt(session: Session, scope: str, reason: str, at: datetime) -> None:
    """Stop a scope."""
    session.add(HaltRow(scope=scope, reason=reason, at=at))
    session.flush()


def halts(session: Session, scope: str | None = None) -> list[Halt]:
    """The stops in force, oldest first."""
    query = select(HaltRow).where(HaltRow.lifted_by == "").order_by(col(HaltRow.id))
    if scope is not None:
        query = query.where(HaltRow.scope == scope)
    return [Halt(row.scope, row.reason, row.at) for row in session.exec(query)]


def lift_halts(session: Session, scope: str, by: str, at: datetime) -> int:
    """End every stop of a scope; gives how many there were."""
    query = update(HaltRow).where(col(HaltRow.scope) == scope, col(HaltRow.lifted_by) == "")
    return int(session.exec(query.values(lifted_by=by, lifted_at=at)).rowcount)


def command(session: Session, scope: str, key: str) -> Command | None:
    """The command accepted under a caller's key."""
    row = session.get(CommandRow, (scope, key))
    return None if row is None else Command(row.fingerprint, row.subject)


def insert_command(
    session: Session, scope: str, key: str, fingerprint: str, *, subject: str, at: datetime
) -> bool:
    """Keep a command under its key; False when the key was taken meanwhile."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = {
        "scope": scope,
        "key": key,
        "fingerprint": fingerprint,
        "subject": subject,
        "at": at,
    }
    query = dialect.insert(CommandRow).values(row).on_conflict_do_nothing()
    return session.exec(query.returning(col(CommandRow.key))).first() is not None


def _audit(row: AuditRow) -> AuditRecord:
    return AuditRecord(
        row.sequence or 0, row.at, row.actor, row.action, row.subject, row.detail, row.leaf
    )
