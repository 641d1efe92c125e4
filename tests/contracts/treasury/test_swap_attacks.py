"""Attacks on swaps, on Uniswap's own bytecode: what they take, and what the guard leaves them.

The pool has 60 million dollars; the treasury sells 150,000, half a per cent of one side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.contracts.anvil_chain import AnvilChain
from tests.contracts.chain import Contract
from tests.contracts.treasury.desk import ALL, DAY, HOUR, Desk
from tests.contracts.treasury.packages import need
from tests.contracts.treasury.uniswap import (
    DOLLAR,
    ETH,
    PACKAGES,
    PRICE,
    USD,
    WINDOW,
    Exchange,
)

pytestmark = pytest.mark.npm
SOLD = 150_000 * USD
FAIR = SOLD * ETH // USD // PRICE


@pytest.fixture(scope="module")
def built(anvil_chain: AnvilChain) -> Exchange:
    need(*PACKAGES)
    made = Exchange(Desk(anvil_chain))
    made.allow()
    made.usd.send("approve", made.router.address, ALL, by=made.desk.treasury)
    return made


@pytest.fixture
def exchange(built: Exchange) -> Iterator[Exchange]:
    with built.desk.chain.rewound():
        yield built


def refused(exchange: Exchange, amount: int = SOLD) -> str:
    return exchange.desk.refused_swap(exchange.pool.address, exchange.usd.address, amount)


def front_run(exchange: Exchange, dollars: int) -> int:
    """The attacker buys ether first, so that it is dear; how much."""
    return exchange.trade(exchange.desk.attacker, exchange.usd, dollars)


def loss_bps(received: int) -> int:
    return 10_000 * (FAIR - received) // FAIR


def test_a_sandwich_without_the_guard_takes_more_than_a_third(exchange: Exchange) -> None:
    """With no least amount, whoever sees the swap first takes what he likes."""
    attacker, treasury = exchange.desk.attacker, exchange.desk.treasury
    before = exchange.usd.read("balanceOf", attacker)
    ether = front_run(exchange, 8_000_000 * USD)
    received = exchange.trade(treasury, exchange.usd, SOLD)
    exchange.trade(attacker, exchange.eth, ether)
    gained = exchange.usd.read("balanceOf", attacker) - before
    assert loss_bps(received) == 3793
    assert gained // USD == 49_362


def test_a_sandwich_with_the_guard_is_refused(exchange: Exchange) -> None:
    front_run(exchange, 8_000_000 * USD)
    told = refused(exchange)
    assert told.startswith(f"SpotOffAverage(pool: {exchange.pool.address}, spot: ")


def test_a_small_sandwich_takes_less_than_the_slippage(exchange: Exchange) -> None:
    """The most that the tick bound lets through; the least amount holds whatever is left."""
    front_run(exchange, 140_000 * USD)
    least = exchange.desk.adapter.read("quote", exchange.pool.address, exchange.usd.address, SOLD)[
        1
    ]
    told = exchange.desk.swap(exchange.pool.address, exchange.usd.address, SOLD)
    assert told["received"] >= least
    assert loss_bps(told["received"]) == 146


def test_without_the_tick_bound_the_least_amount_holds(exchange: Exchange) -> None:
    loose = replace(exchange.guard, ticks=50_000)
    exchange.allow(exchange.terms.but(guard=loose))
    front_run(exchange, 8_000_000 * USD)
    assert refused(exchange) == "Too little received"


def test_a_price_held_for_minutes_is_not_the_feeds_price(exchange: Exchange) -> None:
    """Until the average has followed the spot, and both are far from the feeds."""
    front_run(exchange, 1_000_000 * USD)
    exchange.desk.wait(2 * WINDOW)
    exchange.refresh()
    assert refused(exchange).startswith(f"AverageOffFeeds(pool: {exchange.pool.address}, ")


def test_a_price_that_moved_everywhere_is_accepted(exchange: Exchange) -> None:
    front_run(exchange, 1_000_000 * USD)
    exchange.desk.wait(2 * WINDOW)
    exchange.refresh()
    exchange.eth_feed.send("set", 3_202 * DOLLAR, by=exchange.desk.whale)
    told = exchange.desk.swap(exchange.pool.address, exchange.usd.address, SOLD)
    assert loss_bps(told["received"]) > 600


def test_a_pool_that_forgets_is_refused(anvil_chain: AnvilChain) -> None:
    """One trade, and a pool that keeps one observation knows only its own second."""
    with anvil_chain.rewound():
        exchange = Exchange(Desk(anvil_chain), observations=1)
        exchange.allow()
        exchange.desk.swap(exchange.pool.address, exchange.usd.address, SOLD)
        told = refused(exchange)
        assert told.startswith(f"WindowNotCovered(pool: {exchange.pool.address}, coveredSeconds: ")


def test_a_young_pool_is_refused(anvil_chain: AnvilChain) -> None:
    with anvil_chain.rewound():
        exchange = Exchange(Desk(anvil_chain))
        window = 2 * DAY
        guard = replace(exchange.guard, window=window)
        exchange.allow(exchange.terms.but(guard=guard))
        assert refused(exchange).startswith("WindowNotCovered(")
        exchange.desk.wait(window)
        exchange.refresh()
        exchange.desk.swap(exchange.pool.address, exchange.usd.address, SOLD)


@pytest.mark.parametrize("late", ["usd_feed", "eth_feed"])
def test_a_stale_feed_is_refused(exchange: Exchange, late: str) -> None:
    age = 26 * HOUR if late == "usd_feed" else 3 * HOUR
    exchange.desk.wait(age)
    fresh = exchange.eth_feed if late == "usd_feed" else exchange.usd_feed
    price = PRICE * DOLLAR if late == "usd_feed" else DOLLAR
    fresh.send("set", price, by=exchange.desk.whale)
    stale: Contract = getattr(exchange, late)
    assert refused(exchange).startswith(f"FeedStale(aggregator: {stale.address}, updatedAt: ")


@pytest.mark.parametrize("at", [0, 2**40])
def test_a_feed_that_never_spoke_or_speaks_of_the_future_is_refused(
    exchange: Exchange, at: int
) -> None:
    exchange.usd_feed.send("setTimes", at, at, by=exchange.desk.whale)
    assert refused(exchange).startswith("FeedStale(")


def test_a_feed_stuck_at_its_own_floor_is_refused(exchange: Exchange) -> None:
    """Ether falls to 200, and the aggregator can only say 1,000: then nobody may believe it."""
    whale, feed = exchange.desk.whale, exchange.eth_feed
    feed.send("setClamp", 1000 * DOLLAR, 10_000 * DOLLAR, by=whale)
    feed.send("set", 200 * DOLLAR, by=whale)
    assert refused(exchange) == (
        f"FeedOutOfBand(aggregator: {feed.address}, answer: {1000 * DOLLAR}, "
        f"min: {1000 * DOLLAR}, max: {10_000 * DOLLAR})"
    )
    feed.send("set", 20_000 * DOLLAR, by=whale)
    assert refused(exchange).startswith("FeedOutOfBand(")


@pytest.mark.parametrize("answer", [0, -1, -(2**255)])
def test_a_price_of_nothing_is_refused(exchange: Exchange, answer: int) -> None:
    exchange.eth_feed.send("set", answer, by=exchange.desk.whale)
    assert refused(exchange).startswith("FeedOutOfBand(")


def test_a_feed_in_other_digits_is_refused(exchange: Exchange) -> None:
    exchange.eth_feed.send("setDecimals", 18, by=exchange.desk.whale)
    told = f"FeedDecimals(aggregator: {exchange.eth_feed.address}, expected: 8, found: 18)"
    assert refused(exchange) == told


def test_a_layer_2_that_is_down_or_just_back_is_refused(exchange: Exchange) -> None:
    desk = exchange.desk
    sequencer = desk.mock("SettableFeed", 0, 1)
    guard = replace(exchange.guard, sequencer=sequencer.address, grace=HOUR)
    exchange.allow(exchange.terms.but(guard=guard))
    down = f"SequencerDown(feed: {sequencer.address}, answer: 1, since: "
    assert refused(exchange).startswith(down)
    sequencer.send("set", 0, by=desk.whale)
    up = f"SequencerDown(feed: {sequencer.address}, answer: 0, since: "
    assert refused(exchange).startswith(up)
    desk.wait(HOUR - 1)
    assert refused(exchange).startswith(up)
    desk.wait(2)
    exchange.refresh()
    desk.swap(exchange.pool.address, exchange.usd.address, SOLD)
    sequencer.send("setTimes", 0, 0, by=desk.whale)
    assert refused(exchange).startswith(up)
