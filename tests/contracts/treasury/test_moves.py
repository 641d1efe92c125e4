"""Any order of moves, among hostile venues and people: the treasury's money goes nowhere else.

Only allowed venues and the treasury ever receive it, what comes is never below the least that was
asked for, no venue holds more than its cap, and the events alone tell every balance. On Aave's and
Uniswap's own bytecode; small in `make test`, longer in `make verify`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.contracts.anvil_chain import AnvilChain
from tests.contracts.chain import Refused
from tests.contracts.differential.fresh import BACKEND
from tests.contracts.treasury import aave_core, uniswap
from tests.contracts.treasury.desk import ALL, UNIT
from tests.contracts.treasury.packages import need
from tests.contracts.treasury.uniswap import ETH, PRICE
from tests.contracts.treasury.world import CAP, World

pytestmark = [pytest.mark.verify, pytest.mark.npm]
KEEPERS = ("aave", "vault", "hostile")
venues = st.sampled_from([*KEEPERS, *KEEPERS, "pool"])
dollars = st.one_of(st.integers(1, CAP // 2), st.sampled_from([0, 1, CAP, CAP + 1, 10 * CAP, ALL]))
least_of = st.sampled_from([0] * 9 + [1, ALL])
GUARDED = ("lowerCap", *("closeVenue", "setVenue", "unpause") * 2, "pause")
SHOCKS = ("waits", "gives", "earns", "loses", "borrows", "turns", "turns", "pushes")
# How often each answer came: the name of a function, or of a refusal.
TALLY: Counter[str] = Counter()
EXPECTED = {"deposit", "withdraw", "swap", "sweep", "CapExceeded", "EnforcedPause", "VenueNotOpen"}


class Moves(RuleBasedStateMachine):
    """The trader does anything; guardian, venues and strangers do too."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.rewind = ExitStack()
        self.rewind.enter_context(self.world.desk.chain.rewound())
        self.world.begin()
        self.capped = dict.fromkeys(self.world.venues, CAP)

    def teardown(self) -> None:
        self.rewind.close()

    @initialize(amount=st.integers(1, CAP))
    def something_lies_there(self, amount: int) -> None:
        """At a venue, and by mistake with the adapter."""
        self.world.gives(amount, 1)
        for name in KEEPERS:
            self.deposits(name, amount, 0)

    @rule(name=venues, assets=dollars, shares_min=least_of)
    def deposits(self, name: str, assets: int, shares_min: int) -> None:
        world = self.world
        order = (world.venues[name], assets, shares_min, world.desk.ref())
        if self._moves("deposit", *order):
            assert world.exposure(name) <= self.capped[name]
            assert shares_min != ALL

    @rule(name=venues, filled=st.sampled_from(range(9)), assets=dollars, least=least_of)
    def withdraws(self, name: str, filled: int, assets: int, least: int) -> None:
        """Mostly where something is, and then often all of it."""
        world = self.world
        places = [each for each in KEEPERS if world.outlays[world.venues[each]]]
        if places and filled:
            name, assets = places[filled % len(places)], ALL if filled % 2 else assets
        before = world.held(world.usd)
        order = (world.venues[name], assets, least, ALL, world.desk.ref())
        if self._moves("withdraw", *order):
            assert world.held(world.usd) - before >= least

    @rule(ether=st.booleans(), assets=dollars, least=least_of)
    def swaps(self, assets: int, least: int, *, ether: bool) -> None:
        world = self.world
        give, take = (world.eth, world.usd) if ether else (world.usd, world.eth)
        amount = min(ALL, assets * ETH // UNIT // PRICE) if ether else assets
        order = (world.exchange.pool.address, give.address, amount)
        try:
            bound = world.desk.adapter.read("quote", *order)[1]
        except Refused:
            bound = ALL
        before = world.held(take)
        if self._moves("swap", *order, least, ALL, world.desk.ref()):
            assert world.held(take) - before >= max(least, bound)

    @precondition(lambda self: self.world.strays.total() > 0)
    @rule(ether=st.booleans())
    def sweeps(self, *, ether: bool) -> None:
        asset = (self.world.eth if ether else self.world.usd).address
        self._moves("sweep", asset, self.world.desk.ref())

    @rule(step=st.sampled_from(GUARDED), name=venues, cap=st.integers(CAP // 2, CAP))
    def the_bank_limits_it(self, step: str, name: str, cap: int) -> None:
        """At once, by the guardian; only what is allowed anew comes by delay."""
        desk, venue = self.world.desk, self.world.venues[name]
        paused = desk.adapter.read("paused")
        match step:
            case "lowerCap" if cap < self.capped[name]:
                desk.adapter.send("lowerCap", venue, cap, by=desk.guardian)
                self.capped[name] = cap
            case "closeVenue" if desk.adapter.read("isOpen", venue):
                desk.adapter.send("closeVenue", venue, by=desk.guardian)
            case "pause" if not paused:
                desk.adapter.send("pause", by=desk.guardian)
            case "unpause" if paused:
                desk.adapter.send("unpause", by=desk.admin)
            case "setVenue":
                desk.allow(*self.world.terms[name])
                self.world.exchange.refresh()
                self.capped[name] = CAP

    @rule(step=st.sampled_from(SHOCKS), amount=st.integers(1, CAP), percent=st.integers(1, 100))
    def the_world_turns(self, step: str, amount: int, percent: int) -> None:
        getattr(self.world, step)(amount, percent)

    @invariant()
    def nothing_is_left_with_the_adapter(self) -> None:
        world = self.world
        adapter = world.desk.adapter.address
        spenders = [*world.venues.values(), world.exchange.router.address]
        spenders.append(world.market.pool.address)
        for asset in (world.usd, world.eth):
            assert asset.read("balanceOf", adapter) == world.strays[asset.address]
            assert not any(asset.read("allowance", adapter, each) for each in spenders)

    @invariant()
    def what_was_placed_counts_until_it_is_back(self) -> None:
        for name in KEEPERS:
            outlay = self.world.outlays[self.world.venues[name]]
            assert outlay <= self.world.exposure(name)
            assert outlay <= CAP

    def _moves(self, function: str, *args: object) -> bool:
        told = self.world.moves(function, *args)
        TALLY[told.partition("(")[0]] += 1
        return told == function


@pytest.fixture(scope="module")
def world(anvil_chain: AnvilChain) -> Iterator[World]:
    need(aave_core.PACKAGE, *uniswap.PACKAGES)
    yield World(anvil_chain)
    TALLY.clear()


def test_money_goes_to_venues_and_treasury_alone(world: World) -> None:
    class Run(Moves):
        pass

    Run.world = world
    run_state_machine_as_test(
        Run,
        settings=settings(
            max_examples=max(12, settings().max_examples // 20),
            stateful_step_count=40,
            derandomize=True,
            backend=BACKEND,
            database=None,
            deadline=None,
            # A failure comes again in the same way; making it shorter takes minutes.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert TALLY.keys() >= EXPECTED
