"""A seal: one Merkle root over a run of rows of one book, chained to the seal before it.

In: leaves, the seal before. Out: `Seal`. Called by: sealer, verification, inclusion. Pure.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from node.core.ids import sha256_hex

FIRST: Final = "0" * 64  # before the first seal


class Book(StrEnum):
    """What is sealed."""

    JOURNAL = "JOURNAL"
    AUDIT = "AUDIT"


@dataclass(frozen=True, slots=True)
class Seal:
    """Rows `first` to `last` of a book by their sequences; `count` of them, `root` in hex."""

    number: int
    book: str  # a `Book`, unless somebody wrote another into the database
    first: int
    last: int
    count: int
    root: str
    before: str  # the hash of the seal with the number before
    at: datetime

    @property
    def hash(self) -> str:
        """SHA-256 over all of it, in hex: whoever keeps it can hold the database to it."""
        content = [
            self.number,
            self.book,
            self.first,
            self.last,
            self.count,
            self.root,
            self.before,
            self.at.astimezone(UTC).isoformat(),
        ]
        return sha256_hex(json.dumps(content, separators=(",", ":")).encode())
