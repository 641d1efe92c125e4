"""Every signature of an intent kept, fees per day, foreign nonces, approvals by a second person.

Called by: alembic, in revision order.
"""

from __future__ import annotations

import rlp
import sqlalchemy as sa
from alembic import op

import node.db.columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_UTC = node.db.columns.UtcDateTime(timezone=True)
_WORD = node.db.columns.Uint256(length=78)


def upgrade() -> None:
    """Apply."""
    _add_attempts()
    op.add_column("tx_intent", sa.Column("due", sa.String(), nullable=False, server_default=""))
    op.add_column("tx_intent", sa.Column("wake_at", _UTC, nullable=True))
    op.create_table(
        "tx_fee_day",
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("committed_wei", _WORD, nullable=False),
        sa.PrimaryKeyConstraint("chain_id", "day"),
    )
    op.create_table(
        "tx_foreign",
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("signer", sa.String(), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=False),
        sa.Column("found_at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("chain_id", "signer", "nonce"),
    )
    op.create_table(
        "approval",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("command", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", _UTC, nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", _UTC, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sequence"),
    )
    op.create_index(op.f("ix_approval_subject"), "approval", ["subject"], unique=False)
    op.create_index(op.f("ix_approval_state"), "approval", ["state"], unique=False)


def _add_attempts() -> None:
    op.create_table(
        "tx_attempt",
        sa.Column("tx_hash", sa.String(), nullable=False),
        sa.Column("intent_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("raw", sa.String(), nullable=False),
        sa.Column("gas", sa.BigInteger(), nullable=False),
        sa.Column("fee_wei_max", _WORD, nullable=False),
        sa.Column("tip_wei_max", _WORD, nullable=False),
        sa.Column("is_legacy", sa.Boolean(), nullable=False),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.ForeignKeyConstraint(["intent_id"], ["tx_intent.id"]),
        sa.PrimaryKeyConstraint("tx_hash"),
        sa.UniqueConstraint("intent_id", "number"),
    )
    kept = sa.text("SELECT id, tx_hash, raw, updated_at FROM tx_intent WHERE raw <> ''")
    keep = sa.text(
        "INSERT INTO tx_attempt (tx_hash, intent_id, number, kind, raw, gas, fee_wei_max,"
        " tip_wei_max, is_legacy, signed_by, at) VALUES (:tx_hash, :id, 1, 'CALL', :raw, :gas,"
        " :fee, :tip, false, 'node', :updated_at)"
    )
    for row in op.get_bind().execute(kept).mappings().all():
        op.get_bind().execute(keep, {**row, **_priced(row["raw"])})
    op.drop_column("tx_intent", "raw")


def _priced(raw: str) -> dict[str, object]:
    """What the bytes say of gas and fees; until now every one was an EIP-1559 transaction."""
    _, _, tip, fee, gas, *_ = rlp.decode(bytes.fromhex(raw[4:]))
    words = [int.from_bytes(each, "big") for each in (gas, fee, tip)]
    return {"gas": words[0], "fee": str(words[1]), "tip": str(words[2])}
