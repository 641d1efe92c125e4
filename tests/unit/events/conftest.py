"""An indexer over an empty database of each kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from node.db.engine import open_engine
from tests.support.chain_follower import Follower


@pytest.fixture
def follower(database_url: str) -> Iterator[Follower]:
    """Give an indexer that has seen nothing, on a chain with nothing but its genesis."""
    engine = open_engine(database_url)
    yield Follower(engine)
    engine.dispose()
