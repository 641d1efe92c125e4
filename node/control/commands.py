"""One command, one effect: the record behind the Idempotency-Key header.

In: the caller's scope and key, the fingerprint of the request. Out: the subject of the first use.
Called by: settlement, in the unit of work that carries the command out.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from node.control import store
from node.core.errors import Rejected, Retryable

KEY_LENGTH_MAX = 200


class IdempotencyKeyReused(Rejected):
    """The key was used before, for a request with another content."""

    code = "IDEMPOTENCY_KEY_REUSED"
    title = "Idempotency key reused"


class CommandInProgress(Retryable):
    """Two requests with the same key ran at the same moment; the other one came first."""

    code = "COMMAND_IN_PROGRESS"
    status = 409
    title = "Command in progress"


def once(session: Session, scope: str, key: str, fingerprint: str) -> str | None:
    """The subject that this key made before; None at its first use.

    Raises `IdempotencyKeyReused` when the key came with another content.
    """
    found = store.command(session, scope, key)
    if found is None:
        return None
    if found.fingerprint != fingerprint:
        raise IdempotencyKeyReused(
            f"the key {key[:KEY_LENGTH_MAX]!r} was used before with another content",
            remedy="Send a new Idempotency-Key with a new command; repeat a key only unchanged.",
            subject=found.subject,
        )
    return found.subject


def remember(
    session: Session, scope: str, key: str, fingerprint: str, *, subject: str, at: datetime
) -> None:
    """Keep what the key made; commits with the command itself."""
    if not store.insert_command(session, scope, key, fingerprint, subject=subject, at=at):
        raise CommandInProgress(
            f"another request with the key {key[:KEY_LENGTH_MAX]!r} was accepted meanwhile",
            remedy="Send the same request again to get its result.",
        )
