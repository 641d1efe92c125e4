"""Alembic environment: runs a migration over the connection that migrate.py hands in.

Called by: alembic only.
"""

from __future__ import annotations

import importlib

from alembic import context
from sqlmodel import SQLModel

PACKAGES = (
    "db", "chain", "events", "ledger", "control", "posting", "bank", "submission", "feed",
    "settlement", "reconciliation", "sealing", "days",
)  # fmt: skip
for package in PACKAGES:
    importlib.import_module(f"node.{package}.tables")

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=False)
with context.begin_transaction():
    context.run_migrations()
