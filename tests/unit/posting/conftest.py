"""Books and a chain that say nothing yet.

In: `engine`, once per kind of database. Out: `chain`. Used by pytest.
"""

import pytest
from sqlalchemy import Engine

from tests.support.ledger_books import open_books
from tests.support.ledger_events import Chain


@pytest.fixture
def chain(engine: Engine) -> Chain:
    open_books(engine)
    return Chain(engine)
