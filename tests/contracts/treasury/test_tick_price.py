"""The price of a tick, against exact arithmetic; no float comes near it."""

from __future__ import annotations

from decimal import Decimal, localcontext

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contracts.bank import mock
from tests.contracts.chain import Chain, Contract

TICK_MAX = 887_272
# Of the result, in parts: what rounding in 96 bits may cost, squared twenty times.
ERROR = Decimal(10) ** -20


@pytest.fixture(scope="module")
def probe() -> Contract:
    chain = Chain(accounts=1)
    return chain.deploy(mock("TickPriceProbe"), by=chain.accounts[0])


def exact(tick: int, amount: int, *, from_token0: bool) -> Decimal:
    with localcontext(prec=120):
        price = Decimal("1.0001") ** tick
        return amount * price if from_token0 else amount / price


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    tick=st.integers(-TICK_MAX, TICK_MAX), amount=st.integers(0, 2**120), from_token0=st.booleans()
)
def test_a_price_is_right_to_twenty_digits(
    probe: Contract, tick: int, amount: int, *, from_token0: bool
) -> None:
    found = probe.read("convert", tick, amount, from_token0)
    wanted = exact(tick, amount, from_token0=from_token0)
    with localcontext(prec=120):
        assert abs(found - wanted) <= 1 + wanted * ERROR


@pytest.mark.parametrize("tick", [-TICK_MAX, -1, 0, 1, TICK_MAX])
def test_the_edges(probe: Contract, tick: int) -> None:
    for from_token0 in (True, False):
        found = probe.read("convert", tick, 2**100, from_token0)
        wanted = exact(tick, 2**100, from_token0=from_token0)
        with localcontext(prec=120):
            assert abs(found - wanted) <= 1 + wanted * ERROR
