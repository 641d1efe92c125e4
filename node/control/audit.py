"""The audit trail: who did what and when, each row sealed by the hash of its own content.

In: an actor, an action, what it was done to. Out: a stored row.
Called by: settlement, reconciliation, bank, jobs.

A leaf shows that a row was changed after it was written. That a row is missing, or that one was
changed together with its leaf, is shown by the seals over them (node/sealing).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from node.control import store
from node.control.store import AuditRecord
from node.core.ids import sha256_hex


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody did: the actor, the verb, what it was done to, and its particulars."""

    actor: str
    action: str
    subject: str
    detail: dict[str, Any] = field(default_factory=dict)


def record(
    session: Session,
    *,
    actor: str,
    action: str,
    subject: str,
    detail: dict[str, Any] | None = None,
    at: datetime,
) -> None:
    """Write an action into the trail, in the unit of work in which it is done."""
    record_all(session, [Action(actor, action, subject, detail or {})], at)


def record_all(session: Session, actions: Sequence[Action], at: datetime) -> None:
    """Write several actions into the trail, in this order."""
    rows = []
    for each in actions:
        content = json.loads(json.dumps(each.detail))  # as the database gives it back
        leaf = leaf_of(
            actor=each.actor, action=each.action, subject=each.subject, detail=content, at=at
        )
        rows.append((at, each.actor, each.action, each.subject, content, leaf))
    store.insert_audit(session, rows)


def verify(session: Session) -> list[int]:
    """The sequences of the rows whose content is not what their leaf says; empty is proved."""
    return [
        each.sequence for each in store.audit_trail(session) if each.leaf != _leaf_of_record(each)
    ]


def _leaf_of_record(record: AuditRecord) -> str:
    """What the leaf of a row has to be, by its content."""
    return leaf_of(
        actor=record.actor,
        action=record.action,
        subject=record.subject,
        detail=record.detail,
        at=record.at,
    )


def leaf_of(*, actor: str, action: str, subject: str, detail: dict[str, Any], at: datetime) -> str:
    """SHA-256 over the canonical JSON of a row's content, in hex."""
    content = [at.astimezone(UTC).isoformat(), actor, action, subject, detail]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256_hex(text.encode())
