"""A bank and a settlement desk for tests of contracts: built once a file, rewound after each test.

Out: the fixtures `bank` and `desk`. Used by pytest.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contracts.bank import Bank
from tests.contracts.desk import Desk


@pytest.fixture(scope="module")
def built() -> Bank:
    """Deploy once; tests ask for `bank`."""
    return Bank()


@pytest.fixture
def bank(built: Bank) -> Iterator[Bank]:
    """Give the bank as it was deployed."""
    with built.chain.rewound():
        yield built


@pytest.fixture(scope="module")
def built_desk() -> Desk:
    """Deploy once; tests ask for `desk`."""
    return Desk()


@pytest.fixture
def desk(built_desk: Desk) -> Iterator[Desk]:
    """Give the desk as it was deployed."""
    with built_desk.chain.rewound():
        yield built_desk
