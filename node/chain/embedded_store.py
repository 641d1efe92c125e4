"""Where the embedded chain keeps its state: a SQLite file that holds whole blocks only.

In: keys and values of py-evm. Out: the same, after any crash as of the last committed block.
Called by: embedded.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from eth.db.backends.base import BaseDB

from node.core.errors import Fatal


class ChainDamaged(Fatal):
    """The file of the embedded chain holds something else, or not all of a chain."""

    code = "EMBEDDED_CHAIN_DAMAGED"
    title = "Embedded chain damaged"

    def __init__(self, path: object, what: object) -> None:
        super().__init__(
            f"{path} holds no chain that can be gone on with: {what}",
            remedy="It was left as it is. Restore it from a copy; to start anew: make reset.",
        )


class BlockStore(BaseDB):
    """A key-value store whose writes stay in memory until `commit` writes them in one go."""

    def __init__(self, path: Path | None, *, writes: bool) -> None:
        self._writes = writes
        self._seen: dict[bytes, bytes] = {}
        self._changed: dict[bytes, bytes | None] = {}
        name = ":memory:" if path is None else str(path)
        self._file = sqlite3.connect(name, check_same_thread=False, isolation_level=None)
        try:
            self._prepare()
            self._version = self._data_version()
        except sqlite3.DatabaseError as error:
            self._file.close()
            raise ChainDamaged(name, error) from error

    def _prepare(self) -> None:
        if not self._writes:
            self._file.execute("PRAGMA query_only=ON")
            return
        self._file.execute("PRAGMA journal_mode=WAL")
        self._file.execute("PRAGMA synchronous=FULL")
        self._file.execute(
            "CREATE TABLE IF NOT EXISTS state (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID"
        )

    def is_empty(self) -> bool:
        """Whether no block was ever written."""
        tables = "SELECT count(*) FROM sqlite_master WHERE name = 'state'"
        if not self._file.execute(tables).fetchone()[0]:
            return True
        return self._file.execute("SELECT 1 FROM state LIMIT 1").fetchone() is None

    def __getitem__(self, key: bytes) -> bytes:
        if key in self._changed:
            value = self._changed[key]
        elif key in self._seen:
            return self._seen[key]
        else:
            row = self._file.execute("SELECT value FROM state WHERE key = ?", (key,)).fetchone()
            value = row[0] if row else None
            if value is not None:
                self._seen[key] = value
        if value is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._changed[key] = value

    def __delitem__(self, key: bytes) -> None:
        if not self._exists(key):
            raise KeyError(key)
        self._changed[key] = None

    def __iter__(self) -> Iterator[bytes]:
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError

    def _exists(self, key: bytes) -> bool:
        try:
            self[key]
        except KeyError:
            return False
        return True

    def commit(self) -> None:
        """Write everything since the last commit, whole or not at all."""
        if not self._writes or not self._changed:
            return
        kept = [(key, value) for key, value in self._changed.items() if value is not None]
        gone = [(key,) for key, value in self._changed.items() if value is None]
        self._file.execute("BEGIN IMMEDIATE")
        self._file.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", kept)
        self._file.executemany("DELETE FROM state WHERE key = ?", gone)
        self._file.execute("COMMIT")
        for key, value in self._changed.items():
            if value is None:
                self._seen.pop(key, None)
            else:
                self._seen[key] = value
        self._changed.clear()

    def refresh(self) -> bool:
        """For a reader: forget what was read if the writer has committed since; tells whether."""
        version = self._data_version()
        if version == self._version:
            return False
        self._version = version
        self._seen.clear()
        self._changed.clear()
        return True

    def close(self) -> None:
        """Close the file; what was not committed is gone."""
        self._file.close()

    def _data_version(self) -> int:
        return int(self._file.execute("PRAGMA data_version").fetchone()[0])
