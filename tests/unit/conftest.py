"""The database that unit tests write into: migrated, empty, of the test's own.

In: `database_url`, once per kind of database. Out: `engine`. Used by pytest.
"""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from node.db.engine import open_engine


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_engine(database_url)
    yield opened
    opened.dispose()
