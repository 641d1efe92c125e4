"""Submission over an empty database of each kind and a chain with the bank's contracts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from node.db.engine import open_engine
from tests.support.chain_bank import open_bank
from tests.support.chain_sender import Submission


@pytest.fixture
def node(database_url: str, tmp_path: Path) -> Iterator[Submission]:
    """Give a node that wants nothing sent yet."""
    engine = open_engine(database_url)
    bank = open_bank(tmp_path)
    yield Submission(engine, bank)
    bank.chain.close()
    engine.dispose()
