"""Settlements of several legs; expectations named by what the chain will say.

Called by: alembic, in revision order.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import node.db.columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("expectation", sa.Column("ref", sa.String(), nullable=False, server_default=""))
    # Until now every expectation was a payment of its own, named by its UETR and its id.
    op.execute(
        "UPDATE expectation SET ref = '0x' || replace(uetr, '-', '') || replace(id, '-', '')"
    )
    op.create_index(op.f("ix_expectation_ref"), "expectation", ["ref"], unique=False)
    op.add_column(
        "instruction", sa.Column("settlement_id", sa.String(), nullable=False, server_default="")
    )
    op.create_index(
        op.f("ix_instruction_settlement_id"), "instruction", ["settlement_id"], unique=False
    )
    op.create_table(
        "settlement",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("uetr", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("content_id", sa.String(), nullable=False),
        sa.Column("deadline", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("content_id"),
        sa.UniqueConstraint("sequence"),
        sa.UniqueConstraint("uetr"),
    )
