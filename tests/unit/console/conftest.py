"""A console with its client, over an empty or a seeded database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from node.db.engine import open_engine
from tests.support.console_day import Node, seed, sign_in


@pytest.fixture
def node(sqlite_url: str) -> Iterator[Node]:
    """A node with an empty database; the queries are tested on both kinds by their stores."""
    engine = open_engine(sqlite_url)
    yield Node(engine)
    engine.dispose()


@pytest.fixture
def day(node: Node) -> Node:
    """A node with a day's records."""
    seed(node.engine)
    return node


@pytest.fixture
def stranger(node: Node) -> Iterator[TestClient]:
    """Somebody who has not signed in."""
    with TestClient(node.app(), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def treasurer(stranger: TestClient) -> TestClient:
    """A treasurer at the console of `node`."""
    sign_in(stranger)
    return stranger
