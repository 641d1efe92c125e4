"""Brings a database to this version's schema, and refuses one from a newer version.

In: an Engine. Out: nothing, or `NewerDatabase`, `DatabaseUnavailable`. Called by: app at
start, cli, tests.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DatabaseError

from node.core.errors import Fatal
from node.db.engine import open_engine
from node.db.unit_of_work import unavailable

_FOLDER = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 0x6D696772617465


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
    found = _heads(engine)
    if found - known:
        raise NewerDatabase(
            f"The database has schema {', '.join(sorted(found - known))}, unknown to this version.",
            remedy="Install the newer Concord, or point CONCORD_DATABASE_URL at another database.",
        )
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # replicas that start at once migrate in turn
            connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def schema_version(engine: Engine) -> str:
    """The schema revision in the database, or '' for an empty one."""
    return ", ".join(sorted(_heads(engine)))


def _heads(engine: Engine) -> set[str]:
    try:
        with engine.connect() as connection:
            return set(MigrationContext.configure(connection).get_current_heads())
    except DatabaseError as error:
        raise unavailable(error) from error
