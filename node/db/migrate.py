"""Brings a database to this version's schema, and refuses one from a newer version.

In: an Engine. Out: nothing, or `NewerDatabase`. Called by: app at start, cli, tests.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from node.core.errors import Fatal
from node.db.engine import open_engine

_FOLDER = Path(__file__).parent / "migrations"


class NewerDatabase(Fatal):
    """The schema was written by a later version of Concord."""

    code = "DATABASE_NEWER"
    title = "Database from a newer version"


def upgrade(url: str) -> None:
    """Migrate the database at `url` to this version's schema."""
    engine = open_engine(url)
    try:
        upgrade_engine(engine)
    finally:
        engine.dispose()


def upgrade_engine(engine: Engine) -> None:
    """Migrate through an open engine; raises `NewerDatabase` when the schema is unknown here."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    with engine.connect() as connection:
        found = set(MigrationContext.configure(connection).get_current_heads())
    if found - known:
        raise NewerDatabase(
            f"The database has schema {', '.join(sorted(found - known))}, unknown to this version.",
            remedy="Install the newer Concord, or point CONCORD_DATABASE_URL at another database.",
        )
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def schema_version(engine: Engine) -> str:
    """The schema revision in the database, or '' for an empty one."""
    with engine.connect() as connection:
        return ", ".join(MigrationContext.configure(connection).get_current_heads())
