"""Breaks as cases: notes, items put by hand, acceptance; approvals bound to what was shown.

Called by: alembic, in revision order. The table of approvals is made anew: a check that the two
people differ cannot be added to one that exists in SQLite.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import node.db.columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_UTC = node.db.columns.UtcDateTime(timezone=True)
_FOUR_EYES = "state <> 'APPROVED' OR decided_by <> asked_by"


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("approval", recreate="auto") as approval:
        approval.add_column(sa.Column("shown", sa.String(), nullable=False, server_default=""))
        approval.add_column(sa.Column("detail", sa.JSON(), nullable=False, server_default="{}"))
        approval.create_check_constraint("approval_by_two", _FOUR_EYES)
    op.add_column(
        "recon_break", sa.Column("accepted", sa.String(), nullable=False, server_default="")
    )
    op.create_table(
        "recon_hand",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("approval_id", sa.String(), nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_recon_hand_source", "recon_hand", ["side", "source"], unique=False)
    op.create_table(
        "recon_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("break_id", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["break_id"], ["recon_break.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_recon_note_break_id"), "recon_note", ["break_id"], unique=False)
