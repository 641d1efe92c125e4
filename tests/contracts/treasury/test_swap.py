"""Swaps through Uniswap v3, on its own bytecode: what they bring, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contracts.anvil_chain import AnvilChain
from tests.contracts.bank import ZERO
from tests.contracts.chain import Refused
from tests.contracts.treasury.desk import DAY, NO_FEED, Desk, Guard
from tests.contracts.treasury.packages import need
from tests.contracts.treasury.uniswap import CAP, ETH, PACKAGES, PRICE, USD, WINDOW, Exchange

pytestmark = pytest.mark.npm


@pytest.fixture(scope="module", params=["dollars are token0", "dollars are token1"])
def built(request: pytest.FixtureRequest, anvil_chain: AnvilChain) -> Iterator[Exchange]:
    need(*PACKAGES)
    with anvil_chain.rewound():
        made = Exchange(Desk(anvil_chain), dollars_first=request.param.endswith("0"))
        made.allow()
        yield made


@pytest.fixture
def exchange(built: Exchange) -> Iterator[Exchange]:
    with built.desk.chain.rewound():
        yield built


def pool(exchange: Exchange) -> str:
    return exchange.pool.address


def test_an_asset_that_the_pool_does_not_trade_is_refused(exchange: Exchange) -> None:
    told = exchange.desk.refused_swap(pool(exchange), ZERO, 1)
    assert told == f"NotTraded(pool: {pool(exchange)}, asset: {ZERO})"


def test_too_late_is_refused(exchange: Exchange) -> None:
    desk = exchange.desk
    order = (pool(exchange), exchange.usd.address, USD, 0, desk.chain.now - 1, desk.ref())
    assert desk.refusal("swap", *order).startswith("DeadlinePassed(")


def test_less_than_the_caller_wants_is_refused(exchange: Exchange) -> None:
    order = (pool(exchange), exchange.usd.address, 3_000 * USD, ETH)
    assert exchange.desk.refused_swap(*order) == "Too little received"


def test_nothing_is_refused(exchange: Exchange) -> None:
    told = exchange.desk.refused_swap(pool(exchange), exchange.usd.address, 0)
    assert told == "AmountMissing()"


def test_a_pool_keeps_no_money(exchange: Exchange) -> None:
    told = f"VenueUnknown(venue: {pool(exchange)}, kind: 3)"
    assert exchange.desk.refused_deposit(pool(exchange), 1) == told
    assert exchange.desk.refused_withdrawal(pool(exchange), 1) == told


def test_the_cap_is_for_a_day(exchange: Exchange) -> None:
    desk, usd = exchange.desk, exchange.usd.address
    desk.swap(pool(exchange), usd, CAP // 4)
    exposed = desk.adapter.read("exposure", pool(exchange))
    assert CAP // 4 - CAP // 1000 < exposed <= CAP // 4
    assert "CapExceeded" in desk.refused_swap(pool(exchange), usd, CAP * 4 // 5)
    desk.wait(DAY // 8)
    assert desk.adapter.read("exposure", pool(exchange)) == pytest.approx(CAP // 8, rel=0.01)
    desk.wait(DAY // 8)
    assert desk.adapter.read("exposure", pool(exchange)) == 0


def test_the_cap_counts_the_other_asset_by_its_worth(exchange: Exchange) -> None:
    order = (pool(exchange), exchange.eth.address, CAP // USD * ETH // PRICE + ETH)
    told = exchange.desk.refused_swap(*order)
    exposed = int(told.partition("exposure: ")[2].partition(",")[0])
    assert CAP + (PRICE - 1) * USD < exposed <= CAP + PRICE * USD


def test_a_lower_cap_keeps_what_was_used(exchange: Exchange) -> None:
    desk = exchange.desk
    desk.swap(pool(exchange), exchange.usd.address, CAP // 2)
    desk.wait(DAY // 4)
    desk.adapter.send("lowerCap", pool(exchange), 0, by=desk.guardian)
    before = desk.adapter.read("exposure", pool(exchange))
    # Until now a quarter came back; from now on nothing does.
    assert before == pytest.approx(CAP // 4, rel=0.01)
    desk.wait(DAY)
    assert desk.adapter.read("exposure", pool(exchange)) == before
    exchange.refresh()
    assert "CapExceeded" in desk.refused_swap(pool(exchange), exchange.usd.address, 1)


@pytest.mark.parametrize("sold", ["usd", "eth"])
def test_what_is_bought_goes_to_the_treasury(exchange: Exchange, sold: str) -> None:
    desk = exchange.desk
    give, take, amount = exchange.usd, exchange.eth, 30_000 * USD
    if sold == "eth":
        give, take, amount = exchange.eth, exchange.usd, 10 * ETH
    had = take.read("balanceOf", desk.treasury)
    by_feeds, least = desk.adapter.read("quote", pool(exchange), give.address, amount)
    told = desk.swap(pool(exchange), give.address, amount)
    assert (told["sold"], told["asset"], told["bought"]) == (amount, give.address, take.address)
    assert take.read("balanceOf", desk.treasury) == had + told["received"]
    assert least < told["received"] < by_feeds
    # The pool's fee of 5 basis points, and 10 for its depth.
    assert told["received"] > by_feeds * 9980 // 10_000
    for asset in (give, take):
        assert asset.read("balanceOf", desk.adapter.address) == 0
    assert give.read("allowance", desk.adapter.address, exchange.router.address) == 0


@pytest.mark.parametrize("stop", ["pause", "closeVenue"])
def test_no_swap_under_pause_or_when_closed(exchange: Exchange, stop: str) -> None:
    desk = exchange.desk
    args = () if stop == "pause" else (pool(exchange),)
    desk.adapter.send(stop, *args, by=desk.guardian)
    told = desk.refused_swap(pool(exchange), exchange.usd.address, USD)
    assert told in {"EnforcedPause()", f"VenueNotOpen(venue: {pool(exchange)})"}


def incomplete(guard: Guard) -> Iterator[Guard]:
    """The guard with one thing missing, each in turn."""
    yield Guard(guard.asset_feed, guard.other_feed, window=0, ticks=1, bps=1)
    yield Guard(guard.asset_feed, guard.other_feed, window=WINDOW, ticks=0, bps=1)
    yield Guard(guard.asset_feed, guard.other_feed, window=WINDOW, ticks=1, bps=0)
    yield Guard(NO_FEED, guard.other_feed, window=WINDOW, ticks=1, bps=1)
    yield Guard(guard.asset_feed, NO_FEED, window=WINDOW, ticks=1, bps=1)
    source, age, digits, low, high = guard.asset_feed
    for feed in ((source, 0, digits, low, high), (source, age, digits, high, high)):
        yield Guard(feed, guard.other_feed, window=WINDOW, ticks=1, bps=1)
    yield Guard(guard.asset_feed, guard.other_feed, source, 0, WINDOW, 1, 1)


def test_a_guard_that_leaves_something_open_is_refused(exchange: Exchange) -> None:
    for guard in incomplete(exchange.guard):
        with pytest.raises(Refused, match=r"TermsInvalid\("):
            exchange.desk.allow(pool(exchange), exchange.terms.but(guard=guard))


def test_terms_that_do_not_fit_are_refused(exchange: Exchange) -> None:
    desk, right = exchange.desk, exchange.terms
    stranger = desk.asset("OTHER")
    for terms, told in (
        (right.but(slippage=10_000), "TermsInvalid"),
        (right.but(floor=1), "TermsInvalid"),
        (right.but(other=stranger.address), "VenueMismatch"),
        (right.but(gateway=stranger.address), "reverted"),
    ):
        with pytest.raises(Refused, match=told):
            desk.allow(pool(exchange), terms)
