"""Treasury desks for the tests beside this file: on eth-tester, and on anvil for real protocols.

Out: the fixtures `desk` and `anvil_chain`. Used by pytest.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.contracts.anvil_chain import AnvilChain
from tests.contracts.chain import Chain
from tests.contracts.treasury.desk import Desk
from tests.support import anvil as anvils
from tests.support.anvil import Anvil
from tests.support.optional import absent


@pytest.fixture(scope="module")
def built_desk() -> Desk:
    """Deploy once; tests ask for `desk`."""
    return Desk(Chain(accounts=10))


@pytest.fixture
def desk(built_desk: Desk) -> Iterator[Desk]:
    """Give the desk as it was deployed."""
    with built_desk.chain.rewound():
        yield built_desk


@pytest.fixture(scope="module")
def anvil_chain() -> Iterator[AnvilChain]:
    """Run a chain with room for whole protocols."""
    reason = anvils.why_absent()
    if reason is not None:
        absent(reason)
    with anvils.anvil() as running, closing(AnvilChain(running, _accounts(running))) as chain:
        yield chain


def _accounts(running: Anvil) -> list[str]:
    """Anvil's own, whose keys it has."""
    return [str(each).lower() for each in running.ask("eth_accounts")]
