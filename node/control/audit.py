"""The audit trail: who did what and when, each row sealed by the hash of its own content.

In: an actor, an action, what it was done to. Out: a stored row; `verify` gives those that changed.
Called by: settlement, reconciliation, bank, jobs (record); cli and api (verify, read).

A leaf shows that a row was changed after it was written. That a row is missing, or that one was
changed together with its leaf, is shown only by sealing leaves into roots kept elsewhere.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from node.control import store
from node.core.ids import sha256_hex


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
    content = json.loads(json.dumps(detail or {}))  # as the database gives it back
    leaf = leaf_of(actor=actor, action=action, subject=subject, detail=content, at=at)
    store.insert_audit(
        session, actor=actor, action=action, subject=subject, detail=content, at=at, leaf=leaf
    )


def verify(session: Session) -> list[int]:
    """The sequences of the rows whose content is not what was sealed; empty is proved."""
    return [
        each.sequence
        for each in store.audit_trail(session)
        if each.leaf
        != leaf_of(
            actor=each.actor,
            action=each.action,
            subject=each.subject,
            detail=each.detail,
            at=each.at,
        )
    ]


def leaf_of(*, actor: str, action: str, subject: str, detail: dict[str, Any], at: datetime) -> str:
    """SHA-256 over the canonical JSON of a row's content, in hex."""
    content = [at.astimezone(UTC).isoformat(), actor, action, subject, detail]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256_hex(text.encode())
