"""A node behind the API, on a database of each kind; with a day's records where a test reads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from node.control.roles import Role
from node.db.engine import open_engine
from tests.support.api_node import ApiNode
from tests.support.console_day import seed


@pytest.fixture
def node(engine: Engine) -> ApiNode:
    """A bank with a correspondent and three customers, and nothing done yet."""
    made = ApiNode(engine)
    made.onboard()
    return made


@pytest.fixture
def day(engine: Engine) -> ApiNode:
    """A node with the records of a day."""
    seed(engine)
    return ApiNode(engine)


@pytest.fixture
def small_node(sqlite_url: str) -> Iterator[ApiNode]:
    """Both in one, on SQLite alone: for what does not depend on the database."""
    engine = open_engine(sqlite_url)
    seed(engine)
    made = ApiNode(engine)
    made.onboard()
    yield made
    engine.dispose()


@pytest.fixture
def partner(node: ApiNode) -> Iterator[TestClient]:
    """A partner bank at `node`."""
    with node.client(Role.PARTNER) as client:
        yield client


@pytest.fixture
def treasurer(node: ApiNode) -> Iterator[TestClient]:
    """A treasurer at `node`."""
    with node.client(Role.TREASURER) as client:
        yield client


@pytest.fixture
def reader(day: ApiNode) -> Iterator[TestClient]:
    """An auditor who reads the day."""
    with day.client(Role.AUDITOR) as client:
        yield client
