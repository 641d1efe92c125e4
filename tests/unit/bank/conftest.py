"""The database that tests of bank import into: it knows one nostro account.

In: an empty database. Out: `engine`. Used by pytest.
"""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from node.db.engine import open_engine
from node.db.unit_of_work import unit_of_work
from node.ledger import chart, journal
from tests.support.bank_messages import NOW, NUMBER


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_engine(database_url)
    with unit_of_work(opened) as session:
        journal.open_account(session, chart.nostro("CAD", NUMBER), at=NOW)
    yield opened
    opened.dispose()
