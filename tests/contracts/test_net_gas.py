"""Gas of netting, per net movement: the whole call, without the holds, by the net list's length.

A net movement is one party's one payment or receipt in one token. 50 parties and 100 obligations,
tokens without proxies. What cannot be less: of a debtor the hold and the account, of a creditor the
account, each a word that the call is the first to write (5,000), and an event for each.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contracts.desk import Desk
from tests.contracts.netting import Cycle, Owed

PARTIES = 50


@pytest.fixture(scope="module")
def built() -> Desk:
    """Deploy once."""
    return Desk(parties=PARTIES)


@pytest.fixture
def desk(built: Desk) -> Iterator[Desk]:
    """Give the desk as it was deployed."""
    with built.chain.rewound():
        yield built


def halves(parties: list[str]) -> tuple[Owed, ...]:
    """25 net debtors and 25 net creditors, with every fourth obligation the other way."""
    debtors, creditors = parties[:25], parties[25:]
    forth = [(debtors[i % 25], creditors[i * 7 % 25], 100_000 + i) for i in range(75)]
    back = [(creditors[i], debtors[i], 50 + i) for i in range(25)]
    return (*forth, *back)


def ring(parties: list[str]) -> tuple[Owed, ...]:
    """Everybody owes the next, and the one after six more."""
    near = [(parties[i], parties[(i + 1) % 50], 1_000 + i * 13) for i in range(50)]
    far = [(parties[i], parties[(i + 7) % 50], 500 + i * (i % 9)) for i in range(50)]
    return (*near, *far)


def one_to_all(parties: list[str]) -> tuple[Owed, ...]:
    """One owes all others, twice."""
    return tuple((parties[0], each, 1_000) for _ in range(2) for each in parties[1:])


def per_move(desk: Desk, cycle: Cycle) -> int:
    expiry = cycle.opened()
    receipt = desk.engine.send("settleNet", cycle.argument(expiry), by=desk.admin)
    return receipt.gas_used // cycle.moves


@pytest.mark.parametrize(
    ("owed", "limit"), [(halves, 16_800), (ring, 16_600), (one_to_all, 13_100)]
)
def test_one_token(desk: Desk, owed: object, limit: int) -> None:
    assert callable(owed)
    assert per_move(desk, Cycle(desk, ((desk.cash, owed(desk.parties)),))) <= limit


def test_two_tokens(desk: Desk) -> None:
    owed = ((desk.cash, halves(desk.parties)), (desk.bond, ring(desk.parties)))
    assert per_move(desk, Cycle(desk, owed)) <= 15_800
