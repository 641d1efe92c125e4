"""Fixtures of reconciliation: a database, a clock that stands still, and books to compare.

In: `database_url` of each kind. Out: `records`, through which a test writes what happened.
"""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from node.db.engine import open_engine
from tests.support.recon_records import Records


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine over a migrated, empty database."""
    opened = open_engine(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def records(engine: Engine) -> Records:
    """The three records of one bank, and the matcher over them."""
    return Records(engine)
