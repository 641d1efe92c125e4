"""A small chain inside the process, and the door to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from node.chain.embedded import EmbeddedChain
from node.chain.finality import EMBEDDED_CHAIN_ID
from tests.support.chain_keys import address
from tests.support.fault_proxy import Faults


@pytest.fixture
def chain() -> Iterator[EmbeddedChain]:
    """Give a chain in memory on which alice has funds, three blocks high."""
    made = EmbeddedChain(None, [address("alice")], now=lambda: 1_800_000_000)
    made.mine(3)
    yield made
    made.close()


@pytest.fixture
def faults(chain: EmbeddedChain) -> Faults:
    """Give that chain behind faults; none stands before it yet."""
    return Faults(chain.answer)


@pytest.fixture
def chain_id() -> int:
    """Give the id that the chain tells of itself."""
    return EMBEDDED_CHAIN_ID
