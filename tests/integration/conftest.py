"""A development chain in a process of its own: started once per file, rewound after each test.

Out: the fixtures `running_anvil` and `anvil`. Used by pytest, in tests that are marked `npm`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import anvil as anvils
from tests.support.anvil import Anvil
from tests.support.optional import absent


@pytest.fixture(scope="module")
def running_anvil() -> Iterator[Anvil]:
    """Start one for all tests of a file, which find it as the one before left it."""
    reason = anvils.why_absent()
    if reason is not None:
        absent(reason)
    with anvils.anvil() as running:
        yield running


@pytest.fixture
def anvil(running_anvil: Anvil) -> Iterator[Anvil]:
    """Give the chain as it began."""
    snapshot = running_anvil.ask("evm_snapshot")
    yield running_anvil
    assert running_anvil.ask("evm_revert", snapshot)
