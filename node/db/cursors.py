"""Progress marks of stages, moved in the same unit of work as the stage's output.

Called by: every stage.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlmodel import Session, select

from node.db.tables import CursorRow


def read_cursor(session: Session, stage: str, default: int = 0) -> int:
    """The stage's position, or `default` before its first unit of work."""
    row = session.get(CursorRow, stage)
    return default if row is None else row.position


def move_cursor(session: Session, stage: str, position: int) -> None:
    """Set the stage's position; commits with the surrounding unit of work."""
    row = session.get(CursorRow, stage)
    if row is None:
        row = CursorRow(stage=stage, position=position, updated_at=datetime.now(UTC))
    row.position = position
    row.updated_at = datetime.now(UTC)
    session.add(row)


def all_cursors(session: Session) -> dict[str, int]:
    """Every stage's position by name."""
    return {row.stage: row.position for row in session.exec(select(CursorRow))}
