"""Fixtures of reconciliation: the three records of one bank, on a database of each kind.

In: `engine` over a migrated, empty database. Out: `records`, through which a test writes what
happened.
"""

import pytest
from sqlalchemy import Engine

from tests.support.recon_records import Records


@pytest.fixture
def records(engine: Engine) -> Records:
    """The three records of one bank, and the matcher over them."""
    return Records(engine)
