"""Books to write into: the usual accounts are open and nothing is booked.

In: `engine`, once per kind of database. Out: `books`. Used by pytest.
"""

import pytest
from sqlalchemy import Engine

from tests.support.ledger_books import open_books


@pytest.fixture
def books(engine: Engine) -> Engine:
    open_books(engine)
    return engine
