"""Items found by what two of them without a shared reference have alike.

Called by: alembic, in revision order.
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_recon_item_shape", "recon_item", ["account", "currency", "amount"])
