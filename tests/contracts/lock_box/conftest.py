"""One chain or two for the tests of the LockBox: built once per file, rewound after each test.

Out: the fixtures `side` and `lock`, `chains` and `sides`. Used by pytest.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.contracts.lock_desk import ASSET_CHAIN, Lock, Oracle, Side, TwoChains


@pytest.fixture(scope="module")
def built_side() -> Side:
    """Deploy once; tests ask for `side`."""
    return Side(ASSET_CHAIN)


@pytest.fixture
def side(built_side: Side) -> Iterator[Side]:
    """Give the chain as it was built."""
    with built_side.chain.rewound():
        yield built_side


@pytest.fixture
def lock(side: Side) -> Lock:
    """Terms of a delivery that nobody has acted on."""
    return side.lock(Oracle().keys(1), side.chain.now)


@pytest.fixture(scope="module")
def built_chains() -> TwoChains:
    """Deploy once; tests ask for `chains`."""
    return TwoChains()


@pytest.fixture
def chains(built_chains: TwoChains) -> Iterator[TwoChains]:
    """Give both chains as they were built."""
    with ExitStack() as rewound:
        for each in (built_chains.one, built_chains.other):
            rewound.enter_context(each.chain.rewound())
        yield built_chains


@pytest.fixture(params=["delivered on one", "delivered on the other"])
def sides(request: pytest.FixtureRequest, chains: TwoChains) -> tuple[Side, Side]:
    """Where is delivered, and where is paid."""
    there = (chains.one, chains.other)
    return there if request.param == "delivered on one" else there[::-1]
