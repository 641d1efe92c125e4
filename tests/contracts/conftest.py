"""A bank for every test of the contracts: built once per file, rewound after each test.

Out: the fixture `bank`. Used by pytest.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contracts.bank import Bank


@pytest.fixture(scope="module")
def built() -> Bank:
    """Deploy once; tests ask for `bank`."""
    return Bank()


@pytest.fixture
def bank(built: Bank) -> Iterator[Bank]:
    """Give the bank as it was deployed."""
    with built.chain.rewound():
        yield built
