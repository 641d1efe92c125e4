"""Blocks and events are found by their height on a chain, as they are read.

Called by: alembic, in revision order.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.drop_index(op.f("ix_block_number"), table_name="block")
    op.create_index("ix_block_height", "block", ["chain_id", "number"], unique=False)
    op.drop_index(op.f("ix_chain_event_block_number"), table_name="chain_event")
    op.create_index(
        "ix_chain_event_height",
        "chain_event",
        ["chain_id", "block_number", "log_index"],
        unique=False,
    )
