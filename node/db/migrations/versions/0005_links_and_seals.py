"""Each journal entry linked to the one before it, and seals over journal and audit trail.

Called by: alembic, in revision order. Entries written before get their links in their order.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

import node.db.columns

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_BATCH: Final = 1000
_TEXTS: Final = (
    *("id", "phase", "rule", "currency", "uetr", "expectation_id", "event_key"),
    *("resolves", "reversal_of"),
)
_UTC = node.db.columns.UtcDateTime(timezone=True)
_ENTRY: Final = sa.table(
    "journal_entry",
    sa.column("sequence", sa.Integer()),
    *(sa.column(name, sa.String()) for name in _TEXTS),
    sa.column("value_date", sa.Date()),
    sa.column("recorded_at", _UTC),
    sa.column("narrative", sa.String()),
    sa.column("evidence", sa.JSON()),
    sa.column("link", sa.String()),
)
_POSTING: Final = sa.table(
    "posting",
    *(sa.column(name) for name in ("id", "entry_sequence", "account", "side", "amount")),
)


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "journal_entry", sa.Column("link", sa.String(), nullable=False, server_default="")
    )
    op.create_table(
        "seal",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("book", sa.String(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("book", "first"),
    )
    _link()


def _link() -> None:
    """As node/ledger/link.py did when this was written."""
    keep = (
        sa.update(_ENTRY)
        .where(_ENTRY.c.sequence == sa.bindparam("of"))
        .values(link=sa.bindparam("kept"))
    )
    sequence, link = 0, "0" * 64
    while found := _entries(sequence):
        links = []
        for row, postings in found:
            sequence, link = row.sequence, _over(link, row, postings)
            links.append({"of": sequence, "kept": link})
        op.get_bind().execute(keep, links)


def _entries(after: int) -> list[tuple[sa.Row[Any], list[list[Any]]]]:
    query = sa.select(_ENTRY).where(_ENTRY.c.sequence > after).order_by(_ENTRY.c.sequence)
    rows = op.get_bind().execute(query.limit(_BATCH)).all()
    postings: dict[int, list[list[Any]]] = {row.sequence: [] for row in rows}
    lines = sa.select(_POSTING).where(_POSTING.c.entry_sequence.in_(postings))
    for line in op.get_bind().execute(lines.order_by(_POSTING.c.id)):
        postings[line.entry_sequence].append([line.account, line.side, line.amount])
    return [(row, postings[row.sequence]) for row in rows]


def _over(before: str, row: sa.Row[Any], postings: list[list[Any]]) -> str:
    content = [getattr(row, name) for name in _TEXTS]
    content += [row.value_date.isoformat(), row.recorded_at.isoformat()]
    content += [row.narrative, row.evidence, postings]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(bytes.fromhex(before) + text.encode("utf-8", "surrogatepass")).hexdigest()
