"""Settlement over an empty database of each kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from node.db.engine import open_engine
from tests.support.chain_desk import SettlementDesk


@pytest.fixture
def bank(database_url: str) -> Iterator[SettlementDesk]:
    """Give a bank with alice and bob in custody, carol with a key of her own, and a nostro."""
    engine = open_engine(database_url)
    made = SettlementDesk(engine)
    made.onboard("alice", "bob")
    made.onboard("carol", custodial=False)
    yield made
    engine.dispose()
