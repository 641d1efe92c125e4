"""The cut at which the three records were last compared: one block, one entry, one statement.

In: a session. Out: `Cut`. Called by: matcher (moves it with the breaks it found), proof (reads it).
Because both commit together, the breaks always explain exactly what the proof adds up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlmodel import Session

from node.db.cursors import move_cursor, read_cursor

_BLOCK: Final = "reconciliation.cut.block"
_ENTRY: Final = "reconciliation.cut.entry"
_STATEMENT: Final = "reconciliation.cut.statement"
_DAY: Final = "reconciliation.cut.day"
_HAND: Final = "reconciliation.cut.hand"
_RULES: Final = "reconciliation.cut.rules"


@dataclass(frozen=True, slots=True)
class Cut:
    """Final block, ledger sequence, statement sequence, the day (ordinal) of the comparison.

    `hand` is the last of what people put where it belongs; `rules` the mark of what judged it.
    """

    block: int
    entry: int
    statement: int
    day: int
    hand: int
    rules: int


def read_cut(session: Session) -> Cut:
    """The last comparison; block -1 before the first."""
    return Cut(
        read_cursor(session, _BLOCK, -1),
        read_cursor(session, _ENTRY),
        read_cursor(session, _STATEMENT),
        read_cursor(session, _DAY),
        read_cursor(session, _HAND),
        read_cursor(session, _RULES),
    )


def move_cut(session: Session, cut: Cut) -> None:
    """Say where the records were compared; commits with what was found."""
    move_cursor(session, _BLOCK, cut.block)
    move_cursor(session, _ENTRY, cut.entry)
    move_cursor(session, _STATEMENT, cut.statement)
    move_cursor(session, _DAY, cut.day)
    move_cursor(session, _HAND, cut.hand)
    move_cursor(session, _RULES, cut.rules)
