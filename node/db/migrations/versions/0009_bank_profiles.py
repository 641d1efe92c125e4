"""How banks draw up their statements, and what is booked ahead of a closing balance.

Called by: alembic, in revision order.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "bank_profile",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("closing", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.code"]),
        sa.PrimaryKeyConstraint("account"),
    )
    op.add_column(
        "statement", sa.Column("ahead", sa.BigInteger(), nullable=False, server_default="0")
    )
