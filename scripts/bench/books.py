"""Journal entries to post, and the rows that posting them leaves behind.

In: a database that is migrated and empty. Out: books with open accounts, entries, rows. Called by:
the benchmarks of posting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import Engine

from node.core.ids import derived_id
from node.core.types import Side
from node.db.unit_of_work import unit_of_work
from node.ledger import booking, chart, journal
from node.ledger.entry import NewEntry, Posting
from node.posting.poster import BATCH
from scripts.bench.measured import ROUNDS, Measured, per_second

ENTRIES: Final = 20_000
TABLES: Final = ("journal_entry", "posting")
Insert = Callable[[str, list[str], list[tuple[Any, ...]]], object]
_FAR: Final = 1_000_000
_NOW: Final = datetime(2026, 10, 5, 9, 30, tzinfo=UTC)
_NOSTRO: Final = chart.nostro("EUR", "DE02100100109307118603")
_WALLETS: Final = tuple(chart.wallet("EUR", f"0x{place:040x}") for place in range(1, 51))


class Connection(Protocol):
    """What both drivers have in common (DB-API 2.0)."""

    def cursor(self) -> Any:  # noqa: ANN401 - of either driver
        """A new cursor."""

    def commit(self) -> None:
        """End what was begun by the first statement."""


def open_books(engine: Engine) -> None:
    """Open the accounts that the entries are on."""
    with unit_of_work(engine) as session:
        for account in (_NOSTRO, *_WALLETS):
            journal.open_account(session, account, at=_NOW)


def post(engine: Engine, entries: list[NewEntry]) -> None:
    """Post entries as the poster does, some in each unit of work."""
    for place in range(0, ENTRIES, BATCH):
        with unit_of_work(engine) as session:
            part = entries[place : place + BATCH]
            journal.book(session, [booking.posted(entry, _NOW) for entry in part])


def entries_of(name: str) -> Iterator[NewEntry]:
    """So many entries; under a name they are posted once."""
    for place in range(ENTRIES):
        wallet = _WALLETS[place % len(_WALLETS)]
        amount = 1 + place
        yield NewEntry(
            id=derived_id("bench", name, place),
            rule="bench.issued",
            currency="EUR",
            postings=(
                Posting(_NOSTRO.code, Side.DEBIT, amount),
                Posting(wallet.code, Side.CREDIT, amount),
            ),
            value_date=_NOW.date(),
            uetr=str(UUID(int=place, version=4)),
            event_key=f"{name}:{place}",
            narrative="issued",
        )


def against_bare(engine: Engine, ours: Connection, bare: Connection, insert: Insert) -> Measured:
    """Post entries, and insert the same rows into `bare` with its driver alone.

    Ours checks, numbers and counts; the reference only writes, as many rows to a commit, by
    `insert`, the driver's fastest way. `ours` is the driver's connection to the books of `engine`.
    """
    post(engine, list(entries_of("first")))
    tables = [_read(ours, table) for table in TABLES]
    rounds = iter([list(entries_of(f"round {number}")) for number in range(ROUNDS)])

    def write() -> None:
        for table in tables:
            table.move()
        for place in range(0, ENTRIES, BATCH):
            for table in tables:
                insert(table.name, table.columns, table.of_entries(place, place + BATCH))
            bare.commit()

    return per_second(ENTRIES, "entries", lambda: post(engine, next(rounds)), write)


@dataclass(slots=True)
class _Rows:
    """Rows of one table as the driver gives them."""

    name: str
    columns: list[str]
    rows: list[tuple[Any, ...]]

    def of_entries(self, first: int, last: int) -> list[tuple[Any, ...]]:
        """The rows of some entries; an entry has one row here, or two."""
        each = len(self.rows) // ENTRIES
        return self.rows[first * each : last * each]

    def move(self) -> None:
        """Give every row a key of its own, so that it can be written once more."""
        self.rows = [tuple(map(_moved, self.columns, row)) for row in self.rows]


def _read(ours: Connection, table: str) -> _Rows:
    cursor = ours.cursor()
    cursor.execute(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608 - one of TABLES
    columns = [each[0] for each in cursor.description]
    return _Rows(table, columns, cursor.fetchall())


def _moved(column: str, value: Any) -> Any:  # noqa: ANN401 - any column
    if column in {"sequence", "entry_sequence"} or (column == "id" and isinstance(value, int)):
        return value + _FAR
    return f"{value}+" if column == "id" else value
